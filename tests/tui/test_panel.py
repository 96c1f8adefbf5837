"""The panel as a person uses it: menus, pages, settings and leaving; words on the screen and terminal codes out."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from streams.errors import BusError, ConfigError
from streams.events import AudioPaused, AudioResumed, CallEnded, NudgeAnswered, StageLag
from streams.wire import Command
from tests.tui.acting import HINTS, answer, panel
from tests.tui.calls import CALL, DEAD_AIR, EMPATHY, ENDED, RISING, STARTED, TALK, of
from tests.tui.stage import screen_text
from tui.actions import ACTIONS
from tui.panel import PanelApp
from tui.screens import Menu, Page
from tui.settings import PanelSettings


@pytest.mark.parametrize(
    ("keys", "value"), [("1", "2"), ("2", "15"), ("3", "call"), ("4", "off"), ("j enter", "15"), ("enter", "2")]
)
async def test_quiet_menu(keys: str, value: str) -> None:
    async with panel(*HINTS) as scene:
        await scene.press("z")
        assert isinstance(scene.app.screen, Menu)
        await scene.press(*keys.split())
        assert scene.sent == [Command(action="quiet", call_id=CALL, value=value)]
        assert "quiet" in scene.foot or "hints are back" in scene.foot


async def test_a_menu_can_be_left() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("z", "9", "k", "escape")
        assert not isinstance(scene.app.screen, Menu)
        assert scene.sent == []


async def test_copy_takes_the_line_to_say() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("y")
        assert scene.app.clipboard == RISING.say
        assert "copied" in scene.foot


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("e", "third time i've called"),
        ("h", "Empathy owed"),
        ("w", "Nothing was sent to anybody"),
        ("question_mark", "Acknowledge"),
    ],
)
async def test_pages_open_scroll_and_close(key: str, words: str) -> None:
    async with panel(*HINTS, size=(80, 24)) as scene:
        await scene.press(key)
        assert isinstance(scene.app.screen, Page)
        assert words in scene.text
        await scene.press("j", "k", "escape")
        assert not isinstance(scene.app.screen, Page)


async def test_help_and_commands_without_arguments() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("H")
        assert scene.sent == [Command(action="ask_help", call_id=CALL)]
        assert "help asked for" in scene.foot


async def test_listening_is_paused_for_card_data_and_says_so() -> None:
    async with panel(STARTED) as scene:
        await scene.press("P")
        assert "nothing is heard or kept" in scene.foot
        await scene.say(of(AudioPaused, 20_000, reason="agent"))
        assert "PAUSED" in scene.text
        assert "P listens again" in scene.text
        await scene.press("P")
        await scene.say(of(AudioResumed, 20_500, reason="agent"))
        assert "PAUSED" not in scene.text
        assert scene.sent == [Command(action="pause", call_id=CALL, value=value) for value in ("on", "off")]


@pytest.mark.parametrize("size", [(40, 24), (80, 24)])
async def test_a_pause_that_outlasted_the_service_says_so_and_ends_by_the_same_key(size: tuple[int, int]) -> None:
    async with panel(STARTED, of(AudioPaused, 0, reason="agent_before"), size=size) as scene:
        assert "PAUSED" in scene.text
        assert "P listens again" in scene.text
        assert "paused since before the break" in scene.text
        await scene.press("P")
        assert scene.sent == [Command(action="pause", call_id=CALL, value="off")]
        await scene.say(of(AudioResumed, 500, reason="agent"))
        assert "aused" not in scene.text


async def test_another_call_can_be_shown() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("c")
        assert "there is no other call" in scene.foot
        await scene.say(of(type(STARTED), 0, call_id="next", queue="Sales"))
        assert "call 2 of 2 !" in scene.text
        assert "Escalation rising" not in scene.text
        await scene.press("c")
        assert "call 1 of 2" in scene.text
        assert "Escalation rising" in scene.text
        await scene.press("a")
        assert scene.sent == [answer("n2", "acknowledged")]


async def test_history_brings_the_calls_before_this_one() -> None:
    asked: list[str] = []

    def earlier(agent: str) -> list[list[Any]]:
        asked.append(agent)
        old = msgspec.structs.replace(EMPATHY, call_id="old")
        return [[*HINTS], [of(type(STARTED), 0, call_id="old", queue="Sales"), old]]

    async with panel(*HINTS, earlier=earlier, size=(80, 40)) as scene:
        await scene.press("h")
        await scene.pages()
        assert asked == [""]
        assert "Sales" in scene.text
        assert "1 hint" in scene.text
        assert "2 hints" not in scene.text


async def test_holding_still_stops_the_picture_not_the_listening() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("p")
        before = screen_text(scene.app)[1:-1]
        await scene.say(DEAD_AIR, *ENDED[:2])
        assert screen_text(scene.app)[1:-1] == before
        assert "STILL" in scene.text
        await scene.press("p")
        assert screen_text(scene.app)[1:-1] != before


async def test_theme_goes_round_and_is_remembered() -> None:
    chosen: list[str] = []
    async with panel(*HINTS, remember=chosen.append) as scene:
        await scene.press("t", "t", "t")
        assert chosen == ["sidecar-light", "sidecar-contrast", "sidecar-dark"]
        scene.app.theme = "nord"
        await scene.press("t")
        assert scene.app.theme == "sidecar-dark"
    async with panel(*HINTS) as scene:
        await scene.press("t", "r")
        assert scene.app.theme == "sidecar-light"
        assert scene.sent == [Command(action="reload")]


async def test_reload_reads_settings_anew_and_keeps_the_call() -> None:
    later = PanelSettings(theme="sidecar-light", glyphs="ascii", keys={"dismiss": "x"})
    async with panel(*HINTS, reread=lambda: later) as scene:
        await scene.press("r")
        assert scene.sent == [Command(action="reload")]
        assert scene.app.theme == "sidecar-light"
        assert "x dismiss" in scene.text
        assert "Escalation rising" in scene.text
        await scene.press("x")
        assert scene.sent[-1] == answer("n2", "dismissed")


async def test_what_cannot_be_read_or_kept_is_said() -> None:
    def broken(*_: object) -> Any:
        raise ConfigError("config.toml:3: no such key")

    async with panel(*HINTS, reread=broken, remember=broken) as scene:
        for key in ("r", "t"):
            await scene.press(key)
            assert "config.toml:3" in scene.foot
        assert scene.sent == []


async def test_keys_can_be_bound_anew_even_crosswise() -> None:
    async with panel(*HINTS, keys={"acknowledge": "d", "dismiss": "a", "next": "n"}) as scene:
        assert "d ack" in scene.text
        await scene.press("tab", "a")
        assert scene.sent == [answer("n2", "dismissed")]
        await scene.press("n", "d")
        assert scene.sent[-1] == answer("n1", "acknowledged")


async def test_wrong_settings_are_said_and_passed_over() -> None:
    async with panel(settings=PanelSettings(theme="nope", keys={"dance": "x"})) as scene:
        assert "no theme nope" in scene.foot
        assert scene.app.theme == "sidecar-dark"
    async with panel(keys={"dance": "x"}) as scene:
        assert "dance: no such action" in scene.foot


async def test_quitting_asks_during_a_call() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("q")
        assert "A call is on" in scene.text
        await scene.press("1")
        assert scene.app.is_running
        await scene.press("q", "2")
        assert scene.app._exit


async def test_quitting_without_a_call_does_not_ask() -> None:
    async with panel() as scene:
        await scene.press("q")
        assert scene.app._exit


async def test_control_c_asks_and_the_second_one_leaves() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("ctrl+c")
        assert "A call is on" in scene.text
        await scene.press("ctrl+c")
        assert scene.app.return_code == 130


async def test_control_c_without_a_call_leaves_as_such() -> None:
    async with panel() as scene:
        await scene.press("ctrl+c")
        assert scene.app.return_code == 130


async def test_the_palette_has_every_action_and_no_pictures() -> None:
    async with panel(*HINTS) as scene:
        commands = list(scene.app.get_system_commands(scene.app.screen))
        assert [command.title for command in commands] == [action.title for action in ACTIONS]
        commands[1].callback()
        await scene.press()
        assert scene.sent == [answer("n2", "dismissed")]
        scene.app.action_screenshot()
        await scene.say()
        assert "pictures of the panel are off" in scene.foot


async def test_the_palette_runs_an_action() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("ctrl+p")
        await scene.press(*"Dismiss")
        for worker in [worker for worker in scene.app.workers if worker.name != "feed"]:
            await worker.wait()
        await scene.press("enter")
        assert scene.sent == [answer("n2", "dismissed")]


async def test_a_broken_line_is_a_lost_link() -> None:
    async with panel(*HINTS, BusError("gone")) as scene:
        assert "RECONNECT" in scene.text
    async with panel(*HINTS, None) as scene:
        assert "ended" in scene.text


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the terminal beside the picture, bells included."""
    said: list[str] = []
    monkeypatch.setattr(PanelApp, "terminal", lambda _app, sequence: said.append(sequence))
    monkeypatch.setattr(PanelApp, "bell", lambda _app: said.append("bell"))
    return said


