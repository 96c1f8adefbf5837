"""Pages that have to be asked for, filled from the service and from the disk."""

from typing import Any

from streams.errors import BusError
from streams.events import Volume
from streams.wire import Command, Reply
from tests.tui.calls import CALL, EMPATHY, STARTED, of
from tests.tui.stage import ScriptedLine, StandingClock
from tests.tui.views import texts, view
from tui import asking
from tui.feed import Feed
from tui.lines import Line
from tui.screens import Page


class Sheet(Page):
    """A page that is not on any screen."""

    def lines(self) -> list[str]:
        made: list[Line] = [*self._make(60)]
        return texts(made)


def sheet() -> Sheet:
    return Sheet("x", lambda _columns: ())


async def filled(line: ScriptedLine) -> list[str]:
    page = sheet()
    await asking.fill_watched(page, view(), Feed(line, StandingClock()))
    return page.lines()


async def test_before_the_service_has_said_anything() -> None:
    first = [*asking.watched(view())._make(60)]
    assert "- asking the service..." in texts(first)


def test_the_volume_that_holds_is_named_where_it_is_known() -> None:
    assert asking.volumes(view(STARTED).board)._text == "Which hints show in this call."
    louder = view(STARTED, of(Volume, 9, level="novice")).board
    assert asking.volumes(louder)._text == "Which hints show in this call. Now: novice."


async def test_what_the_service_says_of_watching_and_sending() -> None:
    line = ScriptedLine()
    line.answers["sharing"] = Reply(ok=True, lines=("# Seen", "nothing"))
    line.answers["sent"] = Reply(ok=True, lines=("1 s ago  {}",))
    assert [text for text in await filled(line) if text] == ["Seen", "- nothing", "What was sent last", "- 1 s ago {}"]
    assert line.sent == [Command(action="sharing"), Command(action="sent", call_id="")]


async def test_a_service_that_does_not_answer_is_said() -> None:
    line = ScriptedLine()
    line.answer = BusError("nobody there")
    assert "- The service does not say: nobody there" in await filled(line)


async def test_earlier_calls_are_those_of_the_agent_without_this_one() -> None:
    asked: list[str] = []

    def earlier(agent: str) -> list[list[Any]]:
        asked.append(agent)
        return [[STARTED, EMPATHY], [of(type(STARTED), 0, call_id="old", queue="Sales")]]

    page = sheet()
    started = of(type(STARTED), 0, agent_id="a7")
    await asking.fill_history(page, view(started), earlier)
    assert asked == ["a7"]
    text = "\n".join(page.lines())
    assert "Sales" in text
    assert "Billing" not in text
    await asking.fill_history(page, view(), earlier)
    assert asked[1] == ""
    assert "Billing" in "\n".join(page.lines())
    assert CALL not in text
