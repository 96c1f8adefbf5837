"""How the cost of hostile clients is said."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sidecar.bench import hostile as bench
from sidecar.bench.engines import Subject
from sidecar.bench.hostile import HostileBench
from sidecar.bench.spread import Spread
from sidecar.commands.bench import command
from sidecar.invocation import Invocation

REPORT = HostileBench(
    about="", model="tiny.en", spell_s=20, calls=2, clients=20,
    calm=Spread(400, 800, 900, 210), disturbed=Spread(420, 820, 990, 190), p50_ratio=1.05, p95_ratio=1.025,
)  # fmt: skip


@pytest.fixture
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    async def measure(subject: Subject, spells: int, spell_s: float, say: object) -> HostileBench:
        return REPORT

    monkeypatch.setattr(bench, "measure", measure)


@pytest.mark.usefixtures("_measured")
def test_lines_and_json(tiny_en_dir: Path) -> None:
    asked = ["hostile", "--model", str(tiny_en_dir)]
    text = CliRunner().invoke(command, asked, obj=Invocation()).stdout
    assert "2 calls alone: words shown 400 / 800 ms p50 / p95 (210)" in text
    assert "among 20 hostile clients: words shown 420 / 820 ms" in text
    assert "ratio 1.050 / 1.025" in text
    assert json.loads(CliRunner().invoke(command, [*asked, "--json"], obj=Invocation()).stdout)["p50_ratio"] == 1.05
