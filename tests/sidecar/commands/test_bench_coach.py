"""How the figures of the coach are said."""

import json

import pytest
from click.testing import CliRunner

from sidecar.bench import coach as bench
from sidecar.bench.coach import CoachBench, LongCall, Times
from sidecar.commands.bench import command
from sidecar.invocation import Invocation

TIMES = Times(events=900, p50_ms=0.25, p95_ms=0.9, p99_ms=1.2, max_ms=2.5)
REPORT = CoachBench(conversations=7, event=TIMES, long_calls=(LongCall(3, TIMES, 2.9, 1.6),))


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    packs: list[str] = []

    def measure(pack: str, config: dict[str, object], say: object) -> CoachBench:
        assert "volume" in config
        packs.append(pack)
        return REPORT

    monkeypatch.setattr(bench, "measure", measure)
    return packs


def test_lines_and_json(measured: list[str]) -> None:
    text = CliRunner().invoke(command, ["coach"], obj=Invocation()).stdout
    assert "7 conversations: 900 events, p50 0.25, p95 0.9, p99 1.2, most 2.5 ms of processor time" in text
    assert "replayed in 2.9 s, without partial words in 1.6 s" in text
    report = json.loads(CliRunner().invoke(command, ["coach", "--json"], obj=Invocation()).stdout)
    assert report["event"]["p99_ms"] == 1.2
    assert report["long_calls"][0]["replay_without_partials_s"] == 1.6
    assert measured[0] == measured[1] != ""


def test_another_pack_may_be_measured(measured: list[str], tmp_path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('extends = "default"\nname = "own"\n')
    CliRunner().invoke(command, ["coach", "--pack", str(own)], obj=Invocation())
    assert '"name" = "own"' in measured[0]
