"""How a command runs its asynchronous part: until it is done, or Ctrl-C or a request to end stops it.

A stop cancels the main task, so that every block's end runs, and only then comes out: Ctrl-C as KeyboardInterrupt, a
request to end (SIGTERM) as SystemExit with the code that shells use for it. Whoever has something to bring to its end
first may `drain`: a request to end waits for that, a second one or Ctrl-C does not.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias, TypeVar

from streams.background import background

T = TypeVar("T")
TERMINATED = 128 + signal.SIGTERM


class _Stopped(NamedTuple):
    """The main task did not come to its result: this signal stopped it."""

    by: int


Drain: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


async def at_once() -> None:
    """Nothing has to be brought to an end."""


def run(main: Callable[[], Coroutine[Any, Any, T]], drain: Drain = at_once) -> T:
    """Run `main` on a fresh event loop.

    Raises KeyboardInterrupt when Ctrl-C stopped it, SystemExit when a request to end did.
    """
    # ZeroMQ's sockets cannot be watched by the loop that Windows has by default.
    factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with _as_before(), asyncio.Runner(loop_factory=factory) as runner:
        ending = runner.run(_stoppable(main, drain))
    if not isinstance(ending, _Stopped):
        return ending
    if ending.by == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(TERMINATED)


@contextmanager
def _as_before() -> Iterator[None]:
    """A request to end is answered after the block as it was before it, which no event loop sees to."""
    answer = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if answer is not None:
            signal.signal(signal.SIGTERM, answer)


def serve(main: Callable[[], Coroutine[Any, Any, T]], drain: Drain = at_once) -> T | None:
    """`run` for what goes on until it is told to end: a request to end, as systemd sends it, is its ordinary end."""
    try:
        return run(main, drain)
    except SystemExit as stopped:
        if stopped.code != TERMINATED:
            raise
        return None


async def _stoppable(main: Callable[[], Coroutine[Any, Any, T]], drain: Drain) -> T | _Stopped:
    stopped_by = 0
    cancelled = False
    asked = asyncio.Event()
    this = asyncio.current_task()

    def stop(number: int) -> None:
        nonlocal stopped_by
        if number == signal.SIGTERM and not stopped_by:
            asked.set()
        else:
            end()
        stopped_by = stopped_by or number

    def end() -> None:
        # Only the first counts: one more must not break off the ending, which gives a terminal back or ends a child.
        nonlocal cancelled
        if not cancelled and this is not None:
            cancelled = True
            this.cancel()

    async def end_gently() -> None:
        await asked.wait()
        await drain()
        end()

    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        async with background(end_gently()):
            return await main()
    except asyncio.CancelledError:
        if stopped_by:
            return _Stopped(stopped_by)
        raise
