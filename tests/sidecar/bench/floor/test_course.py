"""A whole run of the floor's bench, small: three agents, a hub that is killed, and nothing lost."""

import sys

import msgspec
import pytest

from sidecar import cli
from sidecar.bench.floor import course
from sidecar.bench.floor.course import FloorBench


@pytest.mark.skipif(sys.platform == "win32", reason="kills the hub as only POSIX can")
def test_three_agents_and_a_hub_that_is_killed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(course, "WARM_UP_S", 0.1)
    assert cli.run(cli.cli, ["bench", "floor", "--agents", "3", "--minutes", "0.05", "--json"]) == 0
    report = msgspec.json.decode(capsys.readouterr().out, type=FloorBench)
    assert report.agents == 3
    assert report.lost == 0
    assert report.states_per_s > 0
    assert report.notes > 0
    assert report.event_to_floor_ms.p50 > 0
    assert report.reconnect_s > 0
