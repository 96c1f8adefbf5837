"""The whole screen, held against pictures in tests/tui/screens: sizes, with colour and without, the main states.

A picture that changed on purpose is written anew with SIDECAR_UPDATE_SCREENS=1, and looked at in review.
"""

import pytest
from textual.pilot import Pilot

from streams.busline import LinkChange
from streams.events import (
    AudioLost,
    CallStarted,
    Claimed,
    Health,
    Held,
    HelpAnswered,
    HelpAsked,
    Hold,
    Muted,
    Note,
    Quiet,
    SharingChanged,
    Tick,
    Watched,
)
from streams.wire import Reply
from tests.tui.calls import DEAD_AIR, EMPATHY, ENDED, GROWING, RISING, STARTED, TALK, of, opening, resolved
from tests.tui.stage import ScriptedLine, StandingClock, compare, picture, screen_text, settle
from tui.panel import PanelApp
from tui.settings import PanelSettings

SIZES = [(40, 24), (40, 12), (80, 24), (120, 40), (200, 50)]
NOTE = of(
    Note,
    20_000,
    note="k1",
    by="Maria Lopez",
    text="Offer to refund the second charge today, and say when it lands.",
)


def panel_of(line: ScriptedLine, clock: StandingClock, no_color: bool, monkeypatch: pytest.MonkeyPatch) -> PanelApp:
    """The panel in colour and Unicode, or in neither."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    return PanelApp(line, PanelSettings(glyphs="ascii" if no_color else "unicode"), clock=clock)


@pytest.mark.parametrize("no_color", [False, True], ids=["color", "nocolor"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_screens(size: tuple[int, int], no_color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    line, clock = ScriptedLine(), StandingClock()
    app = panel_of(line, clock, no_color, monkeypatch)
    drawn: list[tuple[str, str]] = []

    async with app.run_test(size=size) as pilot:

        async def draw(title: str) -> None:
            await settle(pilot, line)
            drawn.append((title, picture(app)))

        await draw("looking for the service")
        line.say(LinkChange(state="up"))
        await draw("waiting for a call")
        line.say(STARTED)
        await draw("a call begins")
        line.say(*TALK)
        await draw("nothing is wrong")
        line.say(DEAD_AIR, resolved("n0", "done", 12_000), EMPATHY, RISING, *GROWING)
        clock.ms += 4_000
        await draw("one card, one waiting, one withdrawn")
        await pilot.press("a")
        await draw("acknowledged")
        line.say(of(Quiet, 22_000, until_ms=142_000), resolved("n1", "done", 23_000))
        line.say(opening("o0", "given", 23_000, "charged twice again for october"))
        await draw("quiet")
        line.say(of(Quiet, 24_000, until_ms=0), of(Health, 25_000, queued=4, degrade=2, words_behind_ms=4_200))
        await draw("words are late")
        line.say(of(Health, 26_000, queued=0, degrade=0, words_behind_ms=0), of(Hold, 26_000))
        line.say(of(AudioLost, 26_000, channel="customer", lost_ms=1_200))
        await draw("on hold, sound was lost")
        line.say(LinkChange(state="lost", silent_ms=3_500))
        clock.ms += 9_000
        await draw("the link is lost")
        line.say(LinkChange(state="up"), *ENDED)
        await draw("the call is over")
        await pilot.press("question_mark")
        await draw("help")
    compare(f"{size[0]}x{size[1]}{'-nocolor' if no_color else ''}", drawn)


@pytest.mark.parametrize("no_color", [False, True], ids=["color", "nocolor"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_screens_with_people(size: tuple[int, int], no_color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes beside nudges and alone, who looks on, help, quiet, several calls, a link that is tried again."""
    line, clock = ScriptedLine(), StandingClock()
    app = panel_of(line, clock, no_color, monkeypatch)
    drawn: list[tuple[str, str]] = []

    async with app.run_test(size=size) as pilot:

        async def draw(title: str) -> None:
            await settle(pilot, line)
            drawn.append((title, picture(app)))

        line.say(LinkChange(state="up"), STARTED, *TALK, of(Watched, 19_000, names=("Maria Lopez",)), RISING, NOTE)
        await draw("a note beside a nudge")
        line.say(resolved("n2", "done", 21_000), of(Claimed, 21_000, by="Maria Lopez"))
        line.say(of(HelpAsked, 21_000, help="h1"))
        await draw("a note alone, the call in good hands, help asked for")
        await pilot.press("m")
        line.say(of(HelpAnswered, 22_000, help="h1", by="Maria Lopez", text="I am coming over"))
        await draw("read and answered")
        line.say(of(SharingChanged, 23_000, what="off"), of(Quiet, 23_000, until_ms=143_000), of(Held, 23_500, count=2))
        await draw("quiet and not shared")
        line.say(of(CallStarted, 0, call_id="other", queue="Sales"), of(Tick, 3_000, call_id="other"), EMPATHY)
        await draw("two calls, the other one wants the agent")
        await pilot.press("c")
        line.say(LinkChange(state="lost", silent_ms=3_500, retry_ms=1_000))
        await draw("the first of them, and no link")
        line.answers["sharing"] = Reply(ok=True, lines=("# What supervisors see", "The customer's mood, as a figure."))
        line.answers["sent"] = Reply(ok=True, lines=('3 s ago  {"type":"StatePut","state":{"heat":64}}',))
        await pilot.press("w")
        for worker in [worker for worker in app.workers if worker.group == "pages"]:
            await worker.wait()
        await draw("what is watched")
    compare(f"people-{size[0]}x{size[1]}{'-nocolor' if no_color else ''}", drawn)


