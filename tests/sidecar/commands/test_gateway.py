"""`sidecar gateway` and a workstation that dials it, as programs."""

import signal
import sys
from subprocess import Popen

import pytest

from sidecar import ports
from tests.sidecar.commands.programs import Programs

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


def said(child: "Popen[str]", what: str) -> str:
    """The next line of a program that has something in it."""
    assert child.stderr is not None
    for line in child.stderr:
        if what in line:
            return line
    raise AssertionError(f"never said: {what}")


@posix
@pytest.mark.parametrize(("with_signal", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_workstation_finds_its_gateway_and_both_stop_as_they_are_told_to(
    programs: Programs, with_signal: signal.Signals, code: int
) -> None:
    port = ports.free_pair()
    at_gateway = ("--set", f"gateway.port={port}", "--set", f"taps.port={ports.free_pair()}")
    # One home: the workstation of the gateway's own machine is let in from the first start on.
    gateway = programs.start(*at_gateway, "gateway")
    public = said(gateway, "gateway.key: ").split("gateway.key: ")[1].strip()
    dials = ("--set", f"gateway.address=tcp://127.0.0.1:{port}", "--set", f"gateway.key={public}")
    service = programs.start(*dials, "run")
    assert "this workstation (this workstation)" in said(service, "calls come by the gateway")
    assert "this workstation" in said(gateway, "workstation is here")
    assert programs.stop(service, signal.SIGTERM)[0] == 0
    said(gateway, "workstation is away")
    returned, rest = programs.stop(gateway, with_signal)
    assert (returned, rest.strip()) == (code, "")


def test_a_gateway_without_its_key_is_said(programs: Programs) -> None:
    code, _, err = programs.done("--set", "gateway.address=tcp://127.0.0.1:9", "run")
    assert code == 2
    assert "`sidecar gateway` prints it" in err
    code, _, err = programs.done("--set", "gateway.key=short", "run")
    assert code == 2
    assert "gateway.key must have 40 characters" in err


def test_a_taken_port_is_said(programs: Programs) -> None:
    at = ("--set", f"gateway.port={ports.free_pair()}")
    gateway = programs.start(*at, "gateway")
    said(gateway, "gateway.key: ")
    code, _, err = programs.done(*at, "gateway")
    assert code == 1
    assert "is in use: another `sidecar gateway` may be going" in err
    assert "--set gateway.port=PORT" in err
    assert err.count("\n") == 1


def test_agents_belong_to_workstations(programs: Programs) -> None:
    code, _, err = programs.done("keys", "allow", "Sol", "0" * 40, "--role", "supervisor", "--agent", "a17")
    assert code == 2
    assert "--agent names whose calls a workstation has" in err
    assert programs.done("keys", "allow", "desk 4", "0" * 40, "--role", "agent", "--agent", "a17")[0] == 0
    assert 'agents = ["a17"]' in (programs.home / "keys" / "hub-clients.toml").read_text()
