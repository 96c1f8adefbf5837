from typing import Any

import pytest

from nudges.attention import Attention, ModelSettings
from nudges.noticing import Noticed, Noticer, NoticingModel, parse_model
from nudges.noticing_features import Past, TurnFacts
from nudges.signals import Piece
from tests.nudges.conftest import PACK_FILE

PHRASES = (PACK_FILE.parent / "phrases.toml").read_text("utf-8")
NUMBERS = (PACK_FILE.parent / "noticing.json").read_text("utf-8")
WEARY = "I've rung you four times now and nobody's called me back, I'm at my wits' end"


@pytest.fixture(scope="module")
def model() -> NoticingModel:
    return parse_model(NUMBERS, PHRASES)


def attention(model: NoticingModel, **limits: Any) -> Attention:
    return Attention(model, ModelSettings(numbers="", phrases="", **limits))


def piece(start_ms: int, text: str) -> Piece:
    return Piece(0, start_ms, start_ms + 4000, text)


def test_what_is_seen_in_a_turn(model: NoticingModel) -> None:
    seen = attention(model).hear_customer(piece(1000, WEARY))
    assert (seen.run, seen.text, seen.call) == (0, WEARY, "speak")
    assert seen.because
    for quote in seen.because:
        assert quote.quote.lower() in WEARY.lower()
        assert 1000 <= quote.said_ms <= 5000


@pytest.mark.parametrize(
    ("limits", "call"),
    [
        ({}, "speak"),
        ({"speak": 1.1}, "watch"),
        ({"speak": 1.1, "watch": 1.1}, "hint"),
        ({"speak": 1.1, "watch": 1.1, "hint": 1.1}, "nothing"),
    ],
)
def test_a_pack_may_have_thresholds_of_its_own(model: NoticingModel, limits: dict[str, float], call: str) -> None:
    seen = attention(model, **limits).hear_customer(piece(0, WEARY))
    assert seen.call == call


def test_pieces_are_joined_until_the_agent_takes_a_turn(model: NoticingModel) -> None:
    eye = attention(model)
    eye.hear_customer(piece(0, "so the thing is"))
    seen = eye.hear_customer(piece(5000, WEARY))
    assert (seen.run, seen.text) == (0, f"so the thing is {WEARY}")
    assert all(quote.said_ms >= 5000 for quote in seen.because)

    eye.hear_agent(piece(10_000, "okay can you confirm the account number"))
    assert eye.hear_customer(piece(15_000, "yes it is four four one")).run == 1


def test_words_over_two_pieces_stand_at_the_last(model: NoticingModel) -> None:
    eye = attention(model)
    eye.hear_customer(piece(0, "I've rung you four"))
    seen = eye.hear_customer(piece(5000, "times now and nobody's called me back"))
    assert any(quote.said_ms == 5000 for quote in seen.because)


def test_replies_are_judged(model: NoticingModel) -> None:
    eye = attention(model)
    assert eye.judge(WEARY, "can you confirm your account number please") == "missed"
    warm = "four calls and nobody rang you back, I'm so sorry, that must be exhausting, I'll own this now"
    assert eye.judge(WEARY, warm) == "given"


def test_how_a_turn_was_seen_is_remembered_for_the_next(model: NoticingModel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[TurnFacts] = []
    score = Noticer.score

    def watched(noticer: Noticer, facts: TurnFacts) -> Noticed:
        asked.append(facts)
        return score(noticer, facts)

    monkeypatch.setattr(Noticer, "score", watched)
    paid = attention(model)
    first = paid.hear_customer(piece(0, WEARY))
    paid.hear_agent(piece(5000, "which order number is it about please"))
    paid.hear_customer(piece(10_000, "so you will not even look into it"))
    assert [facts.past for facts in asked] == [Past(), Past().after(first.opening, first.tension)]
