"""Greetings on the wrong side."""

import asyncio

import pytest

from sidecar.likely_swap import OPENING_MS, TEXT, LikelySwap
from sidecar.material import open_path
from sidecar.pace import Pace
from sidecar.tapclient import play
from streams.clock import WallClock
from streams.events import AudioFrame, Channel, Doubt, SidesSwapped, Utterance
from streams.taps.plain import Hello
from streams.wire import Command
from tests.sidecar.test_service import DEMO, EVER, Run, ended, until


def said(channel: Channel, text: str, at_ms: int = 5_000) -> Utterance:
    return Utterance(
        call_id="c", at_ms=at_ms, channel=channel, utterance=0, started_ms=at_ms - 900, ended_ms=at_ms, text=text
    )


def doubts(*events: Utterance | SidesSwapped) -> list[Doubt]:
    told: list[Doubt] = []
    watch = LikelySwap(told.append)
    for event in events:
        watch.write(event)
    return told


GREETING = "Hello, thank you for calling Marlow and Finch, how can I help?"


@pytest.mark.parametrize("text", [GREETING, "You're through to Ana", "Welcome to Northgrid", "How may we assist you"])
def test_a_greeting_of_the_customer_is_said_once(text: str) -> None:
    [doubt] = doubts(said("customer", text), said("customer", GREETING, 9_000))
    assert doubt == Doubt(call_id="c", at_ms=5_000, about="sides", text=TEXT)


def test_who_greets_as_agent_is_the_agent() -> None:
    assert doubts(said("agent", GREETING), said("customer", GREETING)) == []


def test_customers_say_hello_too() -> None:
    for text in ("Hello, how are you?", "Hi, thanks, can you help me", "I called how you can help"):
        assert doubts(said("customer", text)) == []


def test_one_side_for_both_has_no_sides() -> None:
    assert doubts(said("mixed", GREETING)) == []


def test_a_late_greeting_and_one_after_a_swap_say_nothing() -> None:
    assert doubts(said("customer", GREETING, OPENING_MS + 1), said("customer", GREETING)) == []
    assert doubts(SidesSwapped(call_id="c", at_ms=1), said("customer", GREETING)) == []


async def test_a_live_call_whose_sides_are_swapped_is_noticed_and_put_right() -> None:
    material = open_path(DEMO, left="customer", default_left="agent", transcript=None)
    assert material.known is not None
    other: dict[Channel, Channel] = {"agent": "customer", "customer": "agent"}
    words = {other[channel]: said for channel, said in material.known.words.items()}
    frames = [event for event in material.events() if isinstance(event, AudioFrame) and event.at_ms <= 12_000]
    hello = Hello(version=1, call_id="demo", rate_hz=8000, channels=material.started.channels, words=words)
    more = asyncio.Event()

    class Held(Pace):
        async def until(self, at_ms: int) -> None:
            await EVER.until(at_ms)
            if at_ms > 8_000:
                await more.wait()

    async with Run().going() as run, run.screen() as line, asyncio.TaskGroup() as group:
        group.create_task(play(frames, hello, run.tap, Held(None, WallClock())))
        events = await until(line, lambda event: isinstance(event, Doubt))
        [greeting] = [event for event in events if isinstance(event, Utterance) and event.channel == "customer"]
        assert "thank you for calling" in greeting.text
        assert (await line.send(Command(action="swap_sides", call_id="demo"))).ok
        more.set()
        events = await until(line, ended)
    assert [event.channel for event in events if isinstance(event, Utterance) and event.text] == ["customer"]
    assert [type(event) for event in events if isinstance(event, SidesSwapped | Doubt)] == [SidesSwapped]
