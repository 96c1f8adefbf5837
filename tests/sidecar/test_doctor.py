"""Each check of the doctor on a machine made for it."""

import io
import socket
from pathlib import Path

import pytest

from sidecar import config, doctor, keys, models, places
from sidecar.doctor import Finding
from sidecar.invocation import Invocation


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def states(findings: object) -> list[str]:
    return [finding.state for finding in findings]  # type: ignore[attr-defined]


def test_everything_is_looked_at_and_nothing_is_made() -> None:
    findings = doctor.examine(Invocation(), answers=lambda _: False, terminal=Terminal())
    about = [finding.about for finding in findings]
    for name in (
        "python",
        "packages",
        "cpu",
        "config",
        "model",
        "ports",
        "keys",
        "folders",
        "disk",
        "audio",
        "terminal",
    ):
        assert name in about
    assert not places.find().data_dir.exists()
    assert all(finding.advice for finding in findings if finding.state != "ok")


def test_a_wrong_setting_is_a_finding_and_the_rest_goes_on() -> None:
    findings = doctor.examine(Invocation(sets=["asr.modelx=x"]), answers=lambda _: False, terminal=io.StringIO())
    assert ("config", "problem") in [(finding.about, finding.state) for finding in findings]
    assert findings[-1].about == "terminal"


def test_python() -> None:
    assert doctor.python((3, 11, 0)).state == "ok"
    assert doctor.python((3, 10, 9)).state == "problem"


def test_packages() -> None:
    assert states(doctor.packages(["click"])) == ["ok"]
    missing, found = doctor.packages(["click", "no-such-package-anywhere"])
    assert (missing.state, missing.advice) == ("problem", "pip install no-such-package-anywhere")
    assert found.text.startswith("click ")


def test_cpu() -> None:
    assert states(doctor.cpu(frozenset({"avx2", "sse"}), 4)) == ["ok", "ok"]
    assert states(doctor.cpu(frozenset({"sse"}), 1)) == ["warning", "warning"]
    assert states(doctor.cpu(None, 2)) == ["ok", "ok"]


def test_cpu_features_are_read_where_the_system_tells(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor : 0\nflags\t\t: fpu avx2 avx512bw\n")
    assert doctor._cpu_features(info) == {"fpu", "avx2", "avx512_bw"}
    info.write_text("nothing of the kind\n")
    assert doctor._cpu_features(info) is None
    assert doctor._cpu_features(tmp_path / "missing") is None
    assert doctor._cores() >= 1


def test_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = places.find()
    at_hand: dict[str, Path] = {}
    monkeypatch.setattr(models, "find", lambda name, _: at_hand.get(name))
    assert doctor.model(config.load(), here).state == "warning"
    assert doctor.model(config.load(sets=["asr.engine=reference"]), here).state == "ok"
    assert doctor.model(config.load(sets=["asr.model=auto"]), here).state == "warning"
    at_hand["base.en"] = tmp_path
    assert doctor.model(config.load(), here).state == "ok"
    assert "base.en" in doctor.model(config.load(sets=["asr.model=auto"]), here).text


def test_a_model_that_cannot_hear_the_language() -> None:
    found = doctor.model(config.load(sets=["asr.language=de"]), places.find())
    assert (found.state, found.advice) == ("problem", "set asr.model to base, or to auto")


def test_a_model_that_is_none(tmp_path: Path) -> None:
    found = doctor.model(config.load(sets=[f"asr.model={tmp_path}"]), places.find())
    assert found.state == "problem"
    assert str(tmp_path) in found.text


def test_ports() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        held = config.load(sets=[f"taps.port={holder.getsockname()[1]}", "bus.port=64000"])
        assert states(doctor.taken_ports(held, serving=False))[-1] == "warning"
        assert states(doctor.taken_ports(held, serving=True))[-1] == "ok"
    names = config.load().taps.dialects.over_websocket
    off = config.load(sets=[*(f"taps.dialects.{name}=false" for name in names), "bus.port=64000"])
    assert len(list(doctor.taken_ports(off, serving=False))) == 2


def test_keys() -> None:
    here = places.find()
    assert "none yet" in next(doctor.key_files(here)).text
    keys.load(here.keys_dir)
    assert states(doctor.key_files(here)) == ["ok"]
    (here.keys_dir / "panel.key").chmod(0o644)
    [fault] = doctor.key_files(here)
    assert fault.state == "problem"
    assert fault.advice == f"run: chmod 600 {here.keys_dir / 'panel.key'}"


def test_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    here = places.find()
    assert states(doctor.folders(here)) == ["ok", "ok", "ok"]
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr(doctor, "MIN_FREE_BYTES", 1 << 80)
    assert states(doctor.folders(here)) == ["problem", "problem", "warning"]


def test_audio(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    assert "no devices are told" in next(doctor.audio(cards)).text
    cards.write_text("--- no soundcards ---\n")
    assert "no sound card" in next(doctor.audio(cards)).text
    cards.write_text(" 0 [PCH            ]: USB-Audio - Headset\n                      at 0xf7\n")
    assert next(doctor.audio(cards)) == Finding("audio", "ok", "USB-Audio - Headset")


@pytest.mark.parametrize(
    ("environment", "columns", "expected"),
    [
        ({"TERM": "xterm-256color"}, 80, ["ok", "ok", "ok"]),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, 40, ["ok", "ok", "ok"]),
        ({"TERM": "xterm", "NO_COLOR": "1"}, 30, ["warning", "ok", "ok"]),
        ({"TERM": "dumb"}, 80, ["ok", "warning", "ok"]),
        ({"TERM": "vt100"}, 80, ["ok", "ok", "ok"]),
    ],
)
def test_terminal(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], columns: int, expected: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", "24")
    assert states(doctor.screen(Terminal(), environment)) == expected


def test_other_outputs_than_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not a terminal" in next(doctor.screen(io.StringIO(), {})).text
    latin = Terminal()
    latin.encoding = "latin-1"  # type: ignore[misc]
    assert states(doctor.screen(latin, {"TERM": "xterm"}))[-1] == "warning"


def test_what_is_needed_is_what_the_distribution_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pyzmq" in doctor._requirements()
    assert "pytest" not in doctor._requirements()
    monkeypatch.setattr(doctor, "DISTRIBUTION", "not-installed-here")
    assert doctor._requirements() == []
