"""The feed: what a line says becomes one state; what goes wrong becomes one line of text."""

from streams.busline import LinkChange
from streams.errors import BusError
from streams.events import CallStarted, Hold, StageLag, Tick
from streams.wire import Command, Reply, Snapshot
from tests.tui.calls import CALL, EMPATHY, STARTED, TALK, of
from tests.tui.stage import ScriptedLine, StandingClock
from tui.board import fold
from tui.feed import Feed, LocalClock
from tui.state import Board, Link


async def fed(*says: object) -> tuple[Feed, ScriptedLine, StandingClock]:
    """A feed that has taken all of these and then the end of the line."""
    line, clock = ScriptedLine(), StandingClock()
    feed = Feed(line, clock)
    line.say(*says, None)  # type: ignore[arg-type]
    await feed.run()
    return feed, line, clock


async def test_events_make_the_board() -> None:
    feed, _, _ = await fed(STARTED, *TALK)
    assert feed.board == fold(Board(), [STARTED, *TALK])
    assert feed.version == len(TALK) + 2
    assert feed.link == Link("over", 1_000)


async def test_a_snapshot_replaces_what_was_known() -> None:
    snapshot = Snapshot(events=(STARTED, EMPATHY), seqs={CALL: 2})
    feed, _, _ = await fed(STARTED, *TALK, of(Hold, 30_000), snapshot)
    assert feed.board == fold(Board(), [STARTED, EMPATHY])
    assert feed.now_ms == EMPATHY.at_ms


async def test_arrivals_wait_to_be_drawn() -> None:
    lag = of(StageLag, 5_000, stage="words", p50_ms=1.0, p95_ms=1.0, count=1)
    feed, _, _ = await fed(STARTED, lag, of(Tick, 5_000, call_id="other"))
    assert feed.drawing.take() is None
    feed, _, _ = await fed(STARTED, of(Hold, 5_000))
    assert feed.drawing.take() == 1_000


async def test_links() -> None:
    line, clock = ScriptedLine(), StandingClock()
    feed = Feed(line, clock)
    assert feed.link == Link("connecting", 1_000)
    line.say(LinkChange(state="up"), LinkChange(state="lost", silent_ms=400), BusError("gone"))
    await feed.run()
    assert feed.link == Link("lost", 1_000, "gone")
    feed, _, _ = await fed(LinkChange(state="lost", silent_ms=400))
    assert feed.version == 2


async def test_time_goes_on_in_a_live_call_only() -> None:
    feed, _, clock = await fed(STARTED, of(Tick, 5_000), of(Tick, 4_000, call_id="other"))
    clock.ms += 700
    assert feed.now_ms == 5_700
    feed.link = Link("lost")
    assert feed.now_ms == 5_000


async def test_commands_bring_back_what_went_wrong() -> None:
    feed, line, _ = await fed(STARTED)
    command = Command(action="reload")
    assert await feed.send(command) == ""
    line.answer = Reply(ok=False, text="not now")
    assert await feed.send(command) == "not now"
    line.answer = Reply(ok=False)
    assert "refused" in await feed.send(command)
    line.answer = BusError("no answer")
    assert await feed.send(command) == "no answer"
    assert line.sent == [command] * 4


async def test_an_answer_may_be_assumed() -> None:
    feed, _, _ = await fed(STARTED, EMPATHY)
    version = feed.version
    feed.answer("n1", "dismissed")
    assert not feed.board.items[0].open
    assert feed.version == version + 1


async def test_lines_may_be_asked_for() -> None:
    feed, line, _ = await fed(STARTED)
    line.answer = Reply(ok=True, lines=("# What is watched", "words"))
    assert await feed.ask(Command(action="sharing")) == ("", ("# What is watched", "words"))


async def test_each_call_has_its_own_time() -> None:
    other = of(CallStarted, 0, call_id="other")
    feed, _, clock = await fed(STARTED, of(Tick, 5_000), other, of(Tick, 1_000, call_id="other"))
    clock.ms += 400
    assert (feed.board.call_id, feed.now_ms) == ("other", 1_400)
    feed.show_next()
    assert (feed.board.call_id, feed.now_ms) == (CALL, 5_400)


async def test_a_call_that_was_joined_late_has_a_time_too() -> None:
    feed, _, clock = await fed(of(Tick, 5_000), of(Tick, 9_000, call_id="unknown"))
    clock.ms += 400
    assert feed.now_ms == 5_400


async def test_how_long_until_the_next_attempt() -> None:
    feed = Feed(ScriptedLine(), StandingClock())
    feed._take(LinkChange(state="lost", silent_ms=400, retry_ms=1_000))
    assert feed.link == Link("lost", 600, retry_ms=1_000)


def test_the_local_clock_does_not_go_back() -> None:
    clock = LocalClock()
    assert clock.now_ms() <= clock.now_ms()
