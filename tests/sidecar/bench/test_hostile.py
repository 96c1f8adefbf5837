"""The bench of hostile clients: a short run of all of it."""

from pathlib import Path

import pytest

from sidecar.bench import hostile
from sidecar.bench.engines import Subject
from sidecar.bench.hostile import measure


async def test_a_short_run_hears_words_of_both_kinds(tiny_en_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "SETTLE_S", 0.5)
    said: list[str] = []
    report = await measure(Subject("tiny.en", tiny_en_dir, trained=False), 1, 5, said.append)
    assert (report.calls, report.clients) == (2, 20)
    assert report.calm.count + report.disturbed.count > 0
    assert len(said) == 2
