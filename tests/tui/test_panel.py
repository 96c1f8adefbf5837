"""The panel as a person uses it: keys, palette and menus in; commands, words on the screen and terminal codes out."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from textual.pilot import Pilot

from streams.busline import LinkChange
from streams.errors import BusError, ConfigError
from streams.events import CallEnded, NudgeAnswered
from streams.wire import Command, Reply
from tests.tui.calls import CALL, DEAD_AIR, EMPATHY, ENDED, RISING, STARTED, TALK, of
from tests.tui.stage import ScriptedLine, StandingClock, screen_text, settle
from tui.actions import ACTIONS
from tui.panel import FLASH_MS, UNDO_MS, PanelApp, PanelSettings
from tui.screens import Menu, Page


@dataclass
class Scene:
    """A running panel and everything around it."""

    app: PanelApp
    line: ScriptedLine
    clock: StandingClock
    pilot: Pilot[None]

    async def say(self, *items: Any) -> None:
        self.line.say(*items)
        await settle(self.pilot, self.line)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        for worker in [worker for worker in self.app.workers if worker.group == "answers"]:
            await worker.wait()
        await settle(self.pilot, self.line)

    @property
    def text(self) -> str:
        return "\n".join(screen_text(self.app))

    @property
    def foot(self) -> str:
        return screen_text(self.app)[-1].strip()

    @property
    def sent(self) -> list[Command]:
        return self.line.sent


@asynccontextmanager
async def panel(
    *says: Any, size: tuple[int, int] = (40, 24), keys: dict[str, str] | None = None, **given: Any
) -> AsyncIterator[Scene]:
    line, clock = ScriptedLine(), StandingClock()
    settings = given.pop("settings", PanelSettings(glyphs="unicode", keys=keys or {}))
    app = PanelApp(line, settings, clock=clock, **given)
    async with app.run_test(size=size) as pilot:
        scene = Scene(app, line, clock, pilot)
        await scene.say(LinkChange(state="up"), *says)
        yield scene


HINTS = (STARTED, *TALK, EMPATHY, RISING)


def answer(nudge: str, value: str) -> Command:
    return Command(action="answer", call_id=CALL, nudge=nudge, value=value)


@pytest.mark.parametrize(
    ("key", "value", "row"),
    [
        ("a", "acknowledged", "ok SEEN  Escalation rising"),
        ("enter", "acknowledged", "ok SEEN  Escalation rising"),
        ("d", "dismissed", "x  GONE  Escalation rising"),
        ("s", "snoozed", "zz OFF   Escalation rising"),
    ],
)
async def test_a_key_answers_the_card_at_once(key: str, value: str, row: str) -> None:
    async with panel(*HINTS) as scene:
        assert "!! HIGH  Escalation rising" in scene.text
        await scene.press(key)
        assert scene.sent == [answer("n2", value)]
        assert "! MED   Empathy owed" in scene.text.replace("!  MED", "! MED")
        assert row in scene.text
        assert "u takes it back" in scene.foot


@pytest.mark.parametrize(("key", "value"), [("plus", "helpful"), ("equals_sign", "helpful"), ("minus", "not_helpful")])
async def test_thumbs_leave_the_card_where_it_is(key: str, value: str) -> None:
    async with panel(*HINTS) as scene:
        await scene.press(key)
        assert scene.sent == [answer("n2", value)]
        assert "!! HIGH  Escalation rising" in scene.text


async def test_thumbs_are_for_the_last_hint_when_none_is_on_screen() -> None:
    async with panel(STARTED, DEAD_AIR, of(NudgeAnswered, 11_000, nudge="n0", answer="dismissed")) as scene:
        await scene.press("plus")
        assert scene.sent == [answer("n0", "helpful")]


async def test_undo_within_five_seconds() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("d", "u")
        assert scene.sent == [answer("n2", "dismissed"), answer("n2", "undone")]
        assert "!! HIGH  Escalation rising" in scene.text
        await scene.press("u")
        assert "nothing to take back" in scene.foot
        await scene.press("d")
        scene.clock.ms += UNDO_MS + 1
        await scene.press("u")
        assert len(scene.sent) == 3
        assert "nothing to take back" in scene.foot


async def test_a_foot_pedal_answers_as_a_key_does() -> None:
    async with panel(*HINTS) as scene:
        await scene.say(of(NudgeAnswered, 19_000, nudge="n2", answer="acknowledged", by="pedal"))
        assert "ok SEEN  Escalation rising" in scene.text


@pytest.mark.parametrize(
    "wrong", [BusError("no answer from the service"), Reply(ok=False, text="no answer from the service")]
)
async def test_an_answer_that_does_not_arrive_is_taken_back_and_said(wrong: Reply | BusError) -> None:
    async with panel(*HINTS) as scene:
        scene.line.answer = wrong
        await scene.press("d")
        assert "no answer from the service" in scene.foot
        assert "!! HIGH  Escalation rising" in scene.text


async def test_keys_without_a_hint_say_so() -> None:
    async with panel(STARTED) as scene:
        for key, said in [
            ("a", "no hint to answer"),
            ("plus", "no hint to rate"),
            ("y", "nothing to copy"),
            ("e", "no hint"),
        ]:
            await scene.press(key)
            assert said in scene.foot
        await scene.press("j", "k", "tab")
        assert scene.sent == []


async def test_the_foot_shows_keys_again_after_a_while() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("d")
        scene.clock.ms += FLASH_MS
        await scene.say()
        assert "z quiet" in scene.foot


async def test_moving_among_hints() -> None:
    async with panel(*HINTS, DEAD_AIR) as scene:
        assert "Escalation rising" in scene.text.splitlines()[1]
        for key, title in [("tab", "Empathy owed"), ("j", "Dead air"), ("j", "Escalation"), ("k", "Dead air")]:
            await scene.press(key)
            assert title in scene.text.splitlines()[1]
        await scene.press("a")
        assert scene.sent == [answer("n0", "acknowledged")]


async def test_a_new_hint_takes_the_card_back() -> None:
    async with panel(STARTED, EMPATHY, DEAD_AIR) as scene:
        await scene.press("j")
        assert "Dead air" in scene.text.splitlines()[1]
        await scene.say(RISING)
        assert "Escalation rising" in scene.text.splitlines()[1]


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
        ("w", "Nothing about how you feel"),
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


async def test_an_answer_to_what_was_settled_meanwhile_is_not_taken_back() -> None:
    async with panel(*HINTS) as scene:
        scene.line.answer = BusError("no answer")
        await scene.press("plus")
        assert "no answer" in scene.foot
        assert scene.app.feed.board.items[-1].thumb == "helpful"


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


async def test_the_wrap_up_takes_thumbs_for_any_hint() -> None:
    async with panel(STARTED, *TALK, DEAD_AIR, EMPATHY, RISING, *ENDED) as scene:
        assert "Call over" in scene.text
        await scene.press("j", "minus")
        assert scene.sent == [answer("n1", "not_helpful")]
        await scene.press("a")
        assert "no hint to answer" in scene.foot
        await scene.say(of(type(STARTED), 0, call_id="next"))
        assert "LIVE 00:00" in scene.text


async def test_a_broken_line_is_a_lost_link() -> None:
    async with panel(*HINTS, BusError("gone")) as scene:
        assert "RECONNECT" in scene.text
    async with panel(*HINTS, None) as scene:
        assert "ended" in scene.text


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the terminal beside the picture, bells included."""
    said: list[str] = []
    monkeypatch.setattr(PanelApp, "_terminal", lambda _app, sequence: said.append(sequence))
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
