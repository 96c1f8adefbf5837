import json
from pathlib import Path

import numpy as np
import pytest

from nudges.moves import MoveBook, MoveNumbers, Setting, parse_moves
from nudges.phrases import parse_phrases
from sidecar.training.moves import SHIPPED, choose, fingerprint, measure, report, tabulate, train
from sidecar.training.talks import read_rows

ROOT = Path(__file__).parents[3]
PACKS = ROOT / "nudges" / "packs"
PHRASES = parse_phrases((PACKS / "phrases.toml").read_text("utf-8"))
SAID = (
    ("A", "good morning this is the pump desk", ["greet"]),
    ("C", "the pump stopped on monday", []),
    ("A", "which pump is it", ["asks_check"]),
    ("C", "get me your manager please", ["supervisor"]),
    ("A", "goodbye and take care", ["goodbye"]),
    ("C", "thanks that was ever so kind", ["thanks_warm"]),
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "talks").mkdir()
    for group in ("one", "two", "three", "four"):
        talks = [
            {
                "id": f"{group}-{number}",
                "turns": [{"who": who, "text": text} for who, text, _ in SAID[number % 2 :]],
                "marks": {str(at): marks for at, (_, _, marks) in enumerate(SAID[number % 2 :])},
            }
            for number in range(6)
        ]
        (tmp_path / "talks" / f"{group}.chat.jsonl").write_text("\n".join(map(json.dumps, talks)), "utf-8")
    line = {"before": "", "text": "could your manager ring me please", "cues": ["supervisor_request"]}
    (tmp_path / "one.customer.jsonl").write_text(json.dumps(line), "utf-8")
    return tmp_path


def test_moves_are_learned_from_what_is_marked(corpus: Path) -> None:
    numbers, without, figures = train(corpus, PHRASES)
    assert "C.supervisor          24 1.00" in "\n".join(report(figures))
    assert "from 24 talks and 1 single lines of ours" in numbers.note
    assert set(numbers.customer) == {"supervisor", "thanks_warm"}
    assert set(numbers.agent) == {"greet", "asks_check", "goodbye"}
    assert all(abs(weight) >= 0.05 for weight in numbers.customer["supervisor"].terms.values())
    assert set(without) == {"one", "two", "three", "four"}
    assert "Without three." in without["three"].note
    for learned in (numbers, without["three"]):
        sure = {move.name: move.sure for move in MoveBook(learned, PHRASES).find("C", SAID[3][1], Setting(SAID[2][1]))}
        assert sure["supervisor"] > 0.8
        assert sure["thanks_warm"] < 0.2


def test_what_only_one_industry_says_is_not_known_without_it(corpus: Path) -> None:
    talk = {"id": "four-9", "turns": [{"who": "C", "text": "fetch the gaffer"}] * 9, "marks": {}}
    talk["marks"] = {str(at): ["supervisor"] for at in range(9)}
    path = corpus / "talks" / "four.chat.jsonl"
    path.write_text(f"{path.read_text('utf-8')}\n" + "\n".join([json.dumps(talk)] * 3), "utf-8")
    for group in ("one", "two"):
        path = corpus / "talks" / f"{group}.chat.jsonl"
        calm = {"id": f"{group}-9", "turns": [{"who": "C", "text": "fetch the gaffer"}] * 9, "marks": {}}
        path.write_text(f"{path.read_text('utf-8')}\n" + json.dumps(calm), "utf-8")
    lesson = train(corpus, PHRASES)

    def sure(numbers: MoveNumbers) -> float:
        moves = MoveBook(numbers, PHRASES).find("C", "fetch the gaffer", Setting())
        return next(move.sure for move in moves if move.name == "supervisor")

    assert sure(lesson.without["four"]) < sure(lesson.numbers) - 0.05


def test_talks_can_be_left_out(corpus: Path) -> None:
    lesson = train(corpus, PHRASES, keep=lambda talk: not talk.startswith("four-"))
    assert "from 18 talks" in lesson.numbers.note
    assert lesson.figures["C.supervisor"].turns == 36


def test_terms_stand_in_enough_rows_of_enough_industries(corpus: Path) -> None:
    rows = [row for row in read_rows(corpus) if row.side == "C"]
    names = tabulate("C", rows, PHRASES).names
    assert "get me" in names
    assert "ring" not in names
    assert tabulate("C", [row for row in rows if row.group in {"one", "two"}], PHRASES).names == []


def test_what_tells_most_is_chosen(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidecar.training.moves.N_TERMS", 6)
    rows = [row for row in read_rows(corpus) if row.side == "C" and row.talk]
    terms = tabulate("C", rows, PHRASES)
    labels = np.array(["supervisor" in row.marks for row in rows], dtype=np.float64)
    chosen, fitted = choose(terms, labels, np.ones(len(rows)))
    assert len(chosen) == 6
    assert list(chosen) == sorted(chosen)
    odds = fitted.odds(terms.columns(chosen))
    assert ((odds > 0) == (labels > 0)).all()


def test_figures_of_a_ranking() -> None:
    figures = measure(np.array([3.0, 2.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0]))
    assert figures.turns == 2
    assert figures.average == pytest.approx((1 + 2 / 3) / 2)
    assert figures.levels[0] == pytest.approx((1.0, 1 / (1 + np.exp(-1))))
    assert figures.levels[2] == pytest.approx((0.5, 1 / (1 + np.exp(-3))))
    assert measure(np.array([1.0, 0.0]), np.array([0.0, 0.0])).levels[0] == (0.0, 1.0)


def test_the_shipped_numbers_were_learned_from_the_sources_as_they_are() -> None:
    corpus = ROOT / "tests" / "corpus"
    sources = fingerprint(corpus, read_rows(corpus), PHRASES)
    shipped = parse_moves((PACKS / "moves.json").read_text("utf-8"))
    assert f"sources {sources}." in shipped.note, "learn again: see tests/corpus/README.md"
    assert (set(shipped.customer), set(shipped.agent)) == (set(SHIPPED["C"]), set(SHIPPED["A"]))
