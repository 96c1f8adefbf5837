"""Meters: the customer's mood, the balance of talk, the heat; nothing of how the agent feels."""

import pytest

from streams.events import CallEnded, Cause, Event, Heat, Mood, SpeechEnded, SpeechStarted
from tests.tui.calls import STARTED, TALK, of
from tests.tui.views import texts, view
from tui.glyphs import ASCII, UNICODE, Glyphs
from tui.meters import bar, heat, meters, spark


def test_spark_and_bar() -> None:
    assert spark([-1.0, 0.0, 1.0, 7.0], UNICODE.spark, 8) == "▁▅██"
    assert spark([-1.0, 1.0], ASCII.spark, 1) == "#"
    assert spark([1.0], ASCII.spark, 0) == ""
    assert bar(0.5, UNICODE, 4) == "██░░"
    assert bar(7.0, UNICODE, 2) == "██"


def test_all_three_in_columns() -> None:
    assert texts(meters(view(STARTED, *TALK), 38, 3)) == [
        "mood  cust ▃▂         -0.68  falling v",
        "talk  you  ████░░░░░░   41%  cust  59%",
        "heat       ██████░░░░    64  hot     ▲",
    ]


def test_narrow_ones_keep_figures_and_words() -> None:
    assert texts(meters(view(STARTED, *TALK), 25, 3)) == [
        "mood ▃▂  -0.68  falling v",
        "you  █░░   41%  cust  59%",
        "heat ██░    64  hot     ▲",
    ]


def test_one_row_is_the_moods() -> None:
    assert len(meters(view(STARTED, *TALK), 38, 1)) == 1


def test_causes_of_heat_follow_where_there_is_room() -> None:
    causes = (Cause("waiting", 9.0, "two weeks", 5_000), Cause("threat", -20.0, "thank you", 7_000))
    shown = view(STARTED, of(Heat, 8_000, value=31.0, band="watch", because=causes))
    assert texts(meters(shown, 44, 5))[3:] == ['       -20  "thank you" 00:07', '        +9  "two weeks" 00:05']


@pytest.mark.parametrize(
    ("forecast", "glyphs", "mark", "words"),
    [
        ("rising", UNICODE, "↗", "may get hotter"),
        ("boiling", UNICODE, "▲", "may boil over"),
        ("rising", ASCII, "/", "may get hotter"),
        ("boiling", ASCII, "!", "may boil over"),
    ],
)
def test_where_the_heat_may_be_going(forecast: str, glyphs: Glyphs, mark: str, words: str) -> None:
    shown = view(STARTED, of(Heat, 8_000, value=31.0, band="watch", forecast=forecast))
    lines = texts(heat(shown.board, glyphs, 44))
    assert lines[0].endswith(f"31  watch   {mark}")
    assert len(lines[0]) == 44
    assert lines[1] == f"      {mark} {words}"


@pytest.mark.parametrize(
    "events",
    [
        (of(Heat, 8_000, value=31.0, band="watch"),),
        (of(Heat, 8_000, value=90.0, band="critical", forecast="boiling"),),
        (of(Heat, 8_000, value=31.0, band="watch", forecast="rising"), of(CallEnded, 9_000)),
    ],
)
def test_there_is_nothing_to_foresee(events: tuple[Event, ...]) -> None:
    (line,) = texts(heat(view(STARTED, *events).board, UNICODE, 44))
    assert line.endswith(("watch", "critical"))


def test_before_anything_is_known() -> None:
    assert texts(meters(view(STARTED), 38, 3)) == [
        "mood  cust not known yet",
        "talk  you  nobody yet",
        "heat       ░░░░░░░░░░     0  calm",
    ]
    assert texts(meters(view(STARTED, of(CallEnded, 5)), 38, 3)) == ["mood  cust --", "talk  you  --", "heat       --"]


def test_who_is_speaking_now_counts() -> None:
    shown = view(STARTED, of(SpeechStarted, 0, channel="agent", started_ms=0), now_ms=4_000)
    assert "100%  cust   0%" in texts(meters(shown, 38, 3))[1]


def test_one_channel_for_both() -> None:
    shown = view(STARTED, of(SpeechEnded, 900, channel="mixed", started_ms=0, ended_ms=900))
    assert texts(meters(shown, 38, 3))[1] == "talk  both sides on one channel"


def test_a_good_mood_is_drawn_as_such() -> None:
    shown = view(STARTED, of(Mood, 5, utterance=0, score=1.0, smoothed=0.4, trend="rising"))
    line = meters(shown, 38, 1)[0]
    assert {span.role for span in line} == {"soft", "good", "text"}
    assert texts([line])[0].endswith("+0.40  rising  ^")
