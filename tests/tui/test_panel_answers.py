"""Answers to hints: keys in; commands and words on the screen out."""

import pytest

from streams.errors import BusError
from streams.events import NudgeAnswered
from streams.wire import Command, Reply
from tests.tui.acting import HINTS, answer, panel
from tests.tui.calls import CALL, DEAD_AIR, EMPATHY, ENDED, RISING, STARTED, TALK, of
from tui.panel import UNDO_MS
from tui.surface import FLASH_MS


@pytest.mark.parametrize(
    ("key", "value", "row"),
    [
        ("a", "acknowledged", "ok SEEN  Escalation rising"),
        ("enter", "acknowledged", "ok SEEN  Escalation rising"),
        ("d", "dismissed", "x  GONE  Escalation rising"),
        ("s", "snoozed", "zz OFF   Escalation rising"),
    ],
)
async def test_a_key_answers_the_card_at_once(key: str, value: str, row: str) -> None:
    async with panel(*HINTS) as scene:
        assert "!! HIGH  Escalation rising" in scene.text
        await scene.press(key)
        assert scene.sent == [answer("n2", value)]
        assert "! MED   Empathy owed" in scene.text.replace("!  MED", "! MED")
        assert row in scene.text
        assert "u takes it back" in scene.foot


@pytest.mark.parametrize(("key", "value"), [("plus", "helpful"), ("equals_sign", "helpful"), ("minus", "not_helpful")])
async def test_thumbs_leave_the_card_where_it_is(key: str, value: str) -> None:
    async with panel(*HINTS) as scene:
        await scene.press(key)
        assert scene.sent == [answer("n2", value)]
        assert "!! HIGH  Escalation rising" in scene.text


async def test_thumbs_are_for_the_last_hint_when_none_is_on_screen() -> None:
    async with panel(STARTED, DEAD_AIR, of(NudgeAnswered, 11_000, nudge="n0", answer="dismissed")) as scene:
        await scene.press("plus")
        assert scene.sent == [answer("n0", "helpful")]


async def test_undo_within_five_seconds() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("d", "u")
        assert scene.sent == [answer("n2", "dismissed"), answer("n2", "undone")]
        assert "!! HIGH  Escalation rising" in scene.text
        await scene.press("u")
        assert "nothing to take back" in scene.foot
        await scene.press("d")
        scene.clock.ms += UNDO_MS + 1
        await scene.press("u")
        assert len(scene.sent) == 3
        assert "nothing to take back" in scene.foot


async def test_a_foot_pedal_answers_as_a_key_does() -> None:
    async with panel(*HINTS) as scene:
        await scene.say(of(NudgeAnswered, 19_000, nudge="n2", answer="acknowledged", by="pedal"))
        assert "ok SEEN  Escalation rising" in scene.text


@pytest.mark.parametrize(
    "wrong", [BusError("no answer from the service"), Reply(ok=False, text="no answer from the service")]
)
async def test_an_answer_that_does_not_arrive_is_taken_back_and_said(wrong: Reply | BusError) -> None:
    async with panel(*HINTS) as scene:
        scene.line.answer = wrong
        await scene.press("d")
        assert "no answer from the service" in scene.foot
        assert "!! HIGH  Escalation rising" in scene.text


async def test_keys_without_a_hint_say_so() -> None:
    async with panel(STARTED) as scene:
        for key, said in [
            ("a", "no hint to answer"),
            ("plus", "no hint to rate"),
            ("y", "nothing to copy"),
            ("e", "no hint"),
        ]:
            await scene.press(key)
            assert said in scene.foot
        await scene.press("j", "k", "tab")
        assert scene.sent == []


async def test_the_foot_shows_keys_again_after_a_while() -> None:
    async with panel(*HINTS) as scene:
        await scene.press("d")
        scene.clock.ms += FLASH_MS
        await scene.say()
        assert "z quiet" in scene.foot


async def test_moving_among_hints() -> None:
    async with panel(*HINTS, DEAD_AIR) as scene:
        assert "Escalation rising" in scene.text.splitlines()[1]
        for key, title in [("tab", "Empathy owed"), ("j", "Dead air"), ("j", "Escalation"), ("k", "Dead air")]:
            await scene.press(key)
            assert title in scene.text.splitlines()[1]
        await scene.press("a")
        assert scene.sent == [answer("n0", "acknowledged")]


async def test_a_new_hint_takes_the_card_back() -> None:
    async with panel(STARTED, EMPATHY, DEAD_AIR) as scene:
        await scene.press("j")
        assert "Dead air" in scene.text.splitlines()[1]
        await scene.say(RISING)
        assert "Escalation rising" in scene.text.splitlines()[1]


async def test_an_answer_to_what_was_settled_meanwhile_is_not_taken_back() -> None:
    async with panel(*HINTS) as scene:
        scene.line.answer = BusError("no answer")
        await scene.press("plus")
        assert "no answer" in scene.foot
        assert scene.app.feed.board.items[-1].thumb == "helpful"


async def test_the_wrap_up_takes_thumbs_for_any_hint() -> None:
    async with panel(STARTED, *TALK, DEAD_AIR, EMPATHY, RISING, *ENDED) as scene:
        assert "Call over" in scene.text
        await scene.press("j", "minus")
        assert scene.sent == [answer("n1", "not_helpful")]
        await scene.press("a")
        assert "no hint to answer" in scene.foot
        await scene.say(of(type(STARTED), 0, call_id="next"))
        assert "LIVE 00:00" in scene.text


@pytest.mark.parametrize(("key", "level", "said"), [("1", "novice", "all"), ("3", "expert", "critical, process")])
async def test_the_volume_of_this_call(key: str, level: str, said: str) -> None:
    async with panel(*HINTS) as scene:
        await scene.press("v", key)
        assert scene.sent == [Command(action="volume", call_id=CALL, value=level)]
        assert f"hints: {said}" in scene.foot
        await scene.press("v", "escape")
        assert len(scene.sent) == 1
