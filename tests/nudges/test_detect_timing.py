"""Who speaks when, without words."""

from typing import Any

import pytest

from nudges.detectors import wake_ms
from nudges.findings import Memory
from nudges.signals import (
    HeatMoved,
    Piece,
    Replied,
    TalkedOver,
    TurnClosed,
)
from nudges.situation import Situation
from nudges.triggers import (
    FloorHeld,
    HastyReplies,
    HoldLasts,
    HoldOver,
    SilenceLasts,
    SpeaksFast,
    TalkShare,
    TalksOver,
)
from streams.events import Hold, Resumed
from tests.nudges.looking import look, says_agent, says_customer, turn
from tests.nudges.saying import ends, starts


def speaks(scene: Situation, *spans: tuple[Any, int, int]) -> None:
    for who, start_ms, end_ms in spans:
        scene.timing.feed(starts(who, start_ms))
        scene.timing.feed(ends(who, start_ms, end_ms))


def test_silence_is_told_once(scene: Situation) -> None:
    trigger, memory = SilenceLasts(s=10), Memory()
    speaks(scene, ("agent", 0, 1000))
    assert wake_ms(trigger, scene) == 11_000
    assert look(scene, trigger, at_ms=10_999, memory=memory) == []
    (found,) = look(scene, trigger, at_ms=11_000, memory=memory)
    assert (found.from_ms, found.until_ms, found.measured) == (1000, 11_000, "10 s of silence")
    assert look(scene, trigger, at_ms=12_000, memory=memory) == []


def test_interruptions(scene: Situation) -> None:
    over = TalkedOver(9000, 1200, False, False)
    scene.timing.talk_overs = [TalkedOver(1000, 900, False, False), over]
    (found,) = look(scene, TalksOver(count=2, within_s=60), over, at_ms=10_000)
    assert (found.measured, found.threshold) == ("2 interruptions", "2 in 60 s")
    assert look(scene, TalksOver(count=2, within_s=5), over, at_ms=10_000) == []
    assert look(scene, TalksOver(long=True), over, at_ms=10_000) == []
    assert look(scene, TalksOver(in_issue=True), over, at_ms=10_000) == []
    assert look(scene, TalksOver(), HeatMoved(0, 0, 0)) == []

    (found,) = look(scene, TalksOver(long=True), TalkedOver(9000, 2100, True, False), at_ms=10_000)
    assert (found.measured, found.threshold) == ("2.1 s over the customer", "a long overlap")
    (found,) = look(scene, TalksOver(in_issue=True), TalkedOver(9000, 2100, False, True), at_ms=10_000)
    assert found.threshold == "in their issue statement"


def test_hasty_replies(scene: Situation) -> None:
    trigger, memory = HastyReplies(count=2, of=3, under_ms=100), Memory()
    assert look(scene, trigger, Replied(0, 50), memory=memory) == []
    assert look(scene, trigger, Replied(0, 500), HeatMoved(0, 0, 0), memory=memory) == []
    (found,) = look(scene, trigger, Replied(0, -20), memory=memory)
    assert (found.measured, found.threshold) == ("2 replies under 100 ms", "2 of 3")
    assert look(scene, trigger, Replied(0, 50), memory=memory) == []


def test_the_floor_is_told_once(scene: Situation) -> None:
    trigger, memory = FloorHeld(s=45), Memory()
    scene.timing.feed(starts("agent", 1000))
    assert wake_ms(trigger, scene) == 46_000
    assert look(scene, trigger, at_ms=45_999, memory=memory) == []
    (found,) = look(scene, trigger, at_ms=46_000, memory=memory)
    assert found.measured == "45 s without handing over"
    assert look(scene, trigger, at_ms=47_000, memory=memory) == []


