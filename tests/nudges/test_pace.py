import pytest

from nudges.pace import WORDS_KEPT, Pace, PaceSettings, Rate
from nudges.signals import Piece
from streams.events import Word


@pytest.fixture
def pace() -> Pace:
    return Pace(PaceSettings(pause_ms=500, own_s=10))


def words(start_ms: int, count: int, each_ms: int, gap_ms: int, text: str = "word") -> Piece:
    step = each_ms + gap_ms
    said = tuple(Word(text, start_ms + step * n, start_ms + step * n + each_ms) for n in range(count))
    return Piece(0, start_ms, said[-1].end_ms, " ".join([text] * count), said)


def test_the_pace_of_words_with_times(pace: Pace) -> None:
    pace.hear(words(0, 40, 200, 100))
    assert pace.rate(6) == Rate(pytest.approx(60_000 * 21 / 6200), 21, 5700)
    assert pace.rate(60) is None


def test_pauses_are_no_slow_speech(pace: Pace) -> None:
    pace.hear(words(0, 10, 300, 700))
    assert pace.rate(3) == Rate(200, 10, 0)


def test_words_without_times_share_their_utterance(pace: Pace) -> None:
    pace.hear(Piece(0, 0, 6000, "word " * 20))
    assert pace.rate(6) == Rate(200, 20, 0)


def test_only_what_was_said_since(pace: Pace) -> None:
    pace.hear(words(0, 20, 300, 0))
    assert pace.rate(3, since_ms=4000) is None
    assert pace.rate(3, since_ms=3000) == Rate(200, 10, 3000)


def test_spelling_is_left_out(pace: Pace) -> None:
    pace.hear(words(0, 20, 300, 0, text="b"))
    pace.hear(words(0, 20, 300, 0, text="4"))
    pace.hear(words(0, 20, 300, 0, text="\u2022"))
    assert pace.rate(1) is None
    pace.hear(words(0, 20, 300, 0, text="I"))
    assert pace.rate(1) is not None


def test_the_agents_own_pace_is_that_of_the_beginning(pace: Pace) -> None:
    assert pace.own_wpm is None
    pace.hear(words(0, 40, 300, 0))
    assert pace.own_wpm == pytest.approx(60_000 * 34 / 10_200, abs=2)
    own = pace.own_wpm
    pace.hear(words(60_000, 40, 100, 0))
    assert pace.own_wpm == own


def test_of_hours_the_last_minutes_are_kept(pace: Pace) -> None:
    for number in range(4 * 60):
        pace.hear(words(60_000 * number, 100, 300, 200))
    assert len(pace._said) == WORDS_KEPT
    assert pace.rate(60) == Rate(pytest.approx(120, rel=0.02), 121, 239 * 60_000 - 20_500)
    assert pace.own_wpm == pytest.approx(120, rel=0.05)
