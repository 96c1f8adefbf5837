"""A flood of refusals is few lines of log."""

import asyncio
from collections.abc import Iterator

import pytest

from sidecar import seldom
from sidecar.seldom import FIRST, Seldom


class Lines:
    def __init__(self) -> None:
        self.written: list[tuple[str, dict[str, object]]] = []

    def warning(self, event: str, **fields: object) -> None:
        self.written.append((event, fields))


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(seldom, "MINUTE_S", 0.01)
    return


async def over(lines: Lines, count: int) -> None:
    async with asyncio.timeout(5):
        while len(lines.written) < count:  # noqa: ASYNC110 - the minute's end is waited for
            await asyncio.sleep(0.001)


@pytest.mark.usefixtures("_short")
async def test_the_first_are_written_and_the_others_summed_up() -> None:
    lines = Lines()
    log = Seldom(lines)
    for number in range(100):
        log.say("refused", kind="no token", address="10.0.0.1", number=number)
    log.say("refused", kind="no token", address="10.0.0.2", number=-1)
    log.say("refused", kind="browser", address="10.0.0.1", number=-2)
    assert [fields["number"] for _, fields in lines.written] == [*range(FIRST), -1, -2]
    await over(lines, FIRST + 3)
    event, fields = lines.written[-1]
    assert event == "refused, often"
    assert (fields["kind"], fields["address"], fields["more"]) == ("no token", "10.0.0.1", 100 - FIRST)


@pytest.mark.usefixtures("_short")
async def test_after_a_minute_it_is_news_again_and_few_are_not_summed_up() -> None:
    lines = Lines()
    log = Seldom(lines)
    for _ in range(2):
        log.say("refused", kind="k", address="a")
        await asyncio.sleep(0.03)
    assert [event for event, _ in lines.written] == ["refused", "refused"]


async def test_many_addresses_are_counted_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seldom, "KINDS_KEPT", 3)
    lines = Lines()
    log = Seldom(lines)
    for number in range(1_000):
        log.say("refused", kind="k", address=str(number))
    assert len(lines.written) == 3 + FIRST