@pytest.mark.parametrize(
    ("agent_ms", "at_ms", "found"),
    [(100_000, 180_000, 1), (100_000, 170_000, 0), (50_000, 180_000, 0), (20_000, 180_000, 0)],
)
def test_talk_share(scene: Situation, agent_ms: int, at_ms: int, found: int) -> None:
    trigger = TalkShare(above=0.65, window_s=180, speech_s=60, turns=3)
    speaks(scene, ("agent", 1000, 1000 + agent_ms), ("customer", 120_000, 150_000))
    closed = TurnClosed(turn("A", 0, 1000, "x"))
    assert len(look(scene, trigger, closed, at_ms=at_ms)) == found
    assert look(scene, trigger, at_ms=at_ms) == []


def test_too_little_speech_for_a_share(scene: Situation) -> None:
    speaks(scene, ("agent", 1000, 40_000))
    closed = TurnClosed(turn("A", 0, 1000, "x"))
    trigger = TalkShare(above=0.65, window_s=180, speech_s=60, turns=3)
    assert look(scene, trigger, closed, at_ms=180_000) == []


def test_a_customer_who_has_turns_is_in_the_conversation(scene: Situation) -> None:
    speaks(scene, ("agent", 1000, 101_000), ("customer", 120_000, 150_000))
    for number in range(4):
        says_customer(scene, 120_000 + 5000 * number, 121_000 + 5000 * number, "yes", number)
    closed = TurnClosed(turn("A", 0, 1000, "x"))
    assert look(scene, TalkShare(above=0.65, window_s=180, speech_s=60, turns=4), closed, at_ms=180_000)
    assert not look(scene, TalkShare(above=0.65, window_s=180, speech_s=60, turns=3), closed, at_ms=180_000)


def test_a_hold_is_told_once(scene: Situation) -> None:
    trigger, memory = HoldLasts(s=45), Memory()
    scene.timing.feed(Hold(call_id="c", at_ms=1000))
    assert wake_ms(trigger, scene) == 46_000
    assert look(scene, trigger, at_ms=45_999, memory=memory) == []
    (found,) = look(scene, trigger, at_ms=46_000, memory=memory)
    assert (found.measured, found.threshold) == ("on hold for 45 s", "45 s")
    assert look(scene, trigger, at_ms=47_000, memory=memory) == []
    (begun,) = look(scene, HoldLasts(s=0), at_ms=47_000)
    assert begun.threshold == "asked before"

    over = Memory()
    assert look(scene, HoldOver(), at_ms=48_000, memory=over) == []
    scene.timing.feed(Resumed(call_id="c", at_ms=50_000))
    assert len(look(scene, HoldOver(), at_ms=50_000, memory=over)) == 1
    assert look(scene, HoldOver(), at_ms=51_000, memory=over) == []
    assert wake_ms(HoldOver(), scene) is None


def test_a_fast_speaker(scene: Situation) -> None:
    grew = says_agent(scene, 0, 20_000, "word " * 80)
    scene.pace.hear(grew[0].piece)  # type: ignore[union-attr]
    (found,) = look(scene, SpeaksFast(window_s=20, wpm=200), *grew, at_ms=20_000)
    assert (found.measured, found.threshold) == ("240 words a minute", "200 over 20 s of speech")
    assert look(scene, SpeaksFast(window_s=20, wpm=240), *grew, at_ms=20_000) == []
    assert look(scene, SpeaksFast(window_s=20, wpm=200), at_ms=20_000) == []
    assert look(scene, SpeaksFast(window_s=30, wpm=200), *grew, at_ms=20_000) == []
    own = SpeaksFast(window_s=20, over_own=1.25, least_wpm=190)
    assert look(scene, own, *grew, at_ms=20_000) == []

    for number in range(3):
        scene.pace.hear(Piece(number, 20_000, 60_000, "word " * 80))
    grew = says_agent(scene, 80_000, 100_000, "word " * 80, 1)
    scene.pace.hear(grew[-1].piece)  # type: ignore[union-attr]
    (found,) = look(scene, own, *grew, at_ms=100_000)
    assert found.measured == "240 words a minute"
