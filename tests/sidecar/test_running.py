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
@pytest.mark.parametrize(
    ("by", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)], ids=["ctrl-c", "request"]
)
def test_a_stop_runs_every_blocks_end_however_often_it_comes(
    by: signal.Signals, raised: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[str] = []

    async def main() -> None:
        try:
            os.kill(os.getpid(), by)
            await asyncio.Event().wait()
        finally:
            for again in (signal.SIGINT, signal.SIGTERM, by):
                os.kill(os.getpid(), again)
                await asyncio.sleep(0)
            ended.append("block")

    with pytest.raises(raised) as stopped:
        running.run(main)
    assert ended == ["block"]
    assert caplog.records == []
    if isinstance(stopped.value, SystemExit):
        assert stopped.value.code == 143


@posix
def test_what_serves_ends_well_when_it_is_told_to() -> None:
    async def main() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    assert running.serve(main) is None


def test_what_serves_leaves_with_the_code_it_chose() -> None:
    async def main() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit, match="3"):
        running.serve(main)


def test_a_cancellation_of_its_own_is_not_hidden() -> None:
    async def main() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        running.run(main)


@posix
@pytest.mark.parametrize("again", [signal.SIGTERM, signal.SIGINT])
def test_a_request_to_end_waits_for_what_is_drained_and_a_second_one_does_not(again: signal.Signals) -> None:
    steps: list[str] = []

    async def drain() -> None:
        steps.append("draining")
        if len(steps) == 1:
            os.kill(os.getpid(), again)
            await asyncio.Event().wait()

    async def main() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    assert running.serve(main, drain) is None
    assert running.serve(main, drain) is None
    assert steps == ["draining", "draining"]
