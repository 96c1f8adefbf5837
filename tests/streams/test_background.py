"""Tasks beside a block."""

import asyncio

import pytest

from streams.background import background


async def _for_ever(ended: asyncio.Event) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.set()


async def _break() -> None:
    raise LookupError("beside")


async def test_tasks_end_with_the_block() -> None:
    ended = asyncio.Event()
    async with background(_for_ever(ended)):
        await asyncio.sleep(0)
        assert not ended.is_set()
    assert ended.is_set()


async def test_what_the_block_raises_comes_out_as_it_is() -> None:
    ended = asyncio.Event()

    async def fail() -> None:
        async with background(_for_ever(ended)):
            await asyncio.sleep(0)
            raise LookupError("block")

    with pytest.raises(LookupError, match="block"):
        await fail()
    assert ended.is_set()


async def test_a_task_that_fails_ends_the_block() -> None:
    with pytest.raises(LookupError, match="beside"):
        async with background(_break()):
            await asyncio.Event().wait()


async def test_cancelling_the_block_ends_the_tasks() -> None:
    ended, entered = asyncio.Event(), asyncio.Event()

    async def stay() -> None:
        async with background(_for_ever(ended)):
            entered.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        staying = group.create_task(stay())
        await entered.wait()
        staying.cancel()
    assert staying.cancelled()
    assert ended.is_set()
