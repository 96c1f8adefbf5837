"""Who is who, before and after the sides change places."""

from hypothesis import given
from hypothesis import strategies as st

from sidecar.sides import Sides
from streams.events import Channel, Hypothesis, SidesSwapped, SpeechEnded, SpeechEvent, SpeechStarted, Utterance


def started(at_ms: int, leg: Channel = "agent") -> SpeechStarted:
    return SpeechStarted(call_id="c", at_ms=at_ms, channel=leg, started_ms=at_ms)


def ended(at_ms: int, started_ms: int, leg: Channel = "agent") -> SpeechEnded:
    return SpeechEnded(call_id="c", at_ms=at_ms, channel=leg, started_ms=started_ms, ended_ms=at_ms)


def partial(at_ms: int, number: int, leg: Channel = "agent") -> Hypothesis:
    return Hypothesis(call_id="c", at_ms=at_ms, channel=leg, utterance=number, started_ms=0, stable="so", tail="")


def final(at_ms: int, number: int, leg: Channel = "agent", ended_ms: int = 0) -> Utterance:
    return Utterance(
        call_id="c", at_ms=at_ms, channel=leg, utterance=number, started_ms=0, ended_ms=ended_ms, text="so"
    )


def swap(at_ms: int) -> SidesSwapped:
    return SidesSwapped(call_id="c", at_ms=at_ms)


def test_legs_keep_their_names_until_the_swap() -> None:
    sides = Sides("c")
    given_events: list[SpeechEvent] = [
        started(1),
        partial(2, 0),
        partial(3, 1),
        ended(4, 1),
        final(5, 0),
        final(6, 1),
        final(7, 2, "mixed"),
    ]
    assert [sides.feed(event) for event in given_events] == given_events
    assert sides.swap(swap(8)) == (swap(8),)


def test_what_is_being_said_is_closed_under_the_old_name_and_opened_under_the_new() -> None:
    sides = Sides("c")
    sides.feed(started(1))
    sides.feed(partial(2, 0))
    closing, empty, itself, opening = sides.swap(swap(10))
    assert closing == ended(10, 1)
    assert empty == Utterance(call_id="c", at_ms=10, channel="agent", utterance=0, started_ms=0, ended_ms=10, text="")
    assert itself == swap(10)
    assert opening == started(10, "customer")
    assert sides.feed(ended(12, 1)) == ended(12, 10, "customer")
    assert sides.feed(final(13, 0)) == final(13, 0, "customer")
    assert sides.feed(ended(14, 13, "customer")) == ended(14, 13, "agent")


def test_speech_whose_words_are_still_to_come_is_closed_as_well() -> None:
    sides = Sides("c")
    sides.feed(final(1, 0))
    sides.feed(started(2))
    sides.feed(ended(4, 2))
    (empty, itself) = sides.swap(swap(10))
    assert empty == Utterance(call_id="c", at_ms=10, channel="agent", utterance=1, started_ms=2, ended_ms=10, text="")
    assert itself == swap(10)
    assert sides.feed(final(11, 1)) == final(11, 1, "customer")


def test_a_final_leaves_pending_what_was_begun_since() -> None:
    sides = Sides("c")
    sides.feed(started(1))
    sides.feed(ended(4, 1))
    sides.feed(started(6))
    sides.feed(final(7, 0, ended_ms=4))
    pending = sides.swap(swap(8))[1]
    assert isinstance(pending, Utterance)
    assert (pending.utterance, pending.started_ms, pending.ended_ms) == (1, 6, 8)


def test_numbers_go_on_above_those_a_side_had() -> None:
    sides = Sides("c")
    for number in range(3):
        sides.feed(final(number, number))
    sides.feed(final(3, 0, "customer"))
    sides.swap(swap(4))
    assert sides.feed(final(5, 1, "customer")) == final(5, 4, "agent")
    assert sides.feed(final(6, 3)) == final(6, 4, "customer")


STEPS = st.lists(
    st.tuples(st.sampled_from(["speech", "partial", "final", "swap"]), st.sampled_from(["agent", "customer"])),
    max_size=40,
)


@given(STEPS)
def test_every_side_alternates_and_every_number_is_said_once(steps: list[tuple[str, Channel]]) -> None:
    sides = Sides("c")
    speaking: dict[str, int] = {}
    numbers = {"agent": 0, "customer": 0}
    out: list[SpeechEvent | SidesSwapped] = []
    for at_ms, (step, leg) in enumerate(steps):
        if step == "swap":
            out += sides.swap(swap(at_ms))
        elif step == "speech" and leg in speaking:
            out.append(sides.feed(ended(at_ms, speaking.pop(leg), leg)))
        elif step == "speech":
            speaking[leg] = at_ms
            out.append(sides.feed(started(at_ms, leg)))
        elif step == "partial":
            out.append(sides.feed(partial(at_ms, numbers[leg], leg)))
        else:
            out.append(sides.feed(final(at_ms, numbers[leg], leg, ended_ms=at_ms)))
            numbers[leg] += 1
    for side in ("agent", "customer"):
        edges = [event for event in out if isinstance(event, SpeechStarted | SpeechEnded) and event.channel == side]
        assert all(isinstance(event, SpeechStarted) == (index % 2 == 0) for index, event in enumerate(edges))
        finals = [event.utterance for event in out if isinstance(event, Utterance) and event.channel == side]
        assert finals == sorted(set(finals))
