"""Pages that have to be asked for: a page that is open already flows in, what the service or the disk says fills it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

from streams.events import Event, Telemetry
from streams.wire import Command
from tui import pages
from tui.board import fold
from tui.feed import Feed
from tui.screens import Page
from tui.state import Board
from tui.view import View

Earlier: TypeAlias = Callable[[str], Sequence[Sequence[Event | Telemetry]]]
"""Gives the events of an agent's calls before this one, by call, the newest first; it may take its time."""
ASKING = ("asking the service...",)


def watched(view: View) -> Page:
    """The page of what is watched and sent, before the service has said it."""
    return Page("Watched and sent", lambda columns: pages.watched_page(view, ASKING, (), columns))


def sharing(board: Board) -> tuple[Command, str]:
    """To show this call to supervisors no more, or again; and what is said when it is so."""
    off = board.shared
    said = "not shared for this call" if off else "shared again as the settings say"
    return Command(action="share", call_id=board.call_id, value="off" if off else "on"), said


def pause(board: Board) -> tuple[Command, str]:
    """To hear nothing while card data is said, or all again; and what is said when it is so."""
    off = board.paused_by_agent
    said = "listening again" if off else "paused: nothing is heard or kept"
    return Command(action="pause", call_id=board.call_id, value="off" if off else "on"), said


async def fill_watched(page: Page, view: View, feed: Feed) -> None:
    """Let the service itself say what is watched, and what it sent last."""
    wrong, told = await feed.ask(Command(action="sharing"))
    _, sent = await feed.ask(Command(action="sent", call_id=view.board.call_id))
    told = (f"The service does not say: {wrong}",) if wrong else told
    page.turn_to(lambda columns: pages.watched_page(view, told, sent, columns))


async def fill_history(page: Page, view: View, earlier: Earlier) -> None:
    """Add the calls before this one, which a thread reads from the disk."""
    started = view.board.started
    agent = started.agent_id if started else ""
    calls = await asyncio.to_thread(lambda: [fold(Board(), events) for events in earlier(agent)])
    before = [call for call in calls if call.call_id != view.board.call_id]
    page.turn_to(lambda columns: pages.earlier_page(view, before, columns))
