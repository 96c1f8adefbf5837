"""Title, bell and desktop: once per episode, and nothing that a terminal would obey in them."""

from dataclasses import replace

from streams.floor import NoteState
from tests.tui.floor.stage import HELP, alert, floor_of, seat
from tui.floor.announce import Announcer, News

QUIET = floor_of(seat("c1"))
ALARMED = floor_of(seat("c1", alert=alert("c1"), agent_name="Priya\x1b]0;x\x07; rm"))


def test_news_comes_once() -> None:
    announcer = Announcer()
    assert announcer.feed(QUIET, title=True, desktop="osc9") == News(sequences=("\x1b]2;sidecar floor\x07",))
    news = announcer.feed(ALARMED, title=True, desktop="osc9")
    assert news.bell
    assert news.sequences == (
        "\x1b]9;Priya ]0,x , rm: asked for a supervisor\x07",
        "\x1b]2;(1) sidecar floor\x07",
    )
    assert announcer.feed(ALARMED, title=True, desktop="osc9") == News()


def test_what_is_not_chosen_stays_silent() -> None:
    announcer = Announcer()
    announcer.feed(QUIET, title=False, desktop="off")
    assert announcer.feed(ALARMED, title=False, desktop="off") == News(bell=True)


def test_the_other_way_to_a_desktop() -> None:
    announcer = Announcer()
    announcer.feed(QUIET, title=False, desktop="osc777")
    asked = floor_of(seat("c2", help=HELP, agent_name="Tom"))
    news = announcer.feed(asked, title=False, desktop="osc777")
    assert news.sequences == ("\x1b]777;notify;sidecar floor;Tom: asks for help: refund over my limit\x1b\\",)


def test_a_milder_alert_does_not_ring() -> None:
    announcer = Announcer()
    announcer.feed(QUIET, title=False, desktop="off")
    assert not announcer.feed(floor_of(seat(alert=alert(severity="warn"))), title=False, desktop="off").bell


def test_how_far_my_notes_have_come() -> None:
    def with_note(state: str, by: str = "Kim") -> object:
        note = NoteState(note="n1", call_id="c1", by=by, text="well done", state=state)  # type: ignore[arg-type]
        return replace(floor_of(seat("c1", agent_name="Priya")), notes={"n1": note})

    announcer = Announcer()
    said = [
        announcer.feed(floor, title=False, desktop="off").said  # type: ignore[arg-type]
        for floor in (with_note("sent"), with_note("delivered"), with_note("delivered"), with_note("read"))
    ]
    assert said == ["", "Priya has your note on the panel", "", "Priya has read your note"]
    gone = replace(with_note("sent"), seats={})  # type: ignore[type-var]
    announcer.feed(gone, title=False, desktop="off")
    assert announcer.feed(replace(with_note("read"), seats={}), title=False, desktop="off").said.startswith("the agent")  # type: ignore[type-var]
    assert announcer.feed(with_note("sent", by="Sol"), title=False, desktop="off").said == ""  # type: ignore[arg-type]
