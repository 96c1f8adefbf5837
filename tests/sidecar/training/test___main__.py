"""The whole of the training on a corpus small enough to read."""

import json
from pathlib import Path

import pytest

from nudges.moves import MoveBook, parse_moves
from nudges.noticing import Noticer, parse_model
from nudges.noticing_features import Past, TurnFacts
from sidecar.training.__main__ import main

PHRASES = Path(__file__).parents[3] / "nudges" / "packs" / "phrases.toml"
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
        (tmp_path / "talks").mkdir(exist_ok=True)
        talks = [_talk(f"{group}-{number}", hot=number % 2 == 0) for number in range(6)]
        (tmp_path / "talks" / f"{group}.chat.jsonl").write_text("\n".join(map(json.dumps, talks)), "utf-8")
    return tmp_path


def _talk(name: str, *, hot: bool) -> dict[str, object]:
    """Who is upset once stays so, whatever the words: only what came before tells the second turn apart."""
    said = [("C", HOT if hot else CALM), ("A", "which order is it"), ("C", "the blue one"), ("A", "one moment")]
    tension = [[0, 2], [2, 2]] if hot else [[0, 0], [2, 0]]
    openings = [{"turn": 0, "strength": "strong", "outcome": "missed"}] if hot else []
    marks = {"0": ["hardship"] if hot else ["closing"], "1": ["asks_check"]}
    turns = [{"who": who, "text": text} for who, text in said]
    return {"id": name, "turns": turns, "tension": tension, "openings": openings, "marks": marks}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], r"usage: python -m sidecar\.training CORPUS_FOLDER PHRASES\.toml PACKS_FOLDER"),
        (["nowhere", str(PHRASES), "packs"], r"nowhere: no labelled lines in it; name a folder"),
        (["here", "nothing.toml", "packs"], r"nothing\.toml: not there; name the phrases"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(
    small_corpus: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], line: str
) -> None:
    monkeypatch.chdir(small_corpus)
    (small_corpus / "here").mkdir()
    (small_corpus / "here" / "one.customer.jsonl").touch()
    with pytest.raises(SystemExit, match=line):
        main(arguments)
    assert not Path("packs").exists()


def test_the_numbers_are_learned_the_same_each_time(small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    learned = []
    for number in range(2):
        packs = small_corpus / "new" / str(number)
        main([str(small_corpus), str(PHRASES), str(packs)])
        learned.append([(packs / name).read_text("utf-8") for name in ("moves.json", "noticing.json")])
    assert learned[0] == learned[1]
    said = capsys.readouterr().out
    assert "one held out, spoken, speak: precision" in said
    assert "C.hardship" in said
    moves, numbers = learned[0]
    assert list(parse_moves(moves).customer["hardship"].terms) == sorted(parse_moves(moves).customer["hardship"].terms)
    model = parse_model(numbers, PHRASES.read_text("utf-8"))
    noticer = Noticer(model, MoveBook(parse_moves(moves), model.phrases))
    hot, calm = noticer.score(TurnFacts(text=HOT)), noticer.score(TurnFacts(text=CALM))
    assert hot.opening_p > 0.5 > calm.opening_p
    assert hot.tension_p > calm.tension_p
    assert any(name.startswith("does.") for name in model.numbers.opening.features)
    plain, later = (TurnFacts(text="the blue one", past=past) for past in (Past(), Past().after(0.9, 0.9)))
    assert noticer.score(later).tension_p > noticer.score(plain).tension_p
