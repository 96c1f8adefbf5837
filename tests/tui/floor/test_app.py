"""The floor as a person uses it: keys, mouse, palette and pages in; actions, words on the screen and codes out."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from streams.busline import LinkChange
from streams.errors import BusError, ConfigError
from streams.floor import Acted, NoteState, SpokenLine
from tests.tui.floor.stage import CALLS, alert, floor, later, row, snapshot
from tui.floor.actions import ACTIONS
from tui.floor.app import FloorApp, FloorSettings
from tui.floor.screens import Ask, CallScreen, Sheet
from tui.screens import Menu, Page

WHOLE = snapshot(*CALLS)
COOLED = later(CALLS[0], heat=10, band="calm")


async def test_who_needs_a_person_stands_above() -> None:
    async with floor(WHOLE) as scene:
        names = ("Priya", "Tom", "Luis", "Dana", "Sam")
        lines = [scene.line_of(name) for name in names]
        assert lines == sorted(lines)
        assert "3 live" in scene.lines[0]
        assert "1 hot" in scene.lines[0]


async def test_nothing_is_wrong_on_a_calm_floor() -> None:
    async with floor(snapshot(row("c3"))) as scene:
        assert "Nothing is wrong." in scene.text
        await scene.press("f")
        assert "Nothing is wrong: no call needs a person now." in scene.text


async def test_the_order_never_moves_under_the_cursor() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("j")
        assert scene.app.chooser.sight.cursor == "c1"
        before = [scene.line_of(name) for name in ("Priya", "Tom", "Luis")]
        scene.clock.ms += 5_000
        await scene.update(replace(COOLED, alert=None), later(CALLS[2], heat=90, band="critical"), row("c0"))
        assert [scene.line_of(name) for name in ("Priya", "Tom", "Luis")] == before
        assert scene.app.chooser.sight.cursor == "c1"
        assert "moved)" in scene.text
        line = scene.app.chooser.sight.index - scene.app.chooser.sight.top
        await scene.press("o")
        assert scene.app.chooser.sight.ids[0] == "c3"
        assert scene.app.chooser.sight.cursor == "c1"
        assert line == 0
        assert "moved)" not in scene.text


async def test_a_call_that_ends_keeps_its_place_under_the_cursor() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("j", "j")
        place = scene.line_of("Luis")
        await scene.update(gone=("c1",))
        assert scene.line_of("Luis") == place
        assert "over" in scene.lines[scene.line_of("Priya")]
        await scene.press("k", "c")
        assert scene.foot == "this call is over"
        await scene.press("escape")
        assert "Priya" not in scene.text


async def test_moving_and_letting_go() -> None:
    rows = [row(f"c{number:02}", agent_name=f"Agent {number:02}") for number in range(60)]
    async with floor(snapshot(*rows)) as scene:
        await scene.press("pagedown")
        assert scene.app.chooser.sight.cursor == "c00"
        await scene.press("pagedown")
        assert scene.app.chooser.sight.index > 5
        await scene.press("G")
        assert "Agent 59" in scene.text
        await scene.press("pageup", "k")
        await scene.press("home")
        assert scene.app.chooser.sight.cursor == "c00"
        await scene.press("escape")
        assert scene.app.chooser.sight.cursor == ""
        await scene.press("n")
        assert "no call is chosen" in scene.foot


async def test_the_mouse_chooses_opens_and_scrolls() -> None:
    rows = [row(f"c{number:02}", agent_name=f"Agent {number:02}") for number in range(60)]
    async with floor(snapshot(*rows)) as scene:
        await scene.pilot.click("#grid", offset=(10, 2))
        await scene.settle()
        assert scene.app.chooser.sight.cursor == "c02"
        grid = scene.app.screen.query_one("#grid")
        grid.post_message(grid.Wheeled(3))  # type: ignore[attr-defined]
        await scene.settle()
        assert (scene.app.chooser.sight.top, scene.app.chooser.sight.cursor) == (3, "c02")
        await scene.pilot.click("#grid", offset=(10, 1), times=2)
        await scene.settle()
        assert isinstance(scene.app.screen, CallScreen)
    async with floor(snapshot(row("c1"))) as scene:
        await scene.pilot.click("#grid", offset=(10, 8))
        assert scene.app.chooser.sight.cursor == ""


async def test_jumping_to_whom_nobody_has() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("g")
        assert scene.app.chooser.sight.cursor == "c1"
        await scene.update(replace(CALLS[0], claimed_by="Sol"))
        await scene.press("g")
        assert scene.app.chooser.sight.cursor == "c2"
        await scene.press("escape", "m", "2")
        assert "Tom" not in scene.text
        await scene.press("g")
        assert scene.app.chooser.sight.cursor == "c2"
        assert "all rows are shown again" in scene.foot
    async with floor(snapshot()) as scene:
        await scene.press("g")
        assert "no calls now" in scene.foot


async def test_claiming_and_giving_back() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("j", "c")
        assert scene.line.acts == [("claim", "c1", "", "")]
        assert scene.foot == "Priya Sharma: you have it"
        await scene.update(replace(CALLS[0], claimed_by="Kim"))
        assert "you" in scene.lines[scene.line_of("Priya")]
        await scene.press("c")
        assert scene.line.acts[-1] == ("release", "c1", "", "")
        assert scene.foot == "Priya Sharma: given back"


async def test_two_supervisors_at_once() -> None:
    async with floor(WHOLE) as scene:
        scene.line.answer = Acted(request=1, ok=False, text="Sol has it already")
        await scene.press("j", "c")
        assert scene.foot == "Sol has it already"
        scene.line.answer = BusError("no answer from the hub")
        await scene.press("c")
        assert scene.foot == "no answer from the hub"


async def test_a_note_is_written_sent_and_read() -> None:
    settings = FloorSettings(glyphs="unicode", notes=("Take your time.", "Offer the voucher."))
    async with floor(WHOLE, settings=settings) as scene:
        await scene.press("j", "n")
        assert "Note to Priya Sharma" in scene.text
        assert "signed Kim" in scene.text
        await scene.press(*"well done", "enter")
        assert scene.line.acts == [("note", "c1", "well done", "")]
        assert scene.foot == "note sent to Priya Sharma"
        note = NoteState(note="n1", call_id="c1", by="Kim", text="well done", state="sent")
        await scene.update(notes=(note,))
        assert "sent  you: well done" in scene.text
        await scene.update(notes=(replace(note, state="read"),))
        assert scene.foot == "Priya Sharma has read your note"
        assert "read  you: well done" in scene.text


async def test_a_note_may_be_a_line_of_the_settings_or_none() -> None:
    settings = FloorSettings(glyphs="unicode", notes=("Take your time.", "Offer the voucher."))
    async with floor(WHOLE, settings=settings) as scene:
        await scene.press("j", "n", "down", "down", "enter")
        assert isinstance(scene.app.screen, Ask)
        await scene.press(*" Now.", "enter")
        assert scene.line.acts == [("note", "c1", "Offer the voucher. Now.", "")]
        await scene.press("n", "enter", "escape")
        assert len(scene.line.acts) == 1
    async with floor(WHOLE) as scene:
        await scene.press("j", "n", "down", "escape")
        assert scene.line.acts == []


async def test_help_is_answered() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("j", "a")
        assert scene.foot == "Priya Sharma does not ask for help"
        await scene.press("j", "a")
        assert "asked: refund over my limit" in scene.text
        await scene.press(*"yes", "enter")
        assert scene.line.acts == [("answer_help", "c2", "yes", "c2/help-1")]
        assert scene.foot == "Tom Ricci is answered"
        await scene.press("escape", "a")
        assert "no call is chosen" in scene.foot
        await scene.press("c")
        assert len(scene.line.acts) == 1


async def test_opening_a_call_tells_the_hub_and_leaving_it_too() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("j", "enter")
        assert isinstance(scene.app.screen, CallScreen)
        assert scene.line.acts == [("open", "c1", "", "")]
        assert "Words are not shared by this workstation" in scene.text
        spoken = SpokenLine(call_id="c1", channel="customer", started_ms=58_000, text="let me talk to [b]somebody[/b]")
        await scene.update(later(CALLS[0], shares_words=True), lines=(spoken,))
        assert "let me talk to [b]somebody[/b]" in scene.text
        await scene.press("c", "escape")
        assert [act[0] for act in scene.line.acts] == ["open", "claim", "close"]
        assert "AGENT" in scene.text


async def test_a_hub_that_began_anew_is_told_what_is_open() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("j", "enter")
        await scene.say(LinkChange(state="lost"), LinkChange(state="up"), WHOLE)
        assert [act[0] for act in scene.line.acts] == ["open", "open"]
        await scene.update(gone=("c1",))
        await scene.press("c")
        assert scene.foot == "this call is over"


async def test_a_call_that_may_not_be_opened_says_why() -> None:
    async with floor(WHOLE) as scene:
        scene.line.answer = Acted(request=1, ok=False, text="observers do not open calls")
        await scene.press("j", "enter")
        assert "observers do not open calls" in scene.foot


async def test_filters_teams_and_orders() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("slash", *"retention", "enter")
        assert scene.app.chooser.sight.ids == ("c2", "c4")
        # Who asks for a person is said all the same.
        assert "Priya" in scene.text
        assert 'filter "retention"' in scene.text
        await scene.press("slash", "escape")
        assert 'filter "retention"' in scene.text
        await scene.press("slash", *["backspace"] * 9, "enter")
        assert "Priya" in scene.text
        await scene.press("m", "3")
        assert "team South" in scene.text
        assert "Priya" not in scene.text
        await scene.press("m", "1", "m", "escape")
        assert "Priya" in scene.text
        await scene.press("O", "4")
        assert "by agent" in scene.text
        assert scene.line_of("Dana") < scene.line_of("Luis")
        await scene.press("O", "escape")
        assert "by agent" in scene.text


async def test_the_picture_is_held_still() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("space")
        await scene.update(replace(COOLED, alert=None))
        assert "FROZEN" in scene.lines[0]
        assert "CRIT" in scene.text
        await scene.say(LinkChange(state="lost"))
        assert "NO LINK" in scene.lines[0]
        await scene.press("space")
        assert "CRIT" not in scene.text


async def test_a_lost_link_is_said_and_healed() -> None:
    async with floor(WHOLE) as scene:
        await scene.say(LinkChange(state="lost", silent_ms=3_000))
        assert "NO LINK 3s" in scene.lines[0]
        assert "Priya" in scene.text
        await scene.say(LinkChange(state="up"), WHOLE)
        assert "link ok" in scene.lines[0]
    async with floor(LinkChange(state="connecting")) as scene:
        assert "Waiting for the hub" in scene.text
        await scene.say(BusError("the hub does not know this key"))
        assert "the hub does not know this key" in scene.text


async def test_pages() -> None:
    async with floor(WHOLE, size=(100, 50)) as scene:
        await scene.press("question_mark")
        assert isinstance(scene.app.screen, Page)
        assert "Whisper a note to the agent" in scene.text
        await scene.press("escape", "x")
        assert isinstance(scene.app.screen, Sheet)
        assert "asks for help: refund over my limit" in scene.text
        await scene.press("escape", "s")
        assert "The last 8 hours" in scene.text
        await scene.press("escape")
        scene.line.report = BusError("no answer from the hub")
        await scene.press("s")
        assert scene.foot == "no answer from the hub"


async def test_keys_can_be_bound_anew() -> None:
    settings = FloorSettings(keys={"claim": "n", "note": "c", "order": "y"}, glyphs="unicode")
    async with floor(WHOLE, settings=settings) as scene:
        assert "n claim  c note" in scene.text
        await scene.press("j", "n")
        assert scene.line.acts == [("claim", "c1", "", "")]
        await scene.press("y")
        assert isinstance(scene.app.screen, Menu)


async def test_reload_theme_and_what_goes_wrong() -> None:
    chosen: list[str] = []
    later_settings = FloorSettings(theme="sidecar-light", keys={"claim": "y"}, glyphs="ascii")
    async with floor(WHOLE, reread=lambda: later_settings, remember=chosen.append) as scene:
        await scene.press("t")
        assert chosen == ["sidecar-light"]
        await scene.press("r")
        assert scene.foot == "settings read again"
        await scene.press("j", "y")
        assert scene.line.acts == [("claim", "c1", "", "")]

    def broken() -> Any:
        raise ConfigError("config.toml:3: no such key")

    async with floor(WHOLE, reread=broken) as scene:
        await scene.press("r")
        assert "config.toml:3" in scene.foot
    async with floor(WHOLE) as scene:
        await scene.press("r")
        assert scene.foot == "settings read again"


async def test_the_palette_has_every_action_and_no_pictures() -> None:
    async with floor(WHOLE) as scene:
        commands = list(scene.app.get_system_commands(scene.app.screen))
        assert [command.title for command in commands] == [action.title for action in ACTIONS]
        scene.app.action_screenshot()
        await scene.settle()
        assert "pictures of the floor are off" in scene.foot


async def test_leaving_closes_what_is_open() -> None:
    async with floor(WHOLE) as scene:
        await scene.press("j", "enter", "q")
        assert [act[0] for act in scene.line.acts] == ["open", "close"]
        assert scene.app._exit
    async with floor(WHOLE) as scene:
        await scene.press("ctrl+c")
        assert scene.app.return_code == 130


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the terminal beside the picture, bells included."""
    said: list[str] = []
    monkeypatch.setattr(FloorApp, "terminal", lambda _app, sequence: said.append(sequence))
    monkeypatch.setattr(FloorApp, "bell", lambda _app: said.append("bell"))
    return said


