"""What a converted Whisper model consists of: a directory flows in, the names of what it lacks flow out."""

from pathlib import Path

REQUIRED = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
"""One of these; which one depends on the converter's age."""

ALL = (*REQUIRED, *VOCABULARIES, "preprocessor_config.json")
"""Everything that a download of a model may bring."""


def missing(directory: Path) -> tuple[str, ...]:
    """The files that a model in `directory` would need and that are not there or are empty."""
    absent = [name for name in REQUIRED if not _there(directory / name)]
    if not any(_there(directory / name) for name in VOCABULARIES):
        absent.append(VOCABULARIES[0])
    return tuple(absent)


def _there(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0
