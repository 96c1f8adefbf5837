"""What is asked of the service: the board flows in, a question or a command and what is said of it flow out.

A page that has to be asked for is open already; what the service or the disk says fills it.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

from streams.events import Event, Telemetry
from streams.wire import Command
from tui import pages
from tui.board import fold
from tui.feed import Feed
from tui.screens import Menu, Page
from tui.state import Board
from tui.view import View

Earlier: TypeAlias = Callable[[str], Sequence[Sequence[Event | Telemetry]]]
"""Gives the events of an agent's calls before this one, by call, the newest first; it may take its time."""
VOLUMES = (("novice", "all"), ("standard", "tips once each"), ("expert", "critical, process, praise"))
"""Levels by the names of `nudges.volume`, and which hints each of them lets through."""
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


def volumes(board: Board) -> Menu:
    """The question how many hints this call may bring, with what holds already where that is known."""
    now = f" Now: {board.volume}." if board.volume else ""
    answers = [(level, f"{level}: {lets}") for level, lets in VOLUMES]
    return Menu("Volume", f"Which hints show in this call.{now}", answers)


def volume(board: Board, level: str) -> tuple[Command, str]:
    """To hear more or less in this call; and what is said when it is so."""
    said = f"hints: {dict(VOLUMES)[level]}"
    return Command(action="volume", call_id=board.call_id, value=level), said


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
