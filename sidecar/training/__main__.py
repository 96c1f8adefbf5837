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
    """Learn the moves, then with them the noticing numbers."""
    corpus, book, packs = (Path(argument) for argument in arguments)
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
