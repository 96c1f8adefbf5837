"""How a command runs its asynchronous part: until it is done, or Ctrl-C or a request to end stops it.

A stop cancels the main task, so that every block's end runs. Ctrl-C then comes out as KeyboardInterrupt; a request to
end (SIGTERM, as systemd sends it) is an ordinary end.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
    """Run `main` on a fresh event loop; None when a request to end stopped it."""
    # ZeroMQ's sockets cannot be watched by the loop that Windows has by default.
    factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(_stoppable(main))


async def _stoppable(main: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
    stopped = False
    this = asyncio.current_task()

    def stop() -> None:
        nonlocal stopped
        stopped = True
        if this is not None:
            this.cancel()

    if sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    try:
        return await main()
    except asyncio.CancelledError:
        if stopped:
            return None
        raise
