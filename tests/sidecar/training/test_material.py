from pathlib import Path

import pytest

from nudges.phrases import parse_phrases
from sidecar.training.material import bare, read_replies, read_turns
from streams.errors import InputError

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
