"""People's commands on their way into calls."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sidecar.bus import Asked
from sidecar.call import Call
from sidecar.people import DRAWN_LIMIT, People, Reach
from streams.errors import ConfigError
from streams.events import HumanEvent, Note, NoteRead, Nudge, NudgeAnswered, Quiet, SidesSwapped, Volume
from streams.wire import Command, Reply


class FakeCall:
    def __init__(self, call_id: str) -> None:
        self.call_id = call_id
        self.now_ms = 4_000
        self.ended = False


class FakeRunner:
    def __init__(self, call_id: str = "c") -> None:
        self.call = FakeCall(call_id)
        self.told: list[HumanEvent | SidesSwapped] = []
        self.added: list[HumanEvent] = []
        self.lags_ms: list[float] = []

    def tell(self, event: HumanEvent | SidesSwapped) -> None:
        self.told.append(event)

    def add(self, event: HumanEvent) -> None:
        self.added.append(event)

    def drawn(self, lags_ms: list[float]) -> None:
        self.lags_ms = [*self.lags_ms, *lags_ms]


async def read_anew() -> str:
    return "read anew"


class FakeBus:
    """Brings commands, and keeps what was answered, in its order."""

    def __init__(self, *actions: str) -> None:
        self.commands: asyncio.Queue[Asked] = asyncio.Queue()
        self.replies: list[tuple[str, Reply]] = []
        self.answered = asyncio.Event()
        for action in actions:
            self.commands.put_nowait(Asked(Command(action=action), "panel", self._answer(action)))

    def _answer(self, action: str) -> Callable[[Reply], Awaitable[None]]:
        async def answer(reply: Reply) -> None:
            self.replies.append((action, reply))
            self.answered.set()

        return answer


async def answered(made: People, *actions: str) -> list[tuple[str, Reply]]:
    """What was answered to these commands, in the order of the answers."""
    bus = FakeBus(*actions)
    async with asyncio.TaskGroup() as group:
        obeying = group.create_task(made.obey(bus))  # type: ignore[arg-type]
        while len(bus.replies) < len(actions):
            bus.answered.clear()
            await bus.answered.wait()
        obeying.cancel()
    return bus.replies


def people(*runners: FakeRunner) -> People:
    made = People(read_anew)
    for runner in runners:
        reach = made.calls[runner.call.call_id] = Reach(runner.call.call_id)
        reach.follow(runner)  # type: ignore[arg-type]
    return made


def test_a_command_reaches_the_only_call_at_its_media_time() -> None:
    runner = FakeRunner()
    assert people(runner).carry_out(Command(action="quiet", value="call"), "panel") == Reply(ok=True)
    assert runner.told == [Quiet(call_id="c", at_ms=4_000, until_ms=-1)]


def test_a_command_reaches_the_call_that_it_names() -> None:
    one, two = FakeRunner("one"), FakeRunner("two")
    both = people(one, two)
    assert both.carry_out(Command(action="swap_sides", call_id="two"), "").ok
    assert (len(one.told), len(two.told)) == (0, 1)
    assert both.carry_out(Command(action="swap_sides"), "").text == "several calls are going on; name one"
    assert both.carry_out(Command(action="swap_sides", call_id="three"), "").text == "no call three is going on"


def test_without_a_call_there_is_nothing_to_do() -> None:
    assert people().carry_out(Command(action="quiet", value="off"), "") == Reply(ok=False, text="no call is going on")


def test_a_call_that_is_over_or_has_not_begun_takes_nothing() -> None:
    runner = FakeRunner()
    runner.call.ended = True
    assert people(runner).carry_out(Command(action="swap_sides"), "").text == "the call is over"
    waiting = people()
    waiting.calls["c"] = Reach("c")
    assert waiting.carry_out(Command(action="swap_sides"), "").text == "the call has not begun"
    assert waiting.calls["c"].call is None
    waiting.calls["c"].tell(Volume(call_id="c", at_ms=0, level="expert"))


def test_events_can_be_told_to_a_call() -> None:
    runner = FakeRunner()
    made = people(runner)
    made.calls["c"].tell(Volume(call_id="c", at_ms=0, level="expert"))
    assert runner.told == [Volume(call_id="c", at_ms=0, level="expert")]
    assert isinstance(made.calls["c"].call, FakeCall | Call)


def test_nonsense_is_told_to_whoever_sent_it() -> None:
    assert "no action 'dance'" in people(FakeRunner()).carry_out(Command(action="dance"), "").text


async def test_a_reload_says_what_it_touched() -> None:
    assert await answered(people(), "reload") == [("reload", Reply(ok=True, text="read anew"))]


async def test_a_reload_keeps_nobody_waiting() -> None:
    go_on = asyncio.Event()

    async def slowly() -> str:
        await go_on.wait()
        return "at last"

    def told(action: str, call_id: str) -> tuple[str, ...]:
        go_on.set()
        return ()

    replies = await answered(People(slowly, told), "reload", "sharing")
    assert [action for action, _ in replies] == ["sharing", "reload"]


async def test_what_breaks_is_told_and_breaks_nothing_else() -> None:
    async def refuse() -> str:
        raise ConfigError("line 3 is wrong")

    async def explode() -> str:
        raise LookupError

    broke = Reply(ok=False, text="that broke (LookupError); the service's log says more")
    assert await answered(People(refuse), "reload") == [("reload", Reply(ok=False, text="line 3 is wrong"))]
    assert await answered(People(explode), "reload", "reload") == [("reload", broke), ("reload", broke)]

    def torn(action: str, call_id: str) -> tuple[str, ...]:
        raise LookupError

    assert People(read_anew, torn).carry_out(Command(action="sent"), "") == broke


@pytest.mark.parametrize(("by", "client", "expected"), [("pedal", "panel", "pedal"), ("", "panel", "panel")])
def test_who_answered_is_kept(by: str, client: str, expected: str) -> None:
    runner = FakeRunner()
    command = Command(action="answer", nudge="n1", value="helpful", by=by)
    made = people(runner)
    given = Nudge(call_id="c", at_ms=0, nudge="n1", rule="r.x", family="r", severity="info", title="T", text="t")
    made.calls["c"].write(given)
    assert made.carry_out(command, client).ok
    assert getattr(runner.told[0], "by", None) == expected


def test_what_a_screen_measured_reaches_the_call_and_no_journal() -> None:
    runner = FakeRunner()
    assert people(runner).carry_out(Command(action="drawn", value="60 70.5 -3 nan 1e9"), "panel").ok
    assert runner.lags_ms == [60.0, 70.5]
    assert runner.told == []
    reply = people(runner).carry_out(Command(action="drawn", value="soon"), "panel")
    assert reply == Reply(ok=False, text="drawn 'soon'? give milliseconds, separated by spaces")
    people(runner).carry_out(Command(action="drawn", value="1 " * 5_000), "panel")
    assert len(runner.lags_ms) == 2 + DRAWN_LIMIT


GIVEN = Nudge(call_id="c", at_ms=0, nudge="n1", rule="a.b", family="a", severity="info", title="T", text="t")


def test_a_call_in_its_wrap_up_takes_thumbs_and_nothing_else() -> None:
    runner = FakeRunner()
    over = people(runner)
    over.calls["c"].write(GIVEN)
    runner.call.ended = True
    assert over.carry_out(Command(action="answer", call_id="c", nudge="n1", value="helpful"), "panel").ok
    assert runner.added == [NudgeAnswered(call_id="c", at_ms=4_000, nudge="n1", answer="helpful", by="panel")]
    assert (
        over.carry_out(Command(action="answer", call_id="c", nudge="n1", value="dismissed"), "").text
        == "the call is over"
    )
    assert runner.told == []


def test_an_unnamed_command_is_for_the_call_that_goes_on() -> None:
    over, going = FakeRunner("old"), FakeRunner("new")
    over.call.ended = True
    both = people(over, going)
    assert both.carry_out(Command(action="swap_sides"), "").ok
    assert len(going.told) == 1


def test_what_others_do_reaches_its_call_and_a_note_once() -> None:
    runner = FakeRunner()
    reached = people(runner)
    note = Note(call_id="c", at_ms=0, note="k1", by="Maria", text="offer a refund")
    reached.tell("c", note)
    reached.calls["c"].write(note)
    reached.tell("c", note)
    reached.tell("unknown", note)
    assert runner.told == [note]


def test_what_is_watched_and_sent_is_told_as_lines() -> None:
    told = People(read_anew, lambda action, call_id: (action, call_id))
    assert told.carry_out(Command(action="sharing"), "") == Reply(ok=True, lines=("sharing", ""))
    assert told.carry_out(Command(action="sent", call_id="c"), "") == Reply(ok=True, lines=("sent", "c"))
    assert People(read_anew).carry_out(Command(action="sent"), "") == Reply(ok=True)


def test_what_changes_nothing_is_not_told() -> None:
    runner = FakeRunner()
    reached = people(runner)
    for event in (Note(call_id="c", at_ms=0, note="k1", by="", text=""), NoteRead(call_id="c", at_ms=0, note="k1")):
        reached.calls["c"].write(event)
    assert reached.carry_out(Command(action="note_shown", value="k1"), "").ok
    assert runner.told == []


class FakeSoftphone:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def command(self, action: str, value: str) -> str:
        self.told.append((action, value))
        return "the call begins"


def test_calls_of_the_softphone_begin_and_end_by_hand() -> None:
    made = people()
    refused = made.carry_out(Command(action="call_start"), "hotkey")
    assert not refused.ok
    assert "taps.local.enabled = true" in refused.text
    made.softphone = phone = FakeSoftphone()
    answer = made.carry_out(Command(action="call_start", value="crm-7"), "hotkey")
    assert answer == Reply(ok=True, text="the call begins")
    made.carry_out(Command(action="call_end"), "hotkey")
    assert phone.told == [("call_start", "crm-7"), ("call_end", "")]
