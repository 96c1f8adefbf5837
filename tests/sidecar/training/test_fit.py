import json
from pathlib import Path

import pytest

from nudges.noticing import Noticer, parse_model
from nudges.noticing_features import TurnFacts
from nudges.phrases import parse_phrases
from sidecar.training.fit import fingerprint, main
from sidecar.training.material import read_turns

ROOT = Path(__file__).parents[3]
PHRASES = ROOT / "nudges" / "packs" / "phrases.toml"
HOT = "i'm furious, i have been waiting three weeks and nobody called"
CALM = "could you tell me what time you open please"


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    for group in ("one", "two", "three", "four"):
        turns = [
            {"style": style, "before": "hello", "text": text, "tension": tension, "opening": opening, "hard": hard}
            for text, tension, opening in ((HOT, 2, "strong"), (CALM, 0, "none"), ("twice i called", 1, "weak"))
            for style in ("spoken", "chat")
            for hard in (True, False)
        ]
        replies = [
            {"customer": HOT, "agent": agent, "outcome": outcome}
            for agent, outcome in (
                ("three weeks of waiting is far too long, i'm chasing it myself", "given"),
                ("sorry for the inconvenience", "bare"),
                ("what is your postcode", "missed"),
            )
        ]
        (tmp_path / f"{group}.customer.jsonl").write_text("\n".join(map(json.dumps, turns)) + "\n\n", "utf-8")
        (tmp_path / f"{group}.agent.jsonl").write_text("\n".join(map(json.dumps, replies)), "utf-8")
    return tmp_path


def test_the_numbers_are_learned_the_same_each_time(small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.json", "b.json"):
        main([str(small_corpus), str(PHRASES), str(small_corpus / name)])
    learned = (small_corpus / "a.json").read_text("utf-8")
    assert learned == (small_corpus / "b.json").read_text("utf-8")
    assert "one held out, spoken, speak: precision" in capsys.readouterr().out
    noticer = Noticer(parse_model(learned, PHRASES.read_text("utf-8")))
    hot, calm = noticer.score(TurnFacts(text=HOT)), noticer.score(TurnFacts(text=CALM))
    assert hot.opening_p > 0.5 > calm.opening_p
    assert hot.tension_p > calm.tension_p


def test_the_shipped_numbers_were_learned_from_the_sources_as_they_are() -> None:
    phrases = parse_phrases(PHRASES.read_text("utf-8"))
    corpus = ROOT / "tests" / "corpus"
    sources = fingerprint(corpus, read_turns(corpus, phrases), phrases)
    shipped = (PHRASES.parent / "noticing.json").read_text("utf-8")
    assert f"sources {sources}." in shipped, "learn again: see tests/corpus/README.md"
