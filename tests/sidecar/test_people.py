"""People's commands on their way into calls."""

import pytest

from sidecar.call import Call
from sidecar.people import People, Reach
from streams.errors import ConfigError
from streams.events import HumanEvent, Nudge, Quiet, SidesSwapped, Volume
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

    def tell(self, event: HumanEvent | SidesSwapped) -> None:
        self.told.append(event)


def people(*runners: FakeRunner, note: str = "read anew") -> People:
    made = People(lambda: note)
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


def test_a_reload_says_what_it_touched() -> None:
    assert people().carry_out(Command(action="reload"), "") == Reply(ok=True, text="read anew")


def test_what_breaks_is_told_and_breaks_nothing_else() -> None:
    def refuse() -> str:
        raise ConfigError("line 3 is wrong")

    def explode() -> str:
        raise LookupError

    assert People(refuse).carry_out(Command(action="reload"), "") == Reply(ok=False, text="line 3 is wrong")
    broken = People(explode).carry_out(Command(action="reload"), "")
    assert broken == Reply(ok=False, text="that broke (LookupError); the service's log says more")


@pytest.mark.parametrize(("by", "client", "expected"), [("pedal", "panel", "pedal"), ("", "panel", "panel")])
def test_who_answered_is_kept(by: str, client: str, expected: str) -> None:
    runner = FakeRunner()
    command = Command(action="answer", nudge="n1", value="helpful", by=by)
    made = people(runner)
    given = Nudge(call_id="c", at_ms=0, nudge="n1", rule="r.x", family="r", severity="info", title="T", text="t")
    made.calls["c"].write(given)
    assert made.carry_out(command, client).ok
    assert getattr(runner.told[0], "by", None) == expected
