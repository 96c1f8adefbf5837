"""`sidecar floor` as a program: what it refuses, and that it opens and leaves its terminal as it was."""

import sys
from pathlib import Path

import pytest

from sidecar.commands.floor import hub_address, settings
from sidecar.invocation import Invocation
from sidecar.remembered import Remembered
from streams.errors import ConfigError
from tests.sidecar.commands.programs import Programs
from tests.sidecar.commands.test_panel import LEFT_ALTERNATE_SCREEN, Terminal

KEY = "x" * 40


def invocation(*sets: str) -> Invocation:
    return Invocation(sets=sets)


def test_without_a_hub_it_says_what_to_do(programs: Programs) -> None:
    code, out, err = programs.done("floor")
    assert (code, out) == (2, "")
    assert "no hub is named: put its address and key as floor.hub and floor.hub_key into" in err
    assert "`sidecar floor --demo`" in err


def test_without_a_terminal_it_says_so(programs: Programs) -> None:
    code, _, err = programs.done("floor", "--demo")
    assert code == 2
    assert "the floor needs a terminal" in err


def test_the_hub_is_that_of_the_floor_else_that_of_the_workstation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIDECAR_HOME", str(tmp_path / "home"))
    shared = ("share.hub=tcp://10.0.0.1:9000", f"share.hub_key={KEY}")
    assert hub_address(invocation(*shared)).hub == "tcp://10.0.0.1:9000"
    own = hub_address(invocation(*shared, "floor.hub=tcp://10.0.0.2:9000", f"floor.hub_key={'y' * 40}"))
    assert (own.hub, own.server_public) == ("tcp://10.0.0.2:9000", b"y" * 40)
    assert len(own.client_public) == len(own.client_secret) == 40
    with pytest.raises(ConfigError, match=r"floor\.hub_key must be the hub's public key of 40 characters"):
        hub_address(invocation("floor.hub=tcp://10.0.0.1:9000"))


def test_the_look_is_the_panels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDECAR_HOME", str(tmp_path / "home"))
    given = invocation("panel.theme=sidecar-light", "panel.glyphs=ascii", "floor.order=agent", "floor.bell=true")
    made = settings(given, Remembered(tmp_path))
    assert (made.theme, made.glyphs, made.order, made.bell) == ("sidecar-light", "ascii", "agent", True)
    assert made.notes
    assert made.keys["claim"] == "c"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_the_demo_is_seen_and_left(tmp_path: Path) -> None:
    terminal = Terminal(["floor", "--demo"], tmp_path / "home")
    terminal.read_until(b"made-up calls")
    terminal.press(b"q")
    assert terminal.exit_code() == 0
    assert LEFT_ALTERNATE_SCREEN in terminal.seen
