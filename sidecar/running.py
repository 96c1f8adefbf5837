"""How a command runs its asynchronous part: until it is done, or Ctrl-C or a request to end stops it.

A stop cancels the main task, so that every block's end runs, and only then comes out: Ctrl-C as KeyboardInterrupt, a
request to end (SIGTERM) as SystemExit with the code that shells use for it.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
TERMINATED = 128 + signal.SIGTERM


class _Stopped(NamedTuple):
    """The main task did not come to its result: this signal stopped it."""

    by: int


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `main` on a fresh event loop.

    Raises KeyboardInterrupt when Ctrl-C stopped it, SystemExit when a request to end did.
    """
    # ZeroMQ's sockets cannot be watched by the loop that Windows has by default.
    factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        ending = runner.run(_stoppable(main))
    if not isinstance(ending, _Stopped):
        return ending
    if ending.by == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(TERMINATED)


def serve(main: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
    """`run` for what goes on until it is told to end: a request to end, as systemd sends it, is its ordinary end."""
    try:
        return run(main)
    except SystemExit as stopped:
        if stopped.code != TERMINATED:
            raise
        return None


async def _stoppable(main: Callable[[], Coroutine[Any, Any, T]]) -> T | _Stopped:
    stopped_by = 0
    this = asyncio.current_task()

    def stop(number: int) -> None:
        # Only the first counts: one more must not break off the ending, which gives a terminal back or ends a child.
        nonlocal stopped_by
        if not stopped_by and this is not None:
            stopped_by = number
            this.cancel()

    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await main()
    except asyncio.CancelledError:
        if stopped_by:
            return _Stopped(stopped_by)
        raise
