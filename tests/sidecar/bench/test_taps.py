"""The bench of live calls: its arithmetic, and a short run of all of it."""

from pathlib import Path

import pytest

from sidecar.bench import taps
from sidecar.bench.taps import Waits, measure, waits_of


def test_waits_between_two_looks() -> None:
    then = {0.001: 10.0, 0.005: 10.0, 0.01: 10.0, float("inf"): 10.0}
    now = {0.001: 100.0, 0.005: 108.0, 0.01: 110.0, float("inf"): 110.0}
    assert waits_of(then, now) == Waits(frames=100, over_5_ms=2, p99_ms=10.0)
    assert waits_of({}, {}) == waits_of(now, now) == Waits(0, 0, 0.0)


async def test_a_short_run(tiny_en_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("CALLS", 2), ("TRANSCRIBED", 1), ("IDLE", 3), ("HOSTILE", 2), ("SETTLE_S", 0.2)):
        monkeypatch.setattr(taps, name, few)
    said: list[str] = []
    report = await measure(0.4, tiny_en_dir, said.append)
    assert (report.calls, report.idle, report.hostile) == (2, 3, 2)
    assert report.waits.frames > 10
    assert report.waits_transcribed.frames > 10
    assert len(said) == 4
