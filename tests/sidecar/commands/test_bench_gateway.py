"""How the figures of a gateway are said."""

import json

import pytest
from click.testing import CliRunner

from sidecar.bench import gateway as bench
from sidecar.bench.gateway import GatewayBench
from sidecar.commands.bench import command
from sidecar.invocation import Invocation

REPORT = GatewayBench(seconds=1, calls=100, stations=20, tls=True, cpu=0.456, most_mb=80.4, heard=1.0, lost_ms=0)


@pytest.fixture
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    async def measure(calls: int, seconds: float, say: object) -> GatewayBench:
        return REPORT

    monkeypatch.setattr(bench, "measure", measure)


@pytest.mark.usefixtures("_measured")
def test_lines_and_json() -> None:
    text = CliRunner().invoke(command, ["gateway"], obj=Invocation()).stdout
    assert "100 calls of two sides (TLS) for 20 workstations   45.6% of a core" in text
    assert "100.0000% of the samples came out, 0 ms were said to be lost" in text
    assert json.loads(CliRunner().invoke(command, ["gateway", "--json"], obj=Invocation()).stdout)["cpu"] == 0.456
