"""Fixtures for commands run as programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sidecar.commands.programs import Programs


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    started = Programs(tmp_path / "home")
    yield started
    started.close()
