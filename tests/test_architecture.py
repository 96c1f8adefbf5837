"""Rules about the whole tree that no single module's tests can hold.

`lint-imports` reads the source; here programs are started and asked what they have really loaded, since an import
inside a function cannot be seen from outside it.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("sidecar", "streams", "nudges", "tui")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def named(path: Path) -> str:
    """A source by its path within the project."""
    return path.relative_to(ROOT).as_posix()


TESTED_ELSEWHERE: dict[str, str] = {
    "streams/events.py": "declarations only; tests/streams/test_wire.py carries every one of them over the wire",
    "streams/engine.py": "declarations and a Protocol; every engine and the loop are tested on them",
    "streams/taps/dialect.py": "declarations and a Protocol; every dialect's tests drive it by them",
    "streams/floorcall.py": "declarations only; tests/streams/test_floor.py carries them over the wire",
    "streams/errors.py": "a tree of names; tests/sidecar/test_cli.py holds what becomes of them",
    "nudges/delivery.py": "declarations only; tests/nudges/test_policy.py drives what is decided on them",
    "nudges/families.py": "declarations only; tests/nudges/test_noticing_features.py counts them all",
    "nudges/triggers.py": "declarations only; tests/nudges/test_packs.py decodes every kind",
    "nudges/signals.py": "the coach's running state; tests/nudges/test_situation.py looks at all of it",
    "sidecar/bench/floor/talk.py": "one process of several; tests/sidecar/bench/floor/test_course.py plays them all",
    "sidecar/bench/floor/viewer.py": "one process of several; tests/sidecar/bench/floor/test_course.py plays them all",
    "sidecar/bench/floor/workstations.py": "one of several; tests/sidecar/bench/floor/test_course.py plays them all",
    "sidecar/commands/bench_floor.py": "one process of several; tests/sidecar/bench/floor/test_course.py starts it",
    "sidecar/hub/calls.py": "the core's calls; tests/sidecar/hub/test_stations.py and test_floors.py change them all",
    "sidecar/hub/desk.py": "the core's workstations; tests/sidecar/hub/test_stations.py drives every branch",
    "sidecar/hub/inprocess.py": "a transport; tests/sidecar/hub/test_transport.py holds all transports to the same",
    "sidecar/hub/records.py": "declarations only; tests/sidecar/hub/test_hub.py and test_store.py use them all",
    "sidecar/hub/room.py": "what both sides of the hub share; tests/sidecar/hub/test_hub.py looks at all of it",
    "sidecar/hub/seat.py": "the core's floors; tests/sidecar/hub/test_floors.py drives every branch",
    "sidecar/config_sections.py": "declarations only; tests/sidecar/test_config.py decodes the documented defaults",
    "sidecar/training/hunches.py": "numbers set by hand; tests/sidecar/training/test_fit.py learns with them",
    "tui/region.py": "draws within a running app only; tests/tui/test_panel.py looks at its pictures",
    "tui/settings.py": "declarations only; tests/tui/test_panel.py and tests/sidecar/test_config.py decode them",
    "tui/floor/screens.py": "live within a running app only; tests/tui/floor/test_app.py opens every one",
    "tui/floor/settings.py": "declarations only; tests/tui/floor/test_app.py and test_config.py decode them",
    "tui/floor/state.py": "the frozen state; tests/tui/floor/test_board.py reduces every message into it",
    "tui/surface.py": "the common part of two running apps; tests/tui/test_panel.py uses all of it",
    "tui/state.py": "declarations only; tests/tui/test_board.py reduces every event into them",
}
"""Sources without a test file of their own name, and where they are tested instead."""

MODULE_LIMIT_LINES = 400
LONGER = {"streams/events.py": 450}
"""The one vocabulary stays in one place, however many words it has."""


def loaded(code: str, *watched: str) -> set[str]:
    """Which of the watched modules a program has loaded at its end."""
    program = f"import sys\n{code}\nprint(*(set({watched!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        # Help must come at once on the slowest machine.
        (
            "from sidecar import cli\ncli.run(cli.cli, ['--help'])",
            ("textual", "faster_whisper", "ctranslate2", "onnxruntime", "zmq", "numpy", "websockets"),
        ),
        # A screen draws; it must not load what listens.
        ("import tui.panel", ("ctranslate2", "faster_whisper", "onnxruntime", "numpy", "av", "websockets")),
        # The service runs without a screen.
        ("import sidecar.commands.run", ("textual", "tui")),
        # A hotkey answers at once.
        ("import sidecar.commands.answer", ("textual", "numpy", "ctranslate2", "structlog", "websockets")),
        # The coach is pure, down to what it loads.
        ("import nudges.coach", ("zmq", "websockets", "textual", "numpy", "ctranslate2", "sqlite3")),
    ],
    ids=["help", "panel", "service", "answer", "coach"],
)
def test_nothing_unwanted_is_loaded(code: str, unwanted: tuple[str, ...]) -> None:
    assert loaded(code, *unwanted) == set()


def has_code(path: Path) -> bool:
    """Whether a module does anything: packages that only say what they are need no tests."""
    body = ast.parse(path.read_text("utf-8")).body
    return any(not isinstance(node, ast.Expr) for node in body)


@pytest.mark.parametrize("source", [path for path in SOURCES if has_code(path)], ids=named)
def test_every_source_has_its_test(source: Path) -> None:
    name = source.relative_to(ROOT)
    mirrored = Path("tests") / name.parent / f"test_{name.name}"
    excused = name.as_posix() in TESTED_ELSEWHERE
    assert excused or (ROOT / mirrored).exists(), f"{name} wants {mirrored}"
    assert not (excused and (ROOT / mirrored).exists()), f"{name} has {mirrored} and needs no excuse"


@pytest.mark.parametrize("source", SOURCES, ids=named)
def test_every_module_says_what_it_is_and_stays_small(source: Path) -> None:
    text = source.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "the first docstring says which way the data flows"
    assert len(text.splitlines()) <= LONGER.get(named(source), MODULE_LIMIT_LINES)
    assert source.stem not in {"utils", "helpers", "manager", "common"}


@pytest.mark.parametrize("source", SOURCES, ids=named)
def test_tasks_are_made_by_groups_only(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "asyncio":
            assert node.attr not in {"create_task", "ensure_future", "gather"}


def test_the_exceptions_are_still_sources() -> None:
    assert all((ROOT / name).exists() for name in TESTED_ELSEWHERE)
