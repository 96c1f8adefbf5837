"""The whole screen, held against pictures in tests/tui/screens: sizes, with colour and without, the main states.

A picture that changed on purpose is written anew with SIDECAR_UPDATE_SCREENS=1, and looked at in review.
"""

import pytest
from msgspec.structs import replace

from streams.busline import LinkChange
from streams.floor import CallDetail, NoteState, NudgeLine, OpenNudge, SpokenLine
from tests.tui.floor.stage import CALLS, floor, later, row, snapshot
from tests.tui.stage import compare, picture, screen_cells, screen_text
from tests.tui.test_themes import DRAWN, OURS, ratio
from tui.floor.app import FloorSettings

SIZES = [(80, 24), (120, 40), (200, 50), (40, 12)]
NAMED = lambda size: f"{size[0]}x{size[1]}"  # noqa: E731  an id for pytest
MANY = (
    *CALLS,
    row("c6", agent_name="Grace Adeyemi", opening_since_ms=40_000, heat=44, band="warm", mood=-0.3, spark=(0, -30),
        nudge=OpenNudge("empathy.missed", "Empathy owed", "warn", 45_000), nudges_open=2, nudges=3, lag_ms=1_100),
    row("c7", agent_name="Yuki 田中 由紀", silence_since_ms=36_000, mood=-0.05, spark=(0, -5), lag_ms=600),
    row("c8", agent_name="[b]Bob[/b] \x1b[31m", queue="שירות", signal="x" * 10_000, mood=0.1, spark=(10,),
        team="South"),
    row("c9", agent_name="Iris Costa", shared=False, claimed_by="Sol"),
)  # fmt: skip
TOLD = CallDetail(
    call_id="c1",
    nudges=(
        NudgeLine("empathy.missed", "Empathy owed", "warn", 22_000, "done", ("repeat_contact",)),
        NudgeLine("deesc.rising_heat", "Escalation rising", "critical", 48_000, "", ("supervisor", "churn")),
    ),
    moods=((0, 10), (20_000, -5), (40_000, -40), (58_000, -68)),
    heats=((0, 5), (20_000, 24), (40_000, 60), (58_000, 82)),
)
SPOKEN = tuple(
    SpokenLine(call_id="c1", channel=channel, started_ms=ms, text=text)  # type: ignore[arg-type]
    for ms, channel, text in (
        (46_000, "customer", "this is the third time i've called about the same charge"),
        (51_000, "agent", "let me pull that up for you"),
        (55_000, "customer", "just let me talk to your supervisor"),
    )
)
NOTE = NoteState(note="n1", call_id="c1", by="Kim", text="offer to put me on the line", state="read")


@pytest.mark.parametrize("no_color", [False, True], ids=["color", "nocolor"])
@pytest.mark.parametrize("size", SIZES, ids=NAMED)
async def test_screens(size: tuple[int, int], no_color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    drawn: list[tuple[str, str]] = []
    settings = FloorSettings(
        glyphs="ascii" if no_color else "unicode", notes=("Take your time.", "Offer a goodwill credit.")
    )
    async with floor(LinkChange(state="connecting"), size=size, settings=settings) as scene:

        def draw(title: str) -> None:
            drawn.append((title, picture(scene.app)))

        draw("looking for the hub")
        await scene.say(LinkChange(state="up"), snapshot())
        draw("no calls")
        await scene.say(snapshot(CALLS[2]))
        draw("nothing is wrong")
        await scene.say(snapshot(*MANY))
        draw("some need a person")
        scene.clock.ms += 31_000
        await scene.press("j", "j")
        await scene.update(later(CALLS[0], heat=12, band="calm"), gone=("c3",))
        draw("a row is chosen: nothing moves, an alert is nobody's")
        await scene.say(LinkChange(state="lost", silent_ms=4_000))
        draw("the link is lost")
        await scene.say(LinkChange(state="up"), snapshot(*MANY))
        await scene.press("escape", "g", "enter")
        await scene.update(
            replace(later(CALLS[0], shares_words=True), claimed_by="Kim"), lines=SPOKEN, notes=(NOTE,), details=(TOLD,)
        )
        draw("one call")
        await scene.press("n")
        draw("a note")
        await scene.press("escape", "escape", "x")
        draw("alerts")
        await scene.press("escape", "question_mark")
        draw("help")
    compare(f"floor-{size[0]}x{size[1]}{'-nocolor' if no_color else ''}", drawn)


async def test_any_size_is_drawn() -> None:
    """Down to a sliver and back, with a call open on the way."""
    async with floor(snapshot(*MANY), size=(80, 24)) as scene:
        before = screen_text(scene.app)
        for size in [(20, 5), (1, 1), (59, 20), (300, 80), (7, 60)]:
            await scene.pilot.resize_terminal(*size)
            await scene.settle()
            await scene.press("j", "enter", "n", "escape", "escape", "escape")
        await scene.pilot.resize_terminal(20, 5)
        await scene.settle()
        assert any("Priya" in line for line in screen_text(scene.app))
        await scene.pilot.resize_terminal(80, 24)
        scene.clock.ms += 0
        await scene.settle()
        assert screen_text(scene.app) == before


@pytest.mark.parametrize("size", SIZES, ids=NAMED)
async def test_nothing_moves_when_calls_come(size: tuple[int, int]) -> None:
    async with floor(snapshot(), size=size) as scene:
        before = {region.id: region.region for region in scene.app.screen.query("Region")}
        await scene.say(snapshot(*MANY))
        await scene.press("j")
        assert {region.id: region.region for region in scene.app.screen.query("Region")} == before


@pytest.mark.parametrize("no_color", [False, True], ids=["color", "nocolor"])
@pytest.mark.parametrize("theme", OURS)
async def test_every_text_on_screen_has_contrast(theme: str, no_color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    poor: dict[str, float] = {}
    settings = FloorSettings(theme=theme, glyphs="unicode", notes=("Take your time.",))
    async with floor(snapshot(*MANY), size=(120, 40), settings=settings, demo=True) as scene:

        def look() -> None:
            for cells in screen_cells(scene.app):
                for text, style in cells:
                    if set(text) - DRAWN and ratio(style) < 4.5:
                        poor[f"{text.strip()} {style}"] = ratio(style)

        look()
        scene.clock.ms += 31_000
        await scene.press("j", "space")
        await scene.say(LinkChange(state="lost"))
        look()
        await scene.press("n")
        look()
        await scene.press("down")
        look()
        await scene.press("escape", "escape", "space", "g", "enter")
        await scene.update(later(CALLS[0], shares_words=True), lines=SPOKEN, notes=(NOTE,), details=(TOLD,))
        look()
        await scene.press("escape", "O")
        look()
        await scene.press("escape", "question_mark")
        look()
    assert poor == {}
