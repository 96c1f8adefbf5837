"""How the figures of live calls are said."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from sidecar.bench import engines
from sidecar.bench import taps as bench
from sidecar.bench.engines import Subject
from sidecar.bench.taps import TapsBench, Waits
from sidecar.commands.bench import command
from sidecar.invocation import Invocation

REPORT = TapsBench(
    seconds=1, calls=50, waits=Waits(5000, 3, 2.0), calls_cpu=0.5, hostile=20,
    waits_hostile=Waits(5000, 9, 3.0), hostile_cpu=None, idle=200, idle_cpu=0.0123,
    transcribed=2, waits_transcribed=Waits(400, 1, 4.0), transcribed_cpu=0.7,
)  # fmt: skip


@pytest.fixture
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    async def measure(seconds: float, model: Path, say: object) -> TapsBench:
        assert model == Path("here")
        return REPORT

    @contextmanager
    def subject(name: str, models_dir: Path) -> Iterator[Subject]:
        yield Subject(name, Path("here"), trained=True)

    monkeypatch.setattr(bench, "measure", measure)
    monkeypatch.setattr(engines, "subject", subject)


@pytest.mark.usefixtures("_measured")
def test_lines_and_json() -> None:
    text = CliRunner().invoke(command, ["taps"], obj=Invocation()).stdout
    assert "200 idle connections   1.2% of a core" in text
    assert "frame to ring p99 <= 2 ms, 3 of 5000 over 5 ms" in text
    assert "2 calls, transcribed   70.0% of a core   frame to ring p99 <= 4 ms" in text
    assert "with 20 hostile clients    unknown of a core" in text
    assert json.loads(CliRunner().invoke(command, ["taps", "--json"], obj=Invocation()).stdout)["idle_cpu"] == 0.0123
