"""Learn everything anew: `python -m sidecar.training CORPUS_FOLDER PHRASES.toml PACKS_FOLDER`.

Writes moves.json and noticing.json into PACKS_FOLDER and prints the figures of held-out industries.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from nudges.phrases import parse_phrases
from sidecar.training import fit, moves


def main(arguments: Sequence[str]) -> None:
    """Learn the moves, then with them the noticing numbers; exits with one line where something is not there."""
    if len(arguments) != 3:
        raise SystemExit("usage: python -m sidecar.training CORPUS_FOLDER PHRASES.toml PACKS_FOLDER")
    corpus, book, packs = (Path(argument) for argument in arguments)
    if not any(corpus.glob("*.customer.jsonl")):
        raise SystemExit(f"{corpus}: no labelled lines in it; name a folder that holds *.customer.jsonl")
    if not book.is_file():
        raise SystemExit(f"{book}: not there; name the phrases, as nudges/packs/phrases.toml")
    # Two minutes of learning must not end for want of a folder.
    packs.mkdir(parents=True, exist_ok=True)
    phrases = parse_phrases(book.read_text(encoding="utf-8"))
    lesson = moves.train(corpus, phrases)
    _write(packs / "moves.json", msgspec.to_builtins(lesson.numbers))
    sys.stdout.write("\n".join(moves.report(lesson.figures)) + "\n")
    numbers, report = fit.train(corpus, phrases, lesson)
    _write(packs / "noticing.json", numbers)
    sys.stdout.write("\n".join(report) + "\n")


def _write(target: Path, numbers: object) -> None:
    target.write_text(json.dumps(numbers, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
