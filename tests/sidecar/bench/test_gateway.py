"""The bench of a gateway: a short run of all of it."""

import pytest

from sidecar.bench import gateway
from sidecar.bench.gateway import measure


async def test_a_short_run_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("STATIONS", 2), ("SETTLE_S", 0.5)):
        monkeypatch.setattr(gateway, name, few)
    said: list[str] = []
    report = await measure(4, 0.4, said.append)
    assert (report.calls, report.stations) == (4, 2)
    assert (report.heard, report.lost_ms) == (1.0, 0)
    assert len(said) == 1
