"""Notes, sharing and sides on the panel: what people do to one another, by keys and by standing there."""

from textual.events import AppFocus

from streams.busline import LinkChange
from streams.errors import BusError
from streams.events import Doubt, Note, NoteRead, SharingChanged, SidesSwapped
from streams.wire import Command, Reply
from tests.tui.acting import HINTS, panel
from tests.tui.calls import CALL, STARTED, of


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
