import pytest

from nudges.packs import Pack
from nudges.sentiment import MoodLine, MoodSettings, vader


class Fixed:
    """Scores a text by the number it begins with."""

    def score(self, text: str) -> float:
        return float(text.split(maxsplit=1)[0])


@pytest.fixture
def settings(pack: Pack) -> MoodSettings:
    return pack.mood


@pytest.fixture
def line(settings: MoodSettings) -> MoodLine:
    return MoodLine(settings, Fixed())


def test_before_anything_was_said(line: MoodLine) -> None:
    assert line.smoothed == 0.0
    assert line.lowest == 0.0
    assert line.trend() == "steady"
    assert line.last(2) == ()
    assert line.arc(60_000) is None


def test_short_utterances_say_nothing(line: MoodLine) -> None:
    assert line.hear("-0.9 no", 1000) is None
    assert line.smoothed == 0.0


def test_scores_are_smoothed(line: MoodLine) -> None:
    assert line.hear("-0.5 a b", 1000) == -0.5
    assert line.smoothed == pytest.approx(-0.2)
    line.hear("0.5 a b", 2000)
    assert line.smoothed == pytest.approx(0.08)
    assert line.lowest == pytest.approx(-0.2)
    assert line.last(1) == (line.smoothed,)
    assert line.smoothed_at(1500) == pytest.approx(-0.2)
    assert line.smoothed_at(500) == 0.0


def test_the_trend_compares_two_windows(line: MoodLine) -> None:
    line.hear("-0.5 a b", 1000)
    line.hear("0.1 a b", 40_000)
    assert line.trend() == "rising"
    line.hear("-0.9 a b", 71_000)
    assert line.trend() == "falling"


def test_the_first_word_alone_is_no_trend(line: MoodLine) -> None:
    line.hear("0.01 a b", 1000)
    assert line.trend() == "steady"


def test_the_arc_spans_the_call(line: MoodLine) -> None:
    line.hear("-0.6 a b", 5000)
    line.hear("0.4 a b", 95_000)
    assert line.arc(100_000) == pytest.approx(0.5)
    assert line.arc(200_000) is None


@pytest.mark.parametrize(
    "calm",
    ["no thank you", "No, no, no that's all", "it's a problem with my charge", "I need to cancel my claim", "no"],
)
def test_words_of_the_trade_are_no_feelings(settings: MoodSettings, calm: str) -> None:
    scorer = vader(settings.neutral_words, tuple(settings.valences.items()))
    assert scorer.score(calm) > -0.05


def test_real_anger_still_counts(settings: MoodSettings) -> None:
    scorer = vader(settings.neutral_words, tuple(settings.valences.items()))
    assert scorer.score("this is horrible and I am so angry with you") < -0.5
    assert scorer.score("this is ridiculous") < -0.3
    assert scorer.score("no \u2019") == 0.0


def test_the_scorer_is_kept(settings: MoodSettings) -> None:
    assert vader(settings.neutral_words, ()) is vader(settings.neutral_words, ())


@pytest.mark.parametrize(
    "said",
    [
        "honestly I'm just really fed up and worried",
        "I'd like to speak to a supervisor please",
        "this is the third time I've rung about it",
        "oh perfect another transfer",
        "nobody ever called me back",
    ],
)
def test_phrases_are_felt_that_none_of_their_words_carries(settings: MoodSettings, said: str) -> None:
    neutral, valences = settings.neutral_words, tuple(settings.valences.items())
    assert vader(neutral, valences, tuple(settings.phrases.items())).score(said) <= -0.3
    assert vader(neutral, valences).score(said) > vader(neutral, valences, tuple(settings.phrases.items())).score(said)


def test_negation_holds_for_a_phrase_as_well(settings: MoodSettings) -> None:
    scorer = vader(settings.neutral_words, tuple(settings.valences.items()), tuple(settings.phrases.items()))
    assert scorer.score("I'm not fed up with you at all") > 0
