"""Fixtures of the service's tests: a home of its own, keys, a bus on free ports."""

from pathlib import Path

import pytest

from sidecar import config, keys, ports
from sidecar.config_sections import BusConfig
from sidecar.keys import Keys


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the user's files."""
    monkeypatch.setenv("SIDECAR_HOME", str(tmp_path / "home"))


@pytest.fixture
def bus_config() -> BusConfig:
    return config.load(sets=[f"bus.port={ports.free_pair()}", "bus.heartbeat_ms=50"]).bus


@pytest.fixture
def bus_keys(tmp_path: Path) -> Keys:
    return keys.load(tmp_path / "keys")
