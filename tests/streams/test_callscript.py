"""The .call format, line by line, and what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.callscript import read_call
from streams.errors import TranscriptError
from streams.script import Expectation

TURN = "0 agent  hello\n"


def expectation(line: str) -> Expectation:
    return read_call(f"{TURN}{line}", "x.call").expectations[0]


def refusal(text: str) -> str:
    with pytest.raises(TranscriptError) as caught:
        read_call(text, "x.call")
    message = str(caught.value)
    assert "\n" not in message
    return message


class TestTurns:
    def test_a_whole_call(self) -> None:
        script = read_call(
            "\ufeff# a call\n"
            "@ queue: billing: gas\n"
            "@left:customer\n"
            "\n"
            "  00:01.500-00:03 agent     good   morning\n"
            "75.25 customer  hi there\r\n"
            "2:00.1-02:01.25 agent  right\n"
            "=> none\n",
            "x.call",
        )
        assert script.name == "x.call"
        assert script.facts == {"queue": "billing: gas", "left": "customer"}
        assert [(t.channel, t.started_ms, t.ended_ms, t.text) for t in script.turns] == [
            ("agent", 1500, 3000, "good morning"),
            ("customer", 75250, 76050, "hi there"),
            ("agent", 120100, 121250, "right"),
        ]
        assert script.expectations == (Expectation(kind="none", line=8),)

    def test_a_turn_without_end_lasts_as_long_as_its_words(self) -> None:
        turns = read_call("0 agent one two three\n1 customer yes\n", "x.call").turns
        assert [t.ended_ms for t in turns] == [1200, 1400]

    def test_no_turn_outlasts_the_same_speakers_next(self) -> None:
        turns = read_call("0 agent one two three\n0.5 customer no\n1 agent four\n1.2-9 agent x\n", "x.call").turns
        assert [t.ended_ms for t in turns] == [1000, 900, 1200, 9000]
        assert turns[0].words[-1].end_ms == 1000

    def test_both_may_speak_at_once(self) -> None:
        turns = read_call("0-9 agent well\n0-3 customer but\n", "x.call").turns
        assert [t.ended_ms for t in turns] == [9000, 3000]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "x.call: there is no turn in it"),
            ("# only this\n", "x.call: there is no turn in it"),
            ("hello\n", "x.call:1: not a turn"),
            ("0 agent\n", "x.call:1: the agent says nothing"),
            ("0 Emily  hello\n", "x.call:1: 'Emily' cannot speak"),
            ("0-5\n", "x.call:1: not a turn"),
            ("00:61 agent hi\n", "x.call:1: '00:61' has 61 seconds in a minute"),
            ("1:2:3 agent hi\n", "x.call:1: '1:2:3' is no time"),
            ("1.2345 agent hi\n", "x.call:1: '1.2345' is finer than a millisecond"),
            ("5. agent hi\n", "x.call:1: '5.' is no time"),
            ("2000:00 agent hi\n", "more than a day"),
            ("9" * 5000 + " agent hi\n", "more than a day"),
            ("9" * 5000 + ":00 agent hi\n", "more than a day"),
            ("5-4 agent hi\n", "x.call:1: the turn ends at 4, which is not after its start 5"),
            ("5-5 agent hi\n", "not after its start"),
            ("5 agent hi\n4 customer ho\n", "x.call:2: this turn starts before the one in line 1"),
            ("5 agent hi\n5 agent ho\n", "x.call:1: the agent starts two turns at this time"),
            ("@ queue\n", "x.call:1: a fact is written '@ key: value'"),
            ("@ left: right\n", "x.call:1: 'left' is agent or customer, not 'right'"),
            ("@ a: 1\n@ a: 2\n", "x.call:2: 'a' is given twice"),
        ],
    )
    def test_a_bad_line_is_refused_with_its_number(self, text: str, message: str) -> None:
        assert message in refusal(text)


class TestExpectations:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("=> none", Expectation(kind="none", line=2)),
            ("=>none", Expectation(kind="none", line=2)),
            ("=> not empathy.missed", Expectation(kind="not_rule", rule="empathy.missed", line=2)),
            ("=> not empathy.", Expectation(kind="not_family", rule="empathy.", line=2)),
            ("=> a.b", Expectation(kind="nudge", rule="a.b", line=2)),
            ("=> a.b warn", Expectation(kind="nudge", rule="a.b", severity="warn", line=2)),
            ("=> a.b within 1-1:00.5", Expectation(kind="nudge", rule="a.b", within=(1000, 60500), line=2)),
            (
                "=> a.b critical within 0-2",
                Expectation(kind="nudge", rule="a.b", severity="critical", within=(0, 2000), line=2),
            ),
            ("=> resolved a.b done", Expectation(kind="resolved", rule="a.b", outcome="done", line=2)),
        ],
    )
    def test_every_form(self, line: str, expected: Expectation) -> None:
        assert expectation(line) == expected

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("=>", "an expectation is"),
            ("=> nothing", "an expectation is"),
            ("=> not empathy", "an expectation is"),
            ("=> resolved", "an expectation is"),
            ("=> resolved a.b", "an expectation is"),
            ("=> resolved a.b gone", "'gone' is no outcome; there are done, dismissed"),
            ("=> a.b loud", "'loud' is no severity; there are praise, info"),
            ("=> a.b warn 1-2", "at most a severity and 'within START-END'"),
            ("=> a.b within", "at most a severity and 'within START-END'"),
            ("=> a.b within 1", "at most a severity and 'within START-END'"),
            ("=> a.b within 1-2 3", "at most a severity and 'within START-END'"),
            ("=> a.b within 1-x", "'x' is no time"),
            ("=> a.b within 2-1", "the span ends at 1, before its start 2"),
        ],
    )
    def test_any_other_is_refused(self, line: str, message: str) -> None:
        found = refusal(TURN + line)
        assert found.startswith("x.call:2: ")
        assert message in found


@given(st.text(st.sampled_from("0123456789:.-@=># agentcusomrwihl\n\u0664\ufeff"), max_size=80) | st.text(max_size=60))
def test_any_text_is_a_call_or_is_refused(text: str) -> None:
    try:
        script = read_call(text, "x.call")
    except TranscriptError:
        return
    assert all(0 <= turn.started_ms < turn.ended_ms for turn in script.turns)
