"""A call as lines: what a person reads."""

from typing import Any

import pytest

from sidecar.lines import ReadableLines
from streams.events import (
    CallEnded,
    CallStarted,
    CallSummary,
    Cause,
    Event,
    Heat,
    Mood,
    Nudge,
    NudgeResolved,
    Quote,
    SpeechEnded,
    Tick,
    Utterance,
)


def of(kind: Any, at_ms: int = 61_000, **fields: Any) -> Any:
    return kind(call_id="c", at_ms=at_ms, **fields)


def lines(*events: Event, **manner: Any) -> list[str]:
    out: list[str] = []
    sink = ReadableLines(out.append, **manner)
    for event in events:
        sink.write(event)
    return out


def nudge(**fields: Any) -> Nudge:
    given = {"nudge": "n1", "rule": "r.r", "family": "r", "severity": "warn", "title": "Slow", "text": "Take a breath."}
    made: Nudge = of(Nudge, **(given | fields))
    return made


def final(text: str, channel: str = "customer") -> Utterance:
    made: Utterance = of(Utterance, channel=channel, utterance=0, started_ms=59_500, ended_ms=60_900, text=text)
    return made


def test_the_beginning_says_where_words_come_from() -> None:
    said = lines(of(CallStarted, source="x.wav", queue="bills", agent_name="Ada", words_from="reference"))
    assert said[0] == "x.wav  bills  Ada"
    assert "the transcript, not from speech recognition" in said[1]
    assert "sidecar models pull base.en" in said[1]
    assert lines(of(CallStarted))[:2] == ["c", "words from speech recognition"]
    assert lines(of(CallStarted, words_from="none"))[1] == "no words: voice activity and timing only"


def test_nothing_that_a_terminal_obeys_comes_through() -> None:
    evil = "\x1b]0;title\x07\x9b2J"
    said = lines(
        of(CallStarted, source=evil, queue=evil, agent_name=evil),
        final(evil),
        of(Nudge, nudge="n1", rule="r", family="f", severity="warn", title=evil, text=evil, say=evil, measured=evil),
    )
    assert len(said) > 5
    assert all(letter.isprintable() for line in said for letter in line)


def test_a_mixed_channel_is_said() -> None:
    assert any("joint mood" in line for line in lines(of(CallStarted, channels=("mixed",))))


def test_words_stand_at_the_time_they_began_and_nothing_understood_is_nothing_shown() -> None:
    assert lines(final("hello there"), final("")) == ["00:59  customer    hello there"]


def test_what_is_no_text_is_not_sent_to_the_terminal() -> None:
    assert lines(final("a\x1b[2Jb\x07")) == ["00:59  customer    a [2Jb "]


def test_mood_is_shown_when_it_changes() -> None:
    moods = [
        of(Mood, utterance=index, score=0.0, smoothed=smoothed, trend=trend)
        for index, (smoothed, trend) in enumerate(
            [(0.0, "steady"), (0.1, "steady"), (0.2, "steady"), (0.21, "falling")]
        )
    ]
    assert lines(*moods) == [
        "01:01  mood        +0.00 steady",
        "01:01  mood        +0.20 steady",
        "01:01  mood        +0.21 falling",
    ]


def test_heat_is_shown_when_its_band_changes() -> None:
    because = (Cause("waiting", 2.0, "q", 1), Cause("waiting", 2.0, "q", 1), Cause("threat", 3.0, "q", 1))
    heats = [
        of(Heat, value=3.0, band="calm"),
        of(Heat, value=41.0, band="warm", because=because),
        of(Heat, value=42.0, band="warm"),
        of(Heat, value=4.0, band="calm"),
    ]
    assert lines(*heats) == ["01:01  heat        41 warm  (waiting, threat)", "01:01  heat        4 calm"]


def test_a_nudge_says_why_and_what_became_of_it() -> None:
    said = lines(
        nudge(say="I see.", evidence=(Quote("so slow", 3_000),), measured="12 s", threshold="10 s"),
        of(NudgeResolved, nudge="n1", rule="r.r", outcome="call_ended"),
    )
    assert said == [
        "01:01  ! WARN      Slow: Take a breath.",
        "                   say  I see.",
        '                   why  "so slow" 00:03; 12 s (from 10 s)  [r.r]',
        "01:01              call ended: Slow",
    ]
    assert lines(nudge(title="Take", measured="twice"))[:2] == [
        "01:01  ! WARN      Take a breath.",
        "                   why  twice  [r.r]",
    ]
    assert lines(nudge())[1] == "                   [r.r]"
    assert lines(of(NudgeResolved, nudge="gone", rule="r.r", outcome="done")) == ["01:01              done: r.r"]


@pytest.mark.parametrize(
    ("severity", "mark"), [("praise", "* PRAISE"), ("info", "i INFO"), ("critical", "!! CRITICAL")]
)
def test_severity_is_a_word_and_a_mark(severity: str, mark: str) -> None:
    assert lines(nudge(severity=severity))[0] == f"01:01  {mark:<12}Slow: Take a breath."


def test_the_end_sums_up() -> None:
    speech = of(SpeechEnded, channel="agent", started_ms=1_000, ended_ms=3_400)
    said = lines(
        speech,
        final("hello", "agent"),
        final("hi"),
        nudge(),
        of(CallEnded, reason="hung_up"),
        of(NudgeResolved, nudge="n1", rule="r.r", outcome="call_ended"),
        of(CallSummary, totals={}),
    )
    assert said[-1] == "01:01 hung up; agent 1 utterances, 2 s; customer 1 utterances, 0 s; 1 nudge (1 call ended)"
    assert lines(of(CallEnded), of(CallSummary, totals={}), of(Tick))[-1] == "01:01 hung up; 0 nudges"


def test_long_lines_are_folded_where_there_is_a_width() -> None:
    said = lines(final("one two three four five six seven eight nine ten"), final("x"), width=40)
    assert said == [
        "00:59  customer    one two three four",
        "                   five six seven eight",
        "                   nine ten",
        "00:59  customer    x",
    ]


def test_colour_is_added_only_where_it_is_wanted() -> None:
    assert lines(nudge(), colour=True)[0] == "\x1b[33;1m01:01  ! WARN      Slow: Take a breath.\x1b[0m"
    assert lines(final("x"), colour=True) == ["00:59  customer    x"]
