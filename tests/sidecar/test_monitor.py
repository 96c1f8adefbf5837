"""What is served to a monitoring system, over real sockets, and what systemd is told."""

import http.client
import json
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Gauge

from sidecar import config, ports
from sidecar.config_sections import MonitorConfig
from sidecar.monitor import MOST_AT_ONCE, STALLED_MS, Pulse, monitored, notify
from streams.clock import ManualClock
from streams.errors import ConfigError, TapError

posix = pytest.mark.skipif(sys.platform == "win32", reason="systemd is for Linux")


@pytest.fixture
def settings() -> MonitorConfig:
    return MonitorConfig(host="127.0.0.1", port=ports.free_pair())


def get(settings: MonitorConfig, path: str) -> tuple[int, str]:
    line = http.client.HTTPConnection(settings.host, settings.port, timeout=5)
    line.request("GET", path)
    answer = line.getresponse()
    body = answer.read().decode()
    line.close()
    return answer.status, body


def test_figures_and_health_are_served(settings: MonitorConfig) -> None:
    registry, clock = CollectorRegistry(), ManualClock()
    Gauge("sidecar_calls", "Calls.", registry=registry).set(2)
    pulse = Pulse(clock)
    pulse.alive(calls=2, words="none")
    with monitored(settings, registry, pulse):
        code, body = get(settings, "/metrics")
        assert (code, "sidecar_calls 2.0" in body) == (200, True)
        code, body = get(settings, "/healthz")
        assert (code, json.loads(body)) == (200, {"status": "ok", "silent_ms": 0, "calls": 2, "words": "none"})
        clock.advance(STALLED_MS)
        code, body = get(settings, "/healthz")
        assert (code, json.loads(body)["status"]) == (503, "stalled")
        assert get(settings, "/else")[0] == 404
        pulse.drain()
        assert json.loads(get(settings, "/healthz")[1])["status"] == "stalled", "what is worse is said"
        pulse.alive(calls=1, words="none")
        code, body = get(settings, "/healthz")
        assert (code, json.loads(body)) == (503, {"status": "draining", "silent_ms": 0, "calls": 1, "words": "none"})
        assert get(settings, "/metrics")[0] == 200
    with pytest.raises(ConnectionError):
        get(settings, "/healthz")


def test_a_client_that_breaks_off_is_its_own_affair(settings: MonitorConfig, capfd: pytest.CaptureFixture[str]) -> None:
    with monitored(settings, CollectorRegistry(), Pulse(ManualClock())):
        for said in (b"", b"GET", b"\x00\xff\r\n\r\n", b"GET /metrics HTTP/1.1\r\n\r\n"):
            line = socket.create_connection((settings.host, settings.port))
            line.sendall(said)
            line.close()
        assert get(settings, "/healthz")[0] == 200
    assert capfd.readouterr() == ("", "")


def test_scrapers_that_hang_hold_up_neither_another_nor_the_end(settings: MonitorConfig) -> None:
    with ExitStack() as hanging, monitored(settings, CollectorRegistry(), Pulse(ManualClock())):
        for _ in range(MOST_AT_ONCE - 1):
            line = socket.create_connection((settings.host, settings.port))
            hanging.callback(line.close)
            line.sendall(b"GET /metrics HT")
        assert get(settings, "/healthz")[0] == 200


def test_more_requests_at_once_than_there_is_room_for_are_not_answered(settings: MonitorConfig) -> None:
    with ExitStack() as hanging, monitored(settings, CollectorRegistry(), Pulse(ManualClock())):
        for _ in range(MOST_AT_ONCE):
            line = socket.create_connection((settings.host, settings.port))
            hanging.callback(line.close)
        with pytest.raises(ConnectionError):
            get(settings, "/healthz")


def test_nothing_is_opened_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidecar.monitor.make_server", lambda *_: pytest.fail("a server was made"))
    with monitored(MonitorConfig(host="127.0.0.1", port=0), CollectorRegistry(), Pulse(ManualClock())):
        pass


def test_a_port_in_use_is_said(settings: MonitorConfig) -> None:
    with (
        socket.create_server((settings.host, settings.port)),
        pytest.raises(TapError, match=r"--set monitor\.port=PORT"),
        monitored(settings, CollectorRegistry(), Pulse(ManualClock())),
    ):
        pass


def test_figures_stay_on_this_machine() -> None:
    with pytest.raises(ConfigError, match=r"monitor\.host is 0\.0\.0\.0"):
        config.load(sets=["monitor.host=0.0.0.0"])


@posix
def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notify("READY=1")
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(path))
        ear.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        notify("READY=1")
        assert ear.recv(100) == b"READY=1"
    notify("STOPPING=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "@nobody-listens-here")
    notify("READY=1")
