"""A call played where the command was given: material and ears flow in, lines flow to the terminal and the journal."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from sidecar import places as where
from sidecar import running
from sidecar.config_sections import Config
from sidecar.ears import Ears
from sidecar.journal import Journal, new_folder
from sidecar.lines import ReadableLines
from sidecar.material import Material
from sidecar.outputs import JsonLines, Progress
from sidecar.places import Places
from sidecar.printable import printable
from sidecar.replay import began, context_of, make_call, play
from sidecar.runner import CallRunner, Sink
from streams.clock import utc_now


class Performance:
    """A call ready to be played once: on stdout here, or by whoever gives sinks of its own.

    `speed` is times real time, None without waiting; with `keep` the call goes into the journal as the settings say.
    Raises PackError for an unusable rule pack.
    """

    def __init__(
        self, material: Material, ears: Ears | None, config: Config, places: Places, *, speed: float | None, keep: bool
    ) -> None:
        self._started = began(material, ears, utc_now())
        context = material.context or context_of(config, self._started.call_id)
        self._call = make_call(self._started, context, config, listens=material.kind == "audio")
        self._material = material
        self._ears = ears
        self._config = config
        self._journals_dir = places.journals_dir
        self._speed = speed
        self._keep = keep and config.journal.enabled and material.kind != "journal"
        self.call_id = self._started.call_id
        self.notes = (*material.notes, *((ears.note,) if ears and ears.note else ()))

    def here(self, *, as_json: bool) -> None:
        """Play it to its end on stdout; notes go to stderr.

        Raises StorageError when the journal cannot be begun.
        """
        for note in self.notes:
            say(note)
        sink = JsonLines(sys.stdout.buffer) if as_json else readable()
        running.run(lambda: self.play([sink], watched=_shows_progress()))

    async def play(
        self,
        sinks: Sequence[Sink],
        *,
        follow: Callable[[CallRunner], None] = lambda _: None,
        watched: bool = False,
    ) -> None:
        """Play it to its end; `follow` gets the runner before it begins, `watched` shows progress on stderr.

        Raises StorageError when the journal cannot be begun.
        """
        source = self._material.events()
        if watched:
            source = Progress(sys.stderr, self._material.duration_ms).watch(source)
        with ExitStack() as open_things:
            journal = [open_things.enter_context(self._journal())] if self._keep else []
            await play(
                self._call,
                source,
                self._ears,
                self._config,
                # What is kept comes first, so that a reader who leaves does not take the call's beginning with him.
                [*journal, *sinks],
                speed=self._speed,
                report=say,
                follow=follow,
            )

    def _journal(self) -> Journal:
        folder = new_folder(where.ensure(self._journals_dir), self._started.started_at, self.call_id)
        return Journal(folder, text=self._config.journal.text)


def readable() -> ReadableLines:
    """Lines for a person: folded and, unless NO_COLOR is set, in colour on a terminal; whole and plain in a pipe."""
    terminal = sys.stdout.isatty()
    return ReadableLines(
        _print,
        width=shutil.get_terminal_size().columns if terminal else None,
        colour=terminal and not os.environ.get("NO_COLOR"),
    )


def say(text: str) -> None:
    """One line for a person, beside the output."""
    sys.stderr.write(f"sidecar: {printable(text)}\n")
    sys.stderr.flush()


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _shows_progress() -> bool:
    """A bar where somebody looks and nothing else is written; lines of the call show the progress themselves."""
    return sys.stderr.isatty() and not sys.stdout.isatty()
