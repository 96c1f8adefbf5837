"""What the benchmark listens to: bundled calls flow in, one long conversation with true word times flows out.

The calls stand one behind the other, from the beginning again where they do not suffice. They are read while they are
played, so that an hour takes no more memory than a minute.
"""

from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from sidecar import demo
from sidecar.material import Known, Material, open_path
from streams.errors import InputError
from streams.events import AudioFrame, Channel, Word

_GRID_MS = 20  # of the frames: a call begins where a frame would


class _Part(NamedTuple):
    """One call of the conversation, and where it begins."""

    material: Material
    known: Known
    began_ms: int


class Conversation:
    """A conversation of `duration_ms`, cut there even within a word; `words` are those that were wholly said."""

    def __init__(self, duration_ms: int, *, first: int = 0, folder: Path | None = None) -> None:
        """Begin with the bundled call number `first`; `folder` holds other calls than the bundled ones.

        Raises InputError when there are none with known words.
        """
        self.duration_ms = duration_ms
        self._parts = tuple(_parts(duration_ms, first, folder))
        self.words: Mapping[Channel, tuple[Word, ...]] = _words(self._parts, duration_ms)
        self.channels = self._parts[0].material.started.channels

    def frames(self, call_id: str) -> Iterator[AudioFrame]:
        """The sound from the start, as a live call would bring it."""
        for part in self._parts:
            for frame in part.material.events():
                if not isinstance(frame, AudioFrame):
                    continue
                at_ms = part.began_ms + frame.at_ms
                if at_ms > self.duration_ms:
                    return
                yield msgspec.structs.replace(
                    frame, call_id=call_id, at_ms=at_ms, started_ms=part.began_ms + frame.started_ms
                )


def _parts(duration_ms: int, first: int, folder: Path | None) -> Iterator[_Part]:
    calls = demo.bundled() if folder is None else demo.bundled(folder)
    heard = [call for call in calls if call.sound.suffix != ".call"]
    if not heard:
        raise InputError("no bundled call has sound; reinstall the program")
    began_ms = 0
    for call in islice(cycle(heard), first, None):
        if began_ms >= duration_ms:
            return
        material = open_path(call.sound, left=None, default_left="agent", transcript=None)
        if material.known is None:
            raise InputError(f"the words of {call.sound.name} are not known: X.words.json or X.call must lie beside X")
        yield _Part(material, material.known, began_ms)
        began_ms += -(-material.duration_ms // _GRID_MS) * _GRID_MS


def _words(parts: tuple[_Part, ...], duration_ms: int) -> dict[Channel, tuple[Word, ...]]:
    words: dict[Channel, tuple[Word, ...]] = {}
    for part in parts:
        for channel, spoken in part.known.words.items():
            moved = (
                msgspec.structs.replace(
                    word, start_ms=word.start_ms + part.began_ms, end_ms=word.end_ms + part.began_ms
                )
                for word in spoken
            )
            words[channel] = words.get(channel, ()) + tuple(word for word in moved if word.end_ms <= duration_ms)
    return words
