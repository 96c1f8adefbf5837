from pathlib import Path

import pytest

from nudges.moves import MoveBook
from nudges.phrases import parse_phrases
from sidecar.training.material import bare, read_replies, read_turns, spells_numbers
from streams.errors import InputError
from tests.nudges.moving import moves

ROOT = Path(__file__).parents[3]
PHRASES = parse_phrases((ROOT / "nudges" / "packs" / "phrases.toml").read_text(encoding="utf-8"))


def test_bare_text_is_as_a_recogniser_gives_it() -> None:
    assert bare("Hello!! It's £5 - isn't it?") == "hello it's £5 isn't it"


def test_the_corpus_is_read_twice_over() -> None:
    turns = read_turns(ROOT / "tests" / "corpus", PHRASES)
    assert len(turns) > 8000
    assert {turn.opening for turn in turns} == {"none", "weak", "strong"}
    assert any(turn.facts.turn == 0 for turn in turns)
    assert any(turn.group == "conversations-1" and turn.facts.refusals for turn in turns)


def test_replies_have_three_outcomes() -> None:
    assert {reply.outcome for reply in read_replies(ROOT / "tests" / "corpus")} == {"given", "bare", "missed"}


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_turns(tmp_path, PHRASES)


TALK = (
    '{"id": "t1", "turns": [{"who": "A", "text": "Hello."}, {"who": "C", "text": "Third time I ring, nobody came."},'
    ' {"who": "A", "text": "Your number please?"}, {"who": "C", "text": "It is seven."},'
    ' {"who": "A", "text": "One moment please."},'
    ' {"who": "C", "text": "And I missed work for it."}, {"who": "A", "text": "You missed work over us, I am sorry."}],'
    ' "tension": [[1, 2], [3, 0], [5, 1]], "openings": [{"turn": 1, "strength": "strong", "outcome": "missed"},'
    ' {"turn": 5, "strength": "weak", "outcome": "given"}], "wanted": [], "marks": {}}'
)


def talks(folder: Path) -> Path:
    (folder / "talks").mkdir()
    (folder / "talks" / "travel.spoken.jsonl").write_text(f"{TALK}\n", encoding="utf-8")
    return folder


def test_turns_of_whole_talks_bring_their_labels_and_their_place(tmp_path: Path) -> None:
    turns = [turn for turn in read_turns(talks(tmp_path), PHRASES) if turn.facts.text[0].isupper()]
    assert [(turn.opening, turn.tension, turn.facts.turn) for turn in turns] == [
        ("strong", 2, 0),
        ("none", 0, 1),
        ("weak", 1, 2),
    ]
    assert {(turn.group, turn.spoken, turn.whole, turn.later) for turn in turns} == {("travel", True, True, False)}


def test_a_missed_opening_speaks_of_both_answers_a_given_one_of_the_first(tmp_path: Path) -> None:
    replies = [(reply.agent, reply.outcome) for reply in read_replies(talks(tmp_path)) if reply.agent[0].isupper()]
    assert replies == [
        ("Your number please?", "missed"),
        ("One moment please.", "missed"),
        ("You missed work over us, I am sorry.", "given"),
    ]


def test_talks_can_be_kept_out(tmp_path: Path) -> None:
    folder = talks(tmp_path)
    assert not read_replies(folder, lambda _: False)
    with pytest.raises(InputError):
        read_turns(folder, PHRASES, lambda _: False)


def test_what_measures_is_not_learned_from() -> None:
    corpus = ROOT / "tests" / "corpus"
    unseen, exam, learned = (
        {line.split('"id": "')[1].split('"')[0] for line in _lines(corpus / name)}
        for name in ("unseen", "exam", "talks")
    )
    assert (len(unseen), len(exam)) == (160, 120)
    assert not (unseen | exam) & learned
    assert not unseen & exam


def _lines(folder: Path) -> list[str]:
    return [line for path in folder.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("term", "spells"),
    [("seven two", True), ("4 _ 9", True), ("two weeks", False), ("seven", False), ("not one", False)],
)
def test_numbers_that_are_read_out_are_told_apart(term: str, spells: bool) -> None:
    assert spells_numbers(term) is spells


def test_a_talk_brings_the_moves_of_both_sides(tmp_path: Path) -> None:
    asked: list[str] = []

    def books(group: str) -> MoveBook:
        asked.append(group)
        return moves()

    turns = read_turns(talks(tmp_path), PHRASES, books=books)
    assert set(asked) == {"travel"}
    assert all([move.name for move in one.facts.does] == ["supervisor"] for one in turns)
    assert all([move.name for move in one.facts.answers] == ["warm"] for one in turns)
    assert {one.talk for one in turns} == {"t1", "t1 bare"}
