"""`sidecar tap-test` as a program."""

import signal

import pytest

from sidecar import ports
from tests.sidecar.commands.programs import START_S, Programs


def test_a_call_is_carried_and_counted_by_ones_own_service(programs: Programs) -> None:
    service = programs.service()
    code, out, err = programs.done("tap-test", "audiohook", "--speed", "20", "--seconds", "2")
    assert (code, err) == (0, "")
    assert "customer  16000 samples at 8000 Hz, 2.00 s" in out
    assert out.endswith("ok: the call was carried to its end\n")
    code, out, _ = programs.done("tap-test", "twilio", "--speed", "20", "--seconds", "1", "--token", "wrong")
    assert code == 1
    assert "ok" not in out
    assert programs.stop(service, signal.SIGTERM)[0] == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["plain", "ws://elsewhere.example"], "your own token is not shown to elsewhere.example"),
        (["plain", "elsewhere"], "'elsewhere' is no URL"),
        (["plain", "--serve", "ws://127.0.0.1"], "--serve takes neither"),
        (["smoke"], "'smoke' is not one of"),
    ],
)
def test_what_cannot_be_is_said(programs: Programs, given: list[str], said: str) -> None:
    code, _, err = programs.done("tap-test", *given)
    assert code == 2
    assert said in err


def test_a_platform_is_waited_for_and_described(programs: Programs) -> None:
    port = ports.free_pair()
    watcher = programs.start("--set", f"taps.port={port}", "tap-test", "jambonz", "--serve")
    assert watcher.stdout is not None
    assert f"waiting for jambonz at ws://127.0.0.1:{port}/jambonz" in watcher.stdout.readline()
    where = f"ws://127.0.0.1:{port}"
    code, _, err = programs.done("tap-test", "jambonz", where, "--speed", "50", "--seconds", "1")
    assert (code, err) == (0, "")
    watcher.send_signal(signal.SIGINT)
    out, _ = watcher.communicate(timeout=START_S)
    assert watcher.returncode == 130
    assert "customer: 16000 samples at 16000 Hz, 1.00 s" in out
    assert "text {callSid, sampleRate=16000, mixType=stereo, metadata{agent}} and another behind it" in out
