"""Media time waits for the wall, or does not."""

from sidecar.pace import Pace
from streams.clock import ManualClock


class Sleeper:
    """Sleeps by putting the clock forward, and remembers how long."""

    def __init__(self, clock: ManualClock) -> None:
        self.slept_s: list[float] = []
        self._clock = clock

    async def __call__(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self._clock.advance(round(seconds * 1000))


async def test_media_time_passes_at_its_speed() -> None:
    clock = ManualClock(5_000)
    sleeper = Sleeper(clock)
    pace = Pace(4.0, clock, sleeper)
    await pace.until(0)
    await pace.until(400)
    clock.advance(300)
    await pace.until(1_200)
    await pace.until(2_000)
    assert sleeper.slept_s == [0.1, 0.1]


async def test_without_a_speed_it_only_gives_way() -> None:
    clock = ManualClock()
    sleeper = Sleeper(clock)
    pace = Pace(None, clock, sleeper)
    for at_ms in range(0, 1_000, 20):
        await pace.until(at_ms)
    assert sleeper.slept_s == [0.0, 0.0, 0.0, 0.0]
