from pathlib import Path

import numpy as np
import pytest

from nudges.moves import parse_moves
from nudges.noticing_features import Past, TurnFacts
from nudges.phrases import parse_phrases
from sidecar.training.fit import fingerprint, in_the_light_of, tabulate
from sidecar.training.material import Turn, read_turns

ROOT = Path(__file__).parents[3]
PHRASES = ROOT / "nudges" / "packs" / "phrases.toml"


def test_the_shipped_numbers_were_learned_from_the_sources_as_they_are() -> None:
    phrases = parse_phrases(PHRASES.read_text("utf-8"))
    corpus = ROOT / "tests" / "corpus"
    moves = parse_moves((PHRASES.parent / "moves.json").read_text("utf-8"))
    sources = fingerprint(corpus, read_turns(corpus, phrases), phrases, moves.note)
    shipped = (PHRASES.parent / "noticing.json").read_text("utf-8")
    assert f"sources {sources}." in shipped, "learn again: see tests/corpus/README.md"


def turn(text: str, talk: str = "") -> Turn:
    return Turn(TurnFacts(text=text), "none", 0, "one", False, 1.0, whole=bool(talk), talk=talk)


def test_turns_of_a_talk_are_seen_in_the_light_of_those_before() -> None:
    turns = [turn("a", "x"), turn("b", "x"), turn("c", "y"), turn("d"), turn("e")]
    lit = in_the_light_of(turns, np.array([0.0, 9.0, 0.0, 9.0, 9.0]), np.array([-9.0, 0.0, 0.0, 9.0, 9.0]))
    past = [one.facts.past for one in lit]
    assert past[0] == past[2] == past[3] == past[4] == Past()
    assert past[1].opening[0] == pytest.approx(0.5)
    assert past[1].tension[0] == pytest.approx(0.0, abs=1e-3)


def test_a_table_holds_features_then_words_of_enough_industries() -> None:
    texts = ["pump broken", "pump fine"] * 24
    groups = [f"g{number % 4}" for number in range(48)]
    table = tabulate([{"b": 2.0}, {"a": 1.0}] * 24, texts, groups, [1.0] * 48)
    assert table.features == ["a", "b"]
    assert table.words == ["pump"]
    assert table.rows.toarray()[:2].tolist() == [[0.0, 2.0, 1.0], [1.0, 0.0, 1.0]]
    assert tabulate([{"a": 1.0}] * 48, texts, groups, [0.0] * 48).words == []
