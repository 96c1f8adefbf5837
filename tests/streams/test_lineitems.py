"""What waits for a line's reader: in order, without holes that nobody is told of, and each change of the link once."""

import asyncio

from streams.busline import LinkChange
from streams.lineitems import Items


class Clock:
    now = 0

    def now_ms(self) -> int:
        return self.now


async def taken(items: Items[str], count: int) -> list[object]:
    found: list[object] = []
    async for item in items:
        found.append(item)
        if len(found) == count:
            break
    return found


async def test_items_come_in_order_and_a_reader_waits_for_the_next() -> None:
    items: Items[str] = Items(Clock())
    items.put("a")
    assert await taken(items, 2) == [LinkChange(state="connecting"), "a"]
    async with asyncio.TaskGroup() as group:
        reader = group.create_task(taken(items, 1))
        await asyncio.sleep(0)
        items.put("b")
    assert reader.result() == ["b"]


async def test_what_is_dropped_is_the_oldest_or_all() -> None:
    items: Items[str] = Items(Clock())
    items.put("a")
    items.drop_oldest()
    assert (len(items), await taken(items, 1)) == (1, ["a"])
    items.put("b")
    items.drop_all()
    assert await taken(items, 1) == [LinkChange(state="connecting")]


async def test_a_change_of_the_link_and_its_reason_are_said_once() -> None:
    clock = Clock()
    items: Items[str] = Items(clock)
    items.drop_oldest()
    clock.now = 70
    for _ in range(2):
        items.turn("lost")
        items.explain("no key")
    items.heard()
    items.turn("up")
    items.explain("no key")
    assert await taken(items, 4) == [
        LinkChange(state="lost", silent_ms=70),
        LinkChange(state="lost", silent_ms=70, text="no key"),
        LinkChange(state="up", silent_ms=0),
        LinkChange(state="up", silent_ms=0, text="no key"),
    ]
    assert len(items) == 0
