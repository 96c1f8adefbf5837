import asyncio

from sidecar.bench import holds


class Clock:
    """Goes on by what it was told at each look."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


def test_turns_are_measured_from_one_wait_to_the_next():
    clock = Clock()
    core = Clock()
    watch = holds.HoldWatch(clock, core)

    async def work():
        watch.held()
        clock.now_s += 0.25
        core.now_s += 0.05
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return watch.held()

    assert holds.run(work(), watch) == [holds.SHORT, holds.Held(250.0, 50.0)]
