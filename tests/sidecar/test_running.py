"""How an asynchronous command ends."""

import asyncio
import os
import signal
import sys

import pytest

from sidecar import running

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


def test_what_it_returns_comes_back() -> None:
    async def main() -> int:
        return 5

    assert running.run(main) == 5


@posix
def test_a_request_to_end_runs_every_blocks_end() -> None:
    ended: list[str] = []

    async def main() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()
        finally:
            ended.append("block")

    assert running.run(main) is None
    assert ended == ["block"]


@posix
def test_ctrl_c_comes_out_as_ctrl_c() -> None:
    async def main() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    with pytest.raises(KeyboardInterrupt):
        running.run(main)


def test_a_cancellation_of_its_own_is_not_hidden() -> None:
    async def main() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        running.run(main)
