"""What one call of the command line was told: which files and settings apply, and where things are kept.

The command line's global options flow in; places and configuration flow out, read when first asked for, so that help
and version never touch a file.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from sidecar import config as configuration
from sidecar import places
from sidecar.config_sections import Config
from sidecar.places import Places


class Invocation:
    """Handed to every command as click's object; `verbose` counts the `-v` given."""

    def __init__(self, files: Sequence[Path] = (), sets: Sequence[str] = (), verbose: int = 0) -> None:
        self._files = tuple(files)
        self.sets = tuple(sets)
        self.verbose = verbose

    @cached_property
    def places(self) -> Places:
        """Where this user's files are."""
        return places.find()

    @cached_property
    def config(self) -> Config:
        """The effective configuration, as it was when first asked for.

        Raises ConfigError for a setting that cannot be.
        """
        return self.load_config()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that override the defaults, lowest first."""
        user = self.places.config_file
        return (user, *self._files) if user.exists() else self._files

    def load_config(self) -> Config:
        """The effective configuration as it is on disk now.

        Raises ConfigError for a setting that cannot be.
        """
        return configuration.load(self.files, self.sets)

    def arguments(self) -> list[str]:
        """The global options that give a child process the same configuration."""
        files = [part for path in self._files for part in ("--config", str(path))]
        sets = [part for text in self.sets for part in ("--set", text)]
        return [*files, *sets, *["-v"] * self.verbose]
