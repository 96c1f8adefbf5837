"""A workstation's outbox: newest states, kept facts in order, and what becomes of both when the hub is away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import outbox
from streams.floor import (
    AlertRaised,
    CallDetail,
    CallState,
    DetailPut,
    FromStation,
    HelloAsked,
    OpenHelp,
    StatePut,
    StationBeat,
    StationHello,
    Taken,
    Welcome,
    WordsPut,
)
from streams.outbox import HELLO_AGAIN_MS, RESEND_MS, STATE_EVERY_MS, WINDOW, Outbox


def state(call_id: str = "c1", at_ms: int = 0, **facts: object) -> CallState:
    return CallState(call_id=call_id, at_ms=at_ms, **facts)  # type: ignore[arg-type]


def alert(text: str = "") -> AlertRaised:
    return AlertRaised(boot="", number=0, call_id="c1", at_ms=0, alert="a", rule="r", severity="warn", text=text)


def said(box: Outbox, now_ms: int) -> list[FromStation]:
    """Everything that is due."""
    messages = []
    while (message := box.due(now_ms)) is not None:
        box.sent(message, now_ms)
        messages.append(message)
    return messages


def welcome(taken: int = 0) -> Welcome:
    return Welcome(hub="h", boot="b", name="desk", taken=taken, every_ms=1_000)


@pytest.fixture
def box() -> Outbox:
    """One that the hub has welcomed at 0 ms."""
    made = Outbox("desk", "b")
    made.connect(0)
    assert [type(message) for message in said(made, 0)] == [StationHello]
    made.hear(welcome(), 0)
    assert said(made, 0) == [StationBeat(boot="b", calls=(), number=1)]
    return made


def test_nothing_is_said_without_a_connection() -> None:
    box = Outbox("desk", "b")
    box.put(state())
    box.keep(alert(), 0)
    box.words("c1", "agent", 0, "hello")
    box.detail(CallDetail(call_id="c1"))
    assert said(box, 10_000) == []
    assert box.wake_ms is None
    box.hear(HelloAsked(boot="b"), 0)
    assert said(box, 10_000) == []


def test_hello_is_said_until_the_hub_says_welcome() -> None:
    box = Outbox("desk", "b", "1.0")
    box.connect(0)
    hello = StationHello(boot="b", station="desk", version="1.0", kept_from=1)
    assert said(box, 0) == [hello]
    assert said(box, HELLO_AGAIN_MS - 1) == []
    assert box.wake_ms == HELLO_AGAIN_MS
    assert said(box, HELLO_AGAIN_MS) == [hello]
    box.hear(Welcome(hub="h", boot="another", name="desk", taken=0), 0)
    assert not box.whole
    box.hear(welcome(), 0)
    assert (box.whole, box.every_ms) == (True, 1_000)


def test_states_go_at_most_so_often_and_the_newest_wins(box: Outbox) -> None:
    box.put(state(at_ms=1))
    assert [message.state.at_ms for message in said(box, 0) if isinstance(message, StatePut)] == [1]
    box.put(state(at_ms=2))
    box.put(state(at_ms=3))
    assert said(box, STATE_EVERY_MS - 1) == []
    assert box.wake_ms == STATE_EVERY_MS
    assert said(box, STATE_EVERY_MS) == [StatePut(boot="b", number=3, state=state(at_ms=3))]


@pytest.mark.parametrize("urgent", [{"band": "hot"}, {"help": OpenHelp("h", "please", 0)}])
def test_what_is_urgent_goes_at_once(box: Outbox, urgent: dict[str, object]) -> None:
    box.put(state())
    said(box, 0)
    box.put(state(at_ms=1, **urgent))
    assert len(said(box, 1)) == 1


def test_a_lost_connection_brings_hello_the_newest_states_and_then_the_facts(box: Outbox) -> None:
    box.put(state("c1"))
    box.put(state("c2"))
    box.keep(alert("one"), 0)
    box.keep(alert("two"), 0)
    said(box, 0)
    box.hear(Taken(boot="b", number=1), 0)
    box.lose()
    box.put(state("c1", at_ms=9))
    box.connect(100)
    assert said(box, 100) == [StationHello(boot="b", station="desk", kept_from=2)]
    box.hear(welcome(taken=1), 100)
    messages = said(box, 100)
    states = [message.state for message in messages if isinstance(message, StatePut)]
    assert states == [state("c1", at_ms=9), state("c2")]
    assert [message.text for message in messages if isinstance(message, AlertRaised)] == ["two"]


def test_after_welcome_states_come_before_facts(box: Outbox) -> None:
    box.keep(alert("one"), 0)
    box.put(state("c1"))
    said(box, 0)
    box.lose()
    box.connect(100)
    said(box, 100)
    box.hear(welcome(taken=0), 100)
    kinds = [type(message) for message in said(box, 150)]
    assert kinds == [StatePut, StationBeat, AlertRaised]
    assert box.waiting == 1


def test_a_fact_says_how_long_it_was_held(box: Outbox) -> None:
    box.lose()
    box.keep(alert(), 1_000)
    box.connect(4_000)
    said(box, 4_000)
    box.hear(welcome(), 4_000)
    fact = said(box, 4_500)[-1]
    assert isinstance(fact, AlertRaised)
    assert (fact.boot, fact.number, fact.waited_ms) == ("b", 1, 3_500)


def test_facts_not_taken_are_sent_again(box: Outbox) -> None:
    box.keep(alert("one"), 0)
    box.keep(alert("two"), 0)
    assert len(said(box, 0)) == 2
    assert box.wake_ms is not None
    again = [message for message in said(box, RESEND_MS) if isinstance(message, AlertRaised)]
    assert [fact.text for fact in again] == ["one", "two"]


def test_no_more_than_a_window_is_on_its_way(box: Outbox) -> None:
    for _ in range(WINDOW + 5):
        box.keep(alert(), 0)
    assert len(said(box, 0)) == WINDOW
    box.hear(Taken(boot="b", number=WINDOW), 0)
    assert len(said(box, 0)) == 5
    box.hear(Taken(boot="another", number=99), 0)
    assert box.waiting == 5


def test_what_is_too_much_drops_the_oldest_and_says_so(box: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "KEPT_LIMIT", 2)
    for text in ("one", "two", "three"):
        box.keep(alert(text), 0)
    assert (box.dropped, box.waiting) == (1, 2)
    assert said(box, 0) == [StationHello(boot="b", station="desk", kept_from=2)]


def test_a_fact_that_no_hub_would_take_is_not_kept(box: Outbox) -> None:
    box.keep(alert("x" * 300_000), 0)
    assert (box.dropped, box.waiting) == (1, 0)


def test_words_and_detail_go_while_the_hub_is_there(box: Outbox) -> None:
    box.put(state())
    said(box, 0)
    box.words("c1", "agent", 5, "hello")
    box.detail(CallDetail(call_id="c1"))
    box.detail(CallDetail(call_id="c1", moods=((1, 2),)))
    assert box.wake_ms == 0
    assert said(box, 0) == [
        WordsPut(boot="b", number=3, call_id="c1", channel="agent", started_ms=5, text="hello"),
        DetailPut(boot="b", number=4, detail=CallDetail(call_id="c1", moods=((1, 2),))),
    ]


def test_calls_that_end_are_told_at_once(box: Outbox) -> None:
    box.put(state("c1"))
    said(box, 0)
    box.detail(CallDetail(call_id="c1"))
    box.calls(("c2",))
    assert said(box, 10) == [StationBeat(boot="b", calls=("c2",), number=3)]
    box.calls(("c2", "c3"))
    assert said(box, 20) == []


def test_the_hub_asks_for_hello_once_at_a_time(box: Outbox) -> None:
    box.hear(HelloAsked(boot="b"), 50)
    assert not box.whole
    assert [type(message) for message in said(box, 50)] == [StationHello]
    box.hear(HelloAsked(boot="b"), 60)
    assert said(box, 60) == []


@given(st.lists(st.sampled_from(["keep", "say", "take", "cut", "back"]), max_size=60))
def test_whatever_happens_every_fact_arrives_once_and_in_order(steps: list[str]) -> None:
    """A hub that takes facts in order, behind a connection that breaks anywhere."""
    box = Outbox("desk", "b")
    now_ms, made, taken, got = 0, 0, 0, []
    road: list[FromStation] = []

    def hub() -> None:
        nonlocal taken
        for message in road:
            if isinstance(message, StationHello):
                box.hear(welcome(taken), now_ms)
            elif isinstance(message, AlertRaised) and message.number == taken + 1:
                taken += 1
                got.append(message.text)
        road.clear()
        box.hear(Taken(boot="b", number=taken), now_ms)

    for step in [*steps, "cut", "back", "say", "take", "say", "take", "say", "take"]:
        now_ms += 10
        if step == "keep":
            made += 1
            box.keep(alert(str(made)), now_ms)
        elif step == "say":
            road += said(box, now_ms)
        elif step == "take":
            hub()
        elif step == "cut":
            road.clear()
            box.lose()
        else:
            box.connect(now_ms)
    assert got == [str(number) for number in range(1, made + 1)]
    assert box.waiting == 0
