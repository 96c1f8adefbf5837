"""The floor's door: what comes is taken in, what goes wrong becomes a line of text."""

from streams.busline import LinkChange
from streams.errors import BusError
from streams.floor import Acted
from tests.tui.floor.stage import CALLS, ScriptedFloor, snapshot
from tests.tui.stage import StandingClock
from tui.floor.feed import FloorFeed, FloorItem


async def fed(*items: FloorItem | BusError | None) -> FloorFeed:
    line = ScriptedFloor()
    feed = FloorFeed(line, StandingClock())
    line.say(*items, *([] if items and isinstance(items[-1], BusError) else [None]))
    await feed.run()
    return feed


async def test_what_comes_is_taken_in() -> None:
    feed = await fed(LinkChange(state="up"), snapshot(*CALLS), snapshot(CALLS[0]))
    assert list(feed.floor.seats) == ["c1"]
    assert (feed.snapshots, feed.link.state) == (2, "over")
    assert feed.version == 4


async def test_a_line_that_breaks_leaves_a_lost_link() -> None:
    feed = await fed(snapshot(), LinkChange(state="up", silent_ms=0), BusError("the hub does not know this key"))
    assert (feed.link.state, feed.link.text) == ("lost", "the hub does not know this key")


async def test_a_lost_link_says_since_when_and_why() -> None:
    line, clock = ScriptedFloor(), StandingClock()
    feed = FloorFeed(line, clock)
    feed._take(LinkChange(state="lost", silent_ms=400, text="gone"))
    assert (feed.link.since_ms, feed.link.text) == (600, "gone")


async def test_actions_say_what_became_of_them() -> None:
    line = ScriptedFloor()
    feed = FloorFeed(line, StandingClock())
    assert (await feed.act("claim", "c1")).ok
    line.answer = Acted(request=1, ok=False, text="Sol has it already")
    assert (await feed.act("claim", "c1")).text == "Sol has it already"
    line.answer = Acted(request=1, ok=False)
    assert "without saying why" in (await feed.act("claim", "c1")).text
    line.answer = BusError("no answer from the hub")
    refused = await feed.act("note", "c1", "hello", "")
    assert (refused.ok, refused.text) == (False, "no answer from the hub")


async def test_opening_and_closing_tell_the_hub() -> None:
    line = ScriptedFloor()
    feed = FloorFeed(line, StandingClock())
    await feed.open("c1")
    assert feed.floor.opened is not None
    await feed.close()
    await feed.close()
    assert feed.floor.opened is None
    assert [act[:2] for act in line.acts] == [("open", "c1"), ("close", "c1")]


async def test_the_shift_or_why_not() -> None:
    line = ScriptedFloor()
    feed = FloorFeed(line, StandingClock())
    assert await feed.shift(8) == {"hours": 8, "calls": 0}
    line.report = BusError("no answer")
    assert await feed.shift(8) == "no answer"
