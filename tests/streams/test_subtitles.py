"""SRT and WebVTT with their ways of naming speakers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import TranscriptError
from streams.subtitles import read_subtitles

AT = "00:00:01,000 --> 00:00:03,000\n"


def said(text: str, name: str = "x.srt") -> list[tuple[str, int, int, str]]:
    return [(t.channel, t.started_ms, t.ended_ms, t.text) for t in read_subtitles(text, name).turns]


def refusal(text: str) -> str:
    with pytest.raises(TranscriptError) as caught:
        read_subtitles(text, "x.srt")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_srt() -> None:
    assert said(
        "\ufeff1\n00:00:01,000 --> 00:00:03,500\n[CSR] Hello,\nhow may I help?\n\n"
        "2\n00:00:04,000 --> 01:00:05,000\n[Customer]: It's the <i>bill</i>.\n\n"
        "3\n01:00:06,000 --> 01:00:07,000\nStill the bill.\n"
    ) == [
        ("agent", 1000, 3500, "Hello, how may I help?"),
        ("customer", 4000, 3_605_000, "It's the bill."),
        ("customer", 3_606_000, 3_607_000, "Still the bill."),
    ]


def test_vtt() -> None:
    assert said(
        "WEBVTT - a call\n\nNOTE made by hand\n\nSTYLE\n::cue { color: red }\n\n"
        "first\n00:01.000 --> 00:02.000 align:start\n<v Agent>Hello &amp; welcome</v>\n\n"
        "00:02.500 --> 00:04.000\n<v.loud Caller>Oh <00:03.000>hi\n",
        "x.vtt",
    ) == [("agent", 1000, 2000, "Hello & welcome"), ("customer", 2500, 4000, "Oh hi")]


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("agent: yes", "agent"),
        ("REP: yes", "agent"),
        ("- Operator: yes", "agent"),
        ("Advisor : yes", "agent"),
        ("[representative] yes", "agent"),
        ("caller: yes", "customer"),
        ("[Client] yes", "customer"),
        ("C: yes", "customer"),
    ],
)
def test_roles_have_many_names(line: str, who: str) -> None:
    assert said(AT + line) == [(who, 1000, 3000, "yes")]


def test_a_colon_may_be_part_of_what_is_said() -> None:
    assert said(f"{AT}agent: one thing\nbut mind this: it is late") == [
        ("agent", 1000, 3000, "one thing but mind this: it is late")
    ]
    assert said(f"{AT}[agent] we close at 5: sharp")[0][3] == "we close at 5: sharp"


def test_a_cue_of_both_is_shared_out() -> None:
    assert said(f"{AT}- agent: right then\n- customer: yes sirree") == [
        ("agent", 1000, 2000, "right then"),
        ("customer", 2000, 3000, "yes sirree"),
    ]


def test_cues_out_of_order_and_overlapping_are_settled() -> None:
    text = (
        "00:00:05,000 --> 00:00:06,000\nagent: two\n\n"
        "00:00:01,000 --> 00:00:05,500\nagent: one\n\n00:00:06,000 --> 00:00:07,000\n\n"
    )
    assert said(text) == [("agent", 1000, 5000, "one"), ("agent", 5000, 6000, "two")]


def test_times_follow_without_an_empty_line() -> None:
    assert len(said(f"{AT}agent: one\n00:00:04,000 --> 00:00:05,000\ncustomer: two")) == 2


def test_a_speaker_alone_on_a_line_speaks_the_next() -> None:
    assert said(f"{AT}[customer]\nwell") == [("customer", 1000, 3000, "well")]
    assert said(f"{AT}[customer]\n\n00:00:04,000 --> 00:00:05,000\nwell") == [("customer", 4000, 5000, "well")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.srt: there is no cue with words in it"),
        ("hello\n", "there is no cue"),
        (f"{AT}hello", "x.srt:2: who says this? begin the cue with [agent] or [customer]"),
        (f"{AT}[Emily] hello", "x.srt:2: 'Emily' is neither side; name speakers agent or customer"),
        (f"{AT}Emily: hello", "'Emily' is neither side"),
        (f"{AT}Speaker 1: hello", "'Speaker 1' is neither side"),
        (f"{AT}<v John Smith>hello", "'John Smith' is neither side"),
        ("00:01 --> 00:02\nagent: hi", "x.srt:1: not a cue's times"),
        ("00:00:03,000 --> 00:00:03,000\nagent: hi", "x.srt:1: the cue ends no later than it starts"),
        ("00:00:61,000 --> 00:02:03,000\nagent: hi", "x.srt:1: not a time within a day"),
        ("99:00:01,000 --> 99:02:03,000\nagent: hi", "x.srt:1: not a time within a day"),
        ("00:00:01,000 --> 00:00:01,001\nagent: a\ncustomer: b", "x.srt:1: the cue is too short for its words"),
        (f"{AT}[agent]", "there is no cue with words in it"),
    ],
)
def test_what_cannot_be_a_call_is_refused(text: str, message: str) -> None:
    assert message in refusal(text)


@given(st.text(st.sampled_from("01:,. ->\nagent[]<v>&;"), max_size=60).map(lambda t: AT + t) | st.text(max_size=80))
def test_any_text_is_a_call_or_is_refused(text: str) -> None:
    try:
        script = read_subtitles(text, "x.vtt")
    except TranscriptError:
        return
    assert all(0 <= turn.started_ms < turn.ended_ms and turn.words for turn in script.turns)
