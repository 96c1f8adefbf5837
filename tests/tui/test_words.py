"""The tail of the transcript: the newest at the end, the unstable marked, nothing but text."""

from streams.events import CallEnded, CallStarted, Hypothesis
from tests.tui.calls import GROWING, STARTED, TALK, of, spoken
from tests.tui.views import texts, view
from tui.lines import width
from tui.words import words


def test_the_last_rows_with_their_speakers() -> None:
    assert texts(words(view(STARTED, *TALK, *GROWING).board, 38, 4)) == [
        "      called about the same charge",
        "you   let me pull that up for you",
        "cust  i don't want you to pull",
        "      anything up...",
    ]


def test_times_where_there_is_room() -> None:
    assert texts(words(view(STARTED, *TALK).board, 60, 1)) == ["00:17  you   let me pull that up for you"]


def test_what_may_change_is_marked() -> None:
    line = words(view(STARTED, *GROWING).board, 78, 1)[0]
    assert [span.role for span in line if "up..." in span.text] == ["tail"]
    only_stable = of(Hypothesis, channel="mixed", utterance=0, started_ms=0, stable="so", tail="")
    assert texts(words(view(STARTED, only_stable).board, 40, 1)) == ["both  so ..."]


def test_before_and_after() -> None:
    assert texts(words(view(STARTED).board, 40, 3)) == ["What is said will show here."]
    silent = of(CallStarted, words_from="none")
    assert texts(words(view(silent).board, 40, 3)) == ["Timing only: no words here."]
    assert texts(words(view(STARTED, of(CallEnded, 5)).board, 40, 3)) == [""]


def test_controls_and_wide_characters_stay_in_their_cells() -> None:
    said = spoken("customer", 0, 0, 900, "[red]\x1b[2J日本語日本語日本語日本語 \u202eשלום" + "x" * 500)
    lines = words(view(STARTED, *said).board, 20, 40)
    assert all(width(line) <= 20 for line in lines)
    assert "\x1b" not in "".join(texts(lines))
    assert texts(lines)[0].startswith("cust  [red]")
