"""When calls begin and end: by voices, by hand, always; never by one side alone or by a cough."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.taps.local_sense import REST_MS, VOICE_MS, WINDOW_MS, CallSense, Moment
from streams.taps.local_slots import SLOT_MS

IDLE_MS = 20_000


def hear(sense: CallSense, duration_ms: int, *, agent: bool = False, customer: bool = False) -> list[Moment]:
    said = (sense.feed(agent=agent, customer=customer) for _ in range(duration_ms // SLOT_MS))
    return [moment for moment in said if moment is not None]


def test_a_conversation_begins_a_call_and_a_long_silence_ends_it() -> None:
    sense = CallSense("voice", IDLE_MS)
    assert hear(sense, 2_000, agent=True) == []
    assert hear(sense, 1_000) == []
    assert sense.voices_ms == 3_000
    assert hear(sense, VOICE_MS, customer=True) == ["begin"]
    assert sense.voices_ms == 3_000 + VOICE_MS
    assert hear(sense, IDLE_MS - SLOT_MS) == []
    assert hear(sense, 100, agent=True) == []
    assert hear(sense, IDLE_MS) == ["end"]
    assert not sense.in_call
    assert sense.voices_ms == 0


def test_one_side_alone_is_no_call() -> None:
    sense = CallSense("voice", IDLE_MS)
    assert hear(sense, 120_000, customer=True) == []
    assert hear(sense, VOICE_MS - SLOT_MS, agent=True) == []
    assert hear(sense, WINDOW_MS) == []
    assert hear(sense, VOICE_MS, agent=True) == []


def test_who_waits_for_long_is_waited_for_no_longer() -> None:
    sense = CallSense("voice", IDLE_MS)
    hear(sense, 2_000, agent=True)
    hear(sense, WINDOW_MS)
    assert hear(sense, 2_000, customer=True) == []


def test_a_call_that_was_ended_by_hand_does_not_come_back_by_its_goodbyes() -> None:
    sense = CallSense("voice", IDLE_MS)
    assert sense.begin() == "begin"
    assert sense.begin() is None
    assert sense.end() == "end"
    assert sense.end() is None
    assert hear(sense, 1_000, agent=True, customer=True) == []
    assert hear(sense, REST_MS) == []
    assert hear(sense, 1_000, agent=True, customer=True) == ["begin"]


def test_by_hotkey_only_the_hand_begins_and_silence_may_end() -> None:
    sense = CallSense("hotkey", IDLE_MS)
    assert hear(sense, 10_000, agent=True, customer=True) == []
    sense.begin()
    assert hear(sense, IDLE_MS) == ["end"]


def test_without_an_idle_end_only_the_hand_ends() -> None:
    sense = CallSense("voice", 0)
    sense.begin()
    assert hear(sense, 600_000) == []
    assert sense.end() == "end"


def test_always_begins_at_once_and_again_with_the_next_voice() -> None:
    sense = CallSense("always", IDLE_MS)
    assert hear(sense, SLOT_MS) == ["begin"]
    assert hear(sense, 10 * IDLE_MS) == []
    sense.end()
    assert hear(sense, REST_MS + 1_000) == []
    assert hear(sense, SLOT_MS, customer=True) == ["begin"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 400)), max_size=20))
def test_beginnings_and_ends_take_turns(heard: list[tuple[bool, bool, int]]) -> None:
    sense = CallSense("voice", 3_000)
    moments: list[Moment] = [
        moment
        for agent, customer, slots in heard
        for moment in hear(sense, slots * SLOT_MS, agent=agent, customer=customer)
    ]
    assert moments[::2] == ["begin"] * len(moments[::2])
    assert moments[1::2] == ["end"] * len(moments[1::2])
    assert sense.in_call == bool(len(moments) % 2)
