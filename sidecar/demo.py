"""The calls that come with the program: files beside this module flow in, a list of them flows out."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from streams.errors import InputError
from streams.transcript import read_transcript

_CALLS = Path(__file__).parent / "calls"
DEFAULT = "missed-empathy"


class DemoCall(msgspec.Struct, frozen=True):
    """A bundled call: its name, what it shows, its length and its sound."""

    name: str
    title: str
    about: str
    duration_ms: int
    sound: Path


def bundled(folder: Path = _CALLS) -> tuple[DemoCall, ...]:
    """All bundled calls, by name."""
    return tuple(_calls(folder))


def find(name: str, folder: Path = _CALLS) -> DemoCall:
    """The bundled call of that name.

    Raises InputError when there is none.
    """
    calls = bundled(folder)
    for call in calls:
        if call.name == name:
            return call
    raise InputError(f"no demo call {name!r}; there are {', '.join(call.name for call in calls)}")


def _calls(folder: Path) -> Iterator[DemoCall]:
    for path in sorted(folder.glob("*.call")):
        script = read_transcript(path.read_text(encoding="utf-8"), path.name)
        sound = next(
            (path.with_suffix(suffix) for suffix in (".flac", ".opus") if path.with_suffix(suffix).is_file()), path
        )
        yield DemoCall(
            name=path.stem,
            title=script.facts.get("title", path.stem),
            about=script.facts.get("about", ""),
            duration_ms=max((turn.ended_ms for turn in script.turns), default=0),
            sound=sound,
        )