async def test_alerts_ring_once(terminal: list[str]) -> None:
    settings = FloorSettings(bell=True, desktop="osc9")
    async with floor(snapshot(row("c3")), settings=settings) as scene:
        terminal.clear()
        await scene.update(row("c3", alert=alert("c3"), agent_name="Luis"))
        assert terminal == ["bell", "\x1b]9;Luis: asked for a supervisor\x07", "\x1b]2;(1) sidecar floor\x07"]
        await scene.update(row("c3", alert=alert("c3", age_ms=5_000), agent_name="Luis"))
        scene.clock.ms += 40_000
        await scene.settle()
        assert len(terminal) == 3
        assert "1 waiting, 1 unclaimed" in scene.lines[0]
        assert "NOBODY" in scene.text
    assert terminal[-1] == "\x1b[23;2t"


async def test_a_silent_floor_rings_nothing(terminal: list[str]) -> None:
    async with floor(snapshot(row("c3")), settings=FloorSettings(title=False)) as scene:
        await scene.update(row("c3", alert=alert("c3")))
    assert terminal == ["\x1b[22;2t", "\x1b[23;2t"]


async def test_frames_are_drawn_only_for_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    async with floor(WHOLE) as scene:
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


async def test_who_may_look_on_only_is_told_so_before_writing() -> None:
    async with floor(snapshot(*CALLS, role="observer")) as scene:
        await scene.press("j", "j")
        for key in ("n", "a", "c"):
            await scene.press(key)
            assert not isinstance(scene.app.screen, Ask)
            assert "your key may look on only" in scene.text
        assert scene.line.acts == []


async def test_what_the_hub_adds_to_done_is_said() -> None:
    async with floor(WHOLE) as scene:
        scene.line.answer = Acted(request=1, ok=True, text="desk-1 is away and gets it when it is back", note="n1")
        await scene.press("j", "n", "h", "i", "enter")
        assert "desk-1 is away" in scene.text