async def drawn(size: tuple[int, int], *says: object, **given: object) -> list[str]:
    """The screen's text after these items."""
    line = ScriptedLine()
    app = PanelApp(line, PanelSettings(glyphs="unicode"), clock=StandingClock(), **given)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        line.say(LinkChange(state="up"), *says)  # type: ignore[arg-type]
        await settle(pilot, line)
        return screen_text(app)


async def test_what_people_say_is_never_markup() -> None:
    text = "\n".join(await drawn((80, 24), STARTED, *TALK))
    assert "been [bold]charged twice[/bold] again" in text


async def test_words_from_a_transcript_are_said_to_be_so() -> None:
    started = of(CallStarted, words_from="reference", queue="Billing")
    for size in SIZES:
        text = "\n".join(await drawn(size, started))
        assert "words: transcript" in text, size


async def test_a_replay_says_its_speed() -> None:
    assert "REPLAY x4 00:10" in (await drawn((80, 24), STARTED, of(Tick, 10_000), speed=4.0))[0]
    assert "REPLAY 00:10" in (await drawn((80, 24), STARTED, of(Tick, 10_000), speed=0.0))[0]


async def test_the_notice_stands_where_there_is_no_card() -> None:
    notice = "words come from the transcript; `sidecar models pull base.en` brings recognition"
    text = "\n".join(await drawn((40, 24), STARTED, notice=notice))
    assert "models pull base.en" in text


async def test_muted_says_who() -> None:
    assert "MUTED" in (await drawn((80, 24), STARTED, of(Muted, channel="agent")))[0]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_nothing_moves_when_a_card_comes(size: tuple[int, int]) -> None:
    line = ScriptedLine()
    app = PanelApp(line, PanelSettings(), clock=StandingClock())

    async def places(pilot: Pilot[None]) -> dict[str | None, object]:
        await settle(pilot, line)
        return {region.id: region.region for region in app.screen.query("Region")}

    async with app.run_test(size=size) as pilot:
        before = await places(pilot)
        for events in (
            [STARTED, *TALK],
            [DEAD_AIR, EMPATHY, RISING],
            [NOTE, of(Watched, 20_000, names=("Jo",))],
            ENDED,
        ):
            line.say(*events)
            assert await places(pilot) == before


async def test_any_size_is_drawn() -> None:
    """Down to a sliver and back, with a page open on the way."""
    line = ScriptedLine()
    app = PanelApp(line, PanelSettings(), clock=StandingClock())
    async with app.run_test(size=(80, 24)) as pilot:
        line.say(STARTED, *TALK, EMPATHY, RISING)
        await settle(pilot, line)
        before = screen_text(app)
        for size in [(20, 5), (1, 1), (59, 20), (300, 80), (7, 60)]:
            await pilot.resize_terminal(*size)
            await settle(pilot, line)
            await pilot.press("e")
            await pilot.press("escape")
        await pilot.resize_terminal(80, 24)
        await settle(pilot, line)
        assert screen_text(app) == before
