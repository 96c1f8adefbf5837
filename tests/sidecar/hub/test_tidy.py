"""What comes through the hub's door is bounded and clean, whatever it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.hub import tidy
from sidecar.hub.tidy import CALLS_LIMIT, NAME_LIMIT, NUMBER_MOST, SPARK_LIMIT, TEXT_LIMIT
from streams.errors import ProtocolError
from streams.floor import (
    CallDetail,
    CallDone,
    CallState,
    DetailPut,
    FloorHello,
    NudgeLine,
    OpenHelp,
    OpenNudge,
    StatePut,
    StationBeat,
    StationHello,
    WordsPut,
)

STRANGE = [
    "\U0001f642 smile",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u202eevil",
    "\x1b[2Jgone",
    "[bold]x[/]",
    "line\nline",
    "y" * 10_000,
]


def put(state: CallState) -> CallState:
    message = tidy.tidy(StatePut(boot="b", number=1, state=state))
    assert isinstance(message, StatePut)
    return message.state


def test_what_is_fine_stays_the_same_object() -> None:
    message = StatePut(
        boot="b", number=1, state=CallState(call_id="c1", at_ms=0, agent_name="Ana", because=("effort",))
    )
    assert tidy.tidy(message) is message
    beat = StationBeat(boot="b", calls=("c1",))
    assert tidy.tidy(beat) is beat
    assert tidy.tidy(FloorHello()) == FloorHello()


@pytest.mark.parametrize("text", STRANGE)
def test_texts_are_shown_on_one_line(text: str) -> None:
    state = put(
        CallState(
            call_id="c1",
            at_ms=0,
            agent_name=text,
            queue=text,
            signal=text,
            because=(text,) * 20,
            withheld=("x",) * 50,
            nudge=OpenNudge(text, text, "warn", 0),
            help=OpenHelp("h", text, 0),
        )
    )
    assert state.nudge is not None
    assert state.help is not None
    for shown in (state.agent_name, state.queue, state.signal, *state.because, state.nudge.title, state.help.text):
        assert shown.isprintable()
        assert 0 < len(shown) <= TEXT_LIMIT
    assert len(state.agent_name) <= NAME_LIMIT
    assert (len(state.because), len(state.withheld)) == (8, 40)


@given(st.text(max_size=600), st.integers(4, 600))
def test_any_text_is_bounded_and_printable(raw: str, limit: int) -> None:
    shown = tidy.text(raw, limit)
    assert shown.isprintable()
    assert len(shown) <= limit


def test_numbers_are_bounded() -> None:
    state = put(CallState(call_id="c1", at_ms=0, mood=float("nan"), heat=999, spark=tuple(range(30))))
    assert (state.mood, state.heat, len(state.spark), state.spark[-1]) == (0.0, 100, SPARK_LIMIT, 29)
    done = tidy.tidy(
        CallDone(
            boot="b",
            number=1,
            call_id="c1",
            agent_id="a",
            agent_name="x\x07",
            queue="q",
            started_at="",
            duration_ms=10**12,
            moods=((0, 5), (-1, 5), (10, 500)),
            hot=((0, 5, 900), (9, 5, 1)),
            openings={"given": -4},
            rules={"r\n": {"shown": 10**9}, "empty": {}},
        )
    )
    assert isinstance(done, CallDone)
    assert (done.agent_name, done.duration_ms, done.moods, done.hot) == ("x", 86_400_000, ((0, 5),), ((0, 5, 100),))
    assert (done.openings, done.rules) == ({"given": 0}, {"r": {"shown": 1_000_000}})


def test_detail_is_bounded() -> None:
    line = NudgeLine("r", "t\x00", "warn", 0, "", ("x",) * 20)
    detail = CallDetail(call_id="c1", nudges=(line,) * 50, moods=((1, 1),) * 200, heats=((1, 1),) * 200)
    message = tidy.tidy(DetailPut(boot="b", number=1, detail=detail))
    assert isinstance(message, DetailPut)
    shown = message.detail
    assert (len(shown.nudges), len(shown.moods), len(shown.heats), len(shown.nudges[0].because)) == (40, 120, 120, 8)
    assert shown.nudges[0].title == "t"


@pytest.mark.parametrize(
    "message",
    [
        StatePut(boot="b", number=1, state=CallState(call_id="", at_ms=0)),
        StatePut(boot="b", number=1, state=CallState(call_id="c\n", at_ms=0)),
        StatePut(boot="b" * 300, number=1, state=CallState(call_id="c", at_ms=0)),
        StatePut(boot="b", number=NUMBER_MOST + 1, state=CallState(call_id="c", at_ms=0)),
        StationHello(boot="b", station="s", kept_from=-1),
        WordsPut(boot="b", number=1, call_id="x" * 300, channel="agent", started_ms=0, text=""),
        StationBeat(boot="b", calls=("c",) * (CALLS_LIMIT + 1)),
    ],
)
def test_what_cannot_be_mended_is_refused(message: StatePut) -> None:
    with pytest.raises(ProtocolError):
        tidy.tidy(message)
