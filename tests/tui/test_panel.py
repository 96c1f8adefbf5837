"""The panel as a person uses it: keys, palette and menus in; commands, words on the screen and terminal codes out."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from textual.events import AppFocus
from textual.pilot import Pilot

from streams.busline import LinkChange
from streams.errors import BusError, ConfigError
from streams.events import CallEnded, Doubt, Note, NoteRead, NudgeAnswered, SharingChanged, SidesSwapped, StageLag
from streams.wire import Command, Reply
from tests.tui.calls import CALL, DEAD_AIR, EMPATHY, ENDED, RISING, STARTED, TALK, of
from tests.tui.stage import ScriptedLine, StandingClock, screen_text, settle
from tui.actions import ACTIONS
from tui.panel import UNDO_MS, PanelApp
from tui.screens import Menu, Page
from tui.settings import PanelSettings
from tui.surface import FLASH_MS


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

    async def pages(self) -> None:
        """Until a page that had to be asked for is there."""
        for worker in [worker for worker in self.app.workers if worker.group == "pages"]:
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
        """What the agent's doing sent; how long drawing took is sent besides."""
        return [command for command in self.line.sent if command.action != "drawn"]


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


def note(name: str, by: str = "Maria") -> Note:
    return of(Note, 19_000, note=name, by=by, text=f"offer a refund {name}")


def note_command(action: str, name: str) -> Command:
    return Command(action=action, call_id=CALL, value=name)


async def test_a_note_is_delivered_when_it_is_drawn_and_read_when_the_agent_says_so() -> None:
    async with panel(*HINTS, note("k1"), note("k2")) as scene:
        assert ">> NOTE  Maria" in scene.text
        assert "Escalation rising" in scene.text
        assert scene.sent == [note_command("note_shown", "k1")]
        await scene.press("m")
        assert scene.sent[1:] == [note_command("note_read", "k1"), note_command("note_shown", "k2")]
        assert "Maria sees that you have read it" in scene.foot
        assert "offer a refund k2" in scene.text
        await scene.press("m", "m")
        assert scene.sent[3:] == [note_command("note_read", "k2")]
        assert "no note waits" in scene.foot


async def test_without_a_nudge_the_key_for_seen_is_for_the_note() -> None:
    async with panel(STARTED, note("k1")) as scene:
        await scene.press("a")
        assert scene.sent == [note_command("note_shown", "k1"), note_command("note_read", "k1")]


async def test_a_note_counts_as_read_after_a_while_only_where_the_agent_is_there() -> None:
    async with panel(STARTED, note("k1")) as scene:
        scene.clock.ms += 60_000
        await scene.say()
        assert scene.sent == [note_command("note_shown", "k1")]
        await scene.press("x")
        assert scene.sent[1:] == [note_command("note_read", "k1")]
        await scene.say(of(NoteRead, 20_000, note="k1"), note("k2"))
        scene.app.post_message(AppFocus())
        await scene.say()
        scene.clock.ms += 3_000
        await scene.say()
        assert scene.sent[2:] == [note_command("note_shown", "k2"), note_command("note_read", "k2")]


async def test_a_note_behind_a_page_or_without_a_link_is_not_delivered() -> None:
    async with panel(STARTED) as scene:
        await scene.press("question_mark")
        await scene.say(note("k1"))
        assert scene.sent == []
        assert "note from Maria, esc closes" in scene.text
        await scene.say(LinkChange(state="lost"))
        await scene.press("escape")
        assert scene.sent == []
        await scene.say(LinkChange(state="up"))
        assert scene.sent == [note_command("note_shown", "k1")]


async def test_what_is_watched_is_asked_of_the_service() -> None:
    async with panel(*HINTS, size=(80, 40)) as scene:
        scene.line.answers["sharing"] = Reply(ok=True, lines=("# What supervisors see", "Nothing at all."))
        scene.line.answers["sent"] = Reply(ok=True, lines=("3 s ago  {}",))
        await scene.press("w")
        await scene.pages()
        assert "Nothing at all." in scene.text
        assert "3 s ago {}" in scene.text
        assert scene.sent == [Command(action="sharing"), Command(action="sent", call_id=CALL)]
        await scene.press("escape")
        scene.line.answers.clear()
        scene.line.answer = BusError("nobody there")
        await scene.press("w")
        await scene.pages()
        assert "The service does not say: nobody there" in scene.text


async def test_sharing_is_switched_off_and_on() -> None:
    async with panel(STARTED) as scene:
        await scene.press("o")
        assert scene.sent == [Command(action="share", call_id=CALL, value="off")]
        assert "not shared" in scene.foot
        await scene.say(of(SharingChanged, 20_000, what="off"))
        assert "not shared" in scene.text
        await scene.press("o")
        assert scene.sent[1:] == [Command(action="share", call_id=CALL, value="on")]
        scene.line.answer = Reply(ok=False, text="not for a single call here")
        await scene.press("o")
        assert "not for a single call here" in scene.foot


async def test_sides_that_look_swapped_are_swapped() -> None:
    async with panel(STARTED) as scene:
        await scene.say(of(Doubt, 20_000, about="sides", text="the greeting is heard on the customer's side"))
        assert "sides swapped? X swaps them" in scene.text
        await scene.press("X")
        assert scene.sent == [Command(action="swap_sides", call_id=CALL)]
        await scene.say(of(SidesSwapped, 20_500))
        assert "sides swapped?" not in scene.text


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