async def test_bell_and_title_only_when_wanted(terminal: list[str]) -> None:
    loud = PanelSettings(bell=True, title_flash=True)
    async with panel(STARTED, EMPATHY, settings=loud) as scene:
        assert terminal[-1] == "\x1b]2;! Empathy owed\x07"
        assert "bell" not in terminal
        await scene.say(RISING)
        assert terminal[-2:] == ["bell", "\x1b]2;! Escalation rising\x07"]
        await scene.say(of(CallEnded, 30_000), of(NudgeAnswered, 30_000, nudge="n1", answer="dismissed"))
        await scene.say(of(NudgeAnswered, 30_000, nudge="n2", answer="dismissed"))
        assert terminal[-1] == "\x1b]2;sidecar\x07"
    assert terminal.count("bell") == 1
    terminal.clear()
    async with panel(STARTED, RISING):
        pass
    assert terminal == ["\x1b[22;2t", "\x1b[23;2t"]


async def test_frames_are_drawn_only_for_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    async with panel(*HINTS) as scene:
        drawn: list[int] = []
        draw: Callable[[], None] = scene.app.draw
        monkeypatch.setattr(scene.app, "draw", lambda: (drawn.append(1), draw()))
        scene.app._frame()
        drawn.clear()
        scene.app._frame()
        assert drawn == []
        scene.clock.ms += 1_000
        scene.app._frame()
        assert drawn == [1]


def test_importing_the_panel_loads_no_recogniser() -> None:
    code = "import sys, tui.panel; print([m for m in ('ctranslate2', 'numpy', 'faster_whisper') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


async def test_how_long_drawing_takes_is_told_to_the_service() -> None:
    async with panel(STARTED, *TALK[:2]) as scene:
        assert scene.line.sent == []
        scene.clock.ms += 5_000
        await scene.say(TALK[2])
        (told,) = scene.line.sent
        assert (told.action, told.call_id) == ("drawn", CALL)
        assert all(float(lag_ms) >= 0 for lag_ms in told.value.split())


async def test_what_is_held_still_is_not_drawn() -> None:
    async with panel(STARTED, *TALK[:2]) as scene:
        await scene.press("p")
        scene.clock.ms += 5_000
        await scene.say(*TALK[2:])
        assert scene.sent == []


async def test_delays_are_a_page() -> None:
    lag = of(StageLag, 20_000, stage="decode", p50_ms=212.0, p95_ms=390.0, count=9)
    async with panel(*HINTS, lag, size=(60, 24)) as scene:
        await scene.press("l")
        assert isinstance(scene.app.screen, Page)
        assert re.search(r"decode +finding words +212 +390", scene.text)
