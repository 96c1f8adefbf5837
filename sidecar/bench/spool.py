"""What a stopwatch notes down while it runs: notes flow in and lie in a file, and flow out again when it is over.

An hour has tens of thousands of them; in memory they would weigh more than what the product itself keeps of its calls,
and be taken for it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


class Spool(Generic[T]):
    """Notes of one kind, in a file of their own; `kind` is their type.

    Threads may add to it at once: each note is a single write.
    """

    def __init__(self, path: Path, kind: Any) -> None:
        self._path = path
        self._file = path.open("wb")
        self._encode = msgspec.json.Encoder().encode
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)

    def add(self, note: T) -> None:
        """Note something down."""
        self._file.write(self._encode(note) + b"\n")

    def __iter__(self) -> Iterator[T]:
        """All notes so far, in the order in which they were added."""
        if not self._file.closed:
            self._file.flush()
        with self._path.open("rb") as file:
            for line in file:
                yield self._decoder.decode(line)

    def close(self) -> None:
        """Take no more; what was noted can still be read."""
        self._file.close()
