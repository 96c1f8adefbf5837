"""The registry, and each detector on a small situation."""

from typing import Any, get_args

import pytest

from nudges.detectors import find, is_timed, wake_ms
from nudges.findings import Finding, Memory
from nudges.signals import (
    HeatMoved,
    Hit,
    MoodMoved,
    Opening,
    OpeningDue,
    OpeningMoved,
    Piece,
    Replied,
    Signal,
    TalkedOver,
    Turn,
    TurnClosed,
    TurnGrew,
    TurnTense,
)
from nudges.situation import Situation
from nudges.triggers import (
    AnsweredWell,
    CallEnds,
    FloorHeld,
    HastyReplies,
    Heard,
    HeatCooled,
    HeatLasts,
    HeatReaches,
    HoldLasts,
    HoldOver,
    IntoWait,
    ItemsMissing,
    ItemsOverdue,
    MoodRecovered,
    OpeningIs,
    Repeats,
    ReplyLacks,
    SilenceLasts,
    SinceIssue,
    SpeaksFast,
    TalkShare,
    TalksOver,
    Tense,
    TopicDropped,
    Trigger,
    Unanswered,
    Unclear,
)
from streams.events import Hold, Quote, Resumed
from tests.nudges.saying import ends, says, starts


def look(scene: Situation, trigger: Trigger, *signals: Signal, at_ms: int = 0, memory: Memory | None = None) -> Any:
    scene.now_ms = at_ms
    scene.signals = signals
    return find(trigger, scene, memory or Memory())


def turn(side: Any, start_ms: int, end_ms: int, text: str, index: int = 0) -> Turn:
    return Turn(side, index, (Piece(0, start_ms, end_ms, text),))


def opening(**changes: Any) -> Opening:
    fields: dict[str, Any] = {
        "opening": "c-o1",
        "strength": "strong",
        "state": "open",
        "quote": "so frustrated",
        "said_ms": 900,
        "ended_ms": 1000,
    }
    return Opening(**{**fields, **changes})


def says_agent(scene: Situation, start_ms: int, end_ms: int, text: str, number: int = 0) -> list[Signal]:
    return scene.conversation.utterance("A", says("agent", start_ms, end_ms, text, number=number))


def says_customer(scene: Situation, start_ms: int, end_ms: int, text: str, number: int = 0) -> list[Signal]:
    return scene.conversation.utterance("C", says("customer", start_ms, end_ms, text, number=number))


def test_every_kind_has_a_detector(scene: Situation) -> None:
    made: list[Trigger] = [
        Heard(cues=("C.hardship",)),
        Unanswered(),
        OpeningIs(state="bare"),
        AnsweredWell(strength=("strong",), moves=()),
        HeatReaches(at=40),
        HeatCooled(top=40, bottom=15, turns=2),
        MoodRecovered(low=-0.2, by=0.35, utterances=2),
        SilenceLasts(s=10),
        TalksOver(),
        HastyReplies(count=4, of=5, under_ms=100),
        FloorHeld(s=45),
        TalkShare(above=0.65, window_s=180, speech_s=60, turns=3),
        HeatLasts(at=60, s=45),
        Tense(calm_turns=3),
        HoldLasts(s=45),
        HoldOver(),
        SpeaksFast(window_s=20, wpm=200),
        IntoWait(cues=("C.give_me_time",), turns=2, within_s=6),
        Unclear(below=0.5, window_s=20, words=8),
        Repeats(side="A", share=0.8, words=5),
        ReplyLacks(words=15, turns=2, cues=(), lacks=()),
        TopicDropped(cues=(), turns=2),
        SinceIssue(s=60),
        ItemsOverdue(groups=("close",)),
        ItemsMissing(cues=(), groups=()),
        CallEnds(),
    ]
    assert {type(one) for one in made} == set(get_args(Trigger))
    for one in made:
        assert look(scene, one) == []
        if is_timed(one):
            assert wake_ms(one, scene) is None


# --- words ------------------------------------------------------------------------------------------------------------


def test_a_cue_in_new_words(scene: Situation) -> None:
    trigger = Heard(cues=("C.hardship",))
    new = says_customer(scene, 0, 4000, "my husband passed away")

    (found,) = look(scene, trigger, *new)
    assert found.evidence == (Quote("my husband passed away", found.from_ms),)
    assert (found.measured, found.threshold) == ("hardship: once", "once")
    assert look(scene, trigger, *says_customer(scene, 5000, 6000, "hello", 1)) == []
    assert look(scene, trigger, TalkedOver(0, 0, False, False)) == []


def test_a_cue_several_times(scene: Situation) -> None:
    trigger = Heard(cues=("A.sorry",), count=2, within_s=60)
    assert look(scene, trigger, *says_agent(scene, 0, 1000, "sorry")) == []
    (found,) = look(scene, trigger, *says_agent(scene, 9000, 10_000, "sorry", 1))
    assert (found.measured, found.threshold) == ("sorry: 2 times", "2 times in 60 s")
    assert look(scene, trigger, *says_agent(scene, 90_000, 91_000, "sorry", 2)) == []


def test_a_cue_in_several_turns(scene: Situation) -> None:
    trigger = Heard(cues=("A.sorry",), turns=2, within_s=60)
    assert look(scene, trigger, *says_agent(scene, 0, 1000, "sorry sorry sorry")) == []
    assert len(look(scene, trigger, *says_agent(scene, 9000, 10_000, "sorry", 1))) == 1


def test_a_cue_at_the_beginning_of_a_turn(scene: Situation) -> None:
    trigger = Heard(cues=("A.sorry",), early_s=1.5)
    assert len(look(scene, trigger, *says_agent(scene, 0, 9000, "sorry but this is as far as I can go with it"))) == 1
    late = says_agent(scene, 20_000, 29_000, "this is as far as I can go with it I am sorry", 1)
    assert look(scene, trigger, *late) == []


# --- empathy ----------------------------------------------------------------------------------------------------------


def test_an_answer_is_due(scene: Situation) -> None:
    (found,) = look(scene, Unanswered(), OpeningDue(opening(), "1 turn", "1"))
    assert found == Finding(
        from_ms=900,
        until_ms=1000,
        measured="1 turn",
        threshold="1",
        evidence=(Quote("so frustrated", 900),),
        opening="c-o1",
    )


def test_an_opening_comes_into_a_state(scene: Situation) -> None:
    trigger = OpeningIs(state="bare", strength=("strong",))
    assert len(look(scene, trigger, OpeningMoved(opening(state="bare")))) == 1
    assert look(scene, trigger, OpeningMoved(opening(state="given"))) == []
    assert look(scene, trigger, OpeningMoved(opening(state="bare", strength="weak"))) == []
    assert look(scene, trigger, HeatMoved(1, 0, 1)) == []


GOOD = "I'm so sorry you've had to wait, you have been waiting three weeks"
WELL = AnsweredWell(strength=("strong",), moves=("A.ack_emotion", "A.validate_specific"))


def given(**changes: Any) -> OpeningMoved:
    return OpeningMoved(opening(state="given", answered_ms=2000, **changes))


def test_a_good_first_answer_is_judged_when_its_turn_is_over(scene: Situation) -> None:
    memory = Memory()
    assert look(scene, WELL, given(), *says_agent(scene, 2000, 5000, GOOD), memory=memory) == []
    closed = scene.conversation.finish()
    assert look(scene, WELL, TurnClosed(turn("A", 0, 900, "hello")), memory=memory) == []
    (found,) = look(scene, WELL, *closed, memory=memory)
    assert found.measured == "ack emotion, validate specific in the first answer"
    assert len(found.evidence) == 2
    assert look(scene, WELL, *closed, memory=memory) == []


def test_an_answer_that_is_not_good_enough(scene: Situation) -> None:
    says_agent(scene, 2000, 5000, "that must be really stressful for you")
    closed = scene.conversation.finish()
    assert look(scene, WELL, given(), *closed) == []
    assert look(scene, WELL, given(turns=1), *closed) == []
    assert look(scene, WELL, given(strength="weak"), *closed) == []
    assert look(scene, WELL, OpeningMoved(opening()), *closed) == []
    assert look(scene, WELL, given(), TurnClosed(turn("C", 2000, 5000, GOOD))) == []


# --- heat and mood ----------------------------------------------------------------------------------------------------


def rise(scene: Situation, points: float, at_ms: int, turn_index: int = 0, quote: str = "a joke") -> None:
    scene.heat.hear(
        (Hit("C.judgement", "C", quote, at_ms, at_ms, turn_index),),
        (points,),
        score=None,
        turn=turn_index,
        now_ms=at_ms,
    )


def test_heat_reaches_a_value(scene: Situation) -> None:
    rise(scene, 45, 1000)
    rise(scene, 5, 1000, 1)
    (found,) = look(scene, HeatReaches(at=40), HeatMoved(50, 45, 1), at_ms=1000)
    assert found.measured == "heat 45 to 50"
    assert found.evidence == (Quote("a joke", 1000),)
    assert look(scene, HeatReaches(at=40), HeatMoved(39, 0, 1)) == []
    assert look(scene, HeatReaches(at=40), HeatMoved(45, 50, 1)) == []
    assert look(scene, HeatReaches(at=40, streak=2), HeatMoved(45, 0, 1)) == []
    assert look(scene, HeatReaches(at=40), MoodMoved(0, 0)) == []


def test_heat_cooled_for_two_turns(scene: Situation) -> None:
    trigger = HeatCooled(top=40, bottom=15, turns=2)
    memory = Memory()
    rise(scene, 45, 1000)
    closed = []
    for number, at_ms in enumerate((2000, 100_000, 110_000, 120_000)):
        says_customer(scene, at_ms, at_ms + 1000, "okay that is good", number)
        closed.append(scene.conversation.finish()[0])

    assert look(scene, trigger, at_ms=111_000, memory=memory) == []
    assert look(scene, trigger, TurnClosed(turn("A", 0, 1, "x")), at_ms=111_000, memory=memory) == []
    (found,) = look(scene, trigger, closed[3], at_ms=121_000, memory=memory)
    assert found.measured == "heat 45 to 7"
    assert look(scene, trigger, closed[3], at_ms=121_000, memory=memory) == []


def test_heat_not_cooled_yet(scene: Situation) -> None:
    trigger = HeatCooled(top=40, bottom=15, turns=2)
    says_customer(scene, 0, 1000, "okay that is good")
    closed = scene.conversation.finish()
    assert look(scene, trigger, *closed) == []

    rise(scene, 45, 1500)
    assert look(scene, trigger, *closed) == []
    for number in (1, 2):
        says_customer(scene, 3000 * number, 3000 * number + 1000, "okay that is good", number)
        closed = scene.conversation.finish()
    assert look(scene, trigger, *closed, at_ms=9000) == []


def test_mood_recovers_once(scene: Situation) -> None:
    trigger = MoodRecovered(low=-0.2, by=0.35, utterances=2)
    memory = Memory()
    good, bad = "wonderful brilliant excellent love", "horrible angry disgusting hate"
    moved = MoodMoved(0, 0)
    scene.mood.hear(good, 0)
    assert look(scene, trigger, moved, memory=memory) == []
    for at_ms in range(3):
        scene.mood.hear(bad, at_ms)
    assert look(scene, trigger, moved, memory=memory) == []
    scene.mood.hear(good, 10)
    assert look(scene, trigger, moved, memory=memory) == []
    scene.mood.hear(good, 11)
    assert look(scene, trigger, memory=memory) == []
    (found,) = look(scene, trigger, moved, memory=memory)
    assert found.threshold == "+0.35 from -0.2"
    assert look(scene, trigger, moved, memory=memory) == []


# --- timing -----------------------------------------------------------------------------------------------------------


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


def test_heat_that_lasts_is_told_once_a_time(scene: Situation) -> None:
    trigger, memory = HeatLasts(at=40, s=10), Memory()
    assert wake_ms(trigger, scene) is None
    scene.heat.hear((Hit("C.x", "C", "x", 0, 0, 0),), (60,), score=None, turn=0, now_ms=1000)
    scene.now_ms = 2000
    assert wake_ms(trigger, scene) == 11_000
    assert look(scene, trigger, at_ms=10_999, memory=memory) == []
    (found,) = look(scene, trigger, at_ms=11_000, memory=memory)
    assert found.threshold == "40 for 10 s"
    assert look(scene, trigger, at_ms=12_000, memory=memory) == []


def test_an_episode_of_tension_is_told_once(scene: Situation) -> None:
    trigger, memory = Tense(calm_turns=2), Memory()
    calm, tense = TurnTense(0.1, 0.3, ()), TurnTense(0.4, 0.3, (Quote("fed up", 900),))
    closed = TurnClosed(turn("C", 2000, 3000, "and so on"))
    assert look(scene, trigger, calm, memory=memory) == []
    (found,) = look(scene, trigger, tense, at_ms=1000, memory=memory)
    assert (found.measured, found.threshold, found.evidence) == ("tense with 40 %", "30 %", (Quote("fed up", 900),))
    assert look(scene, trigger, tense, closed, at_ms=1100, memory=memory) == []
    assert look(scene, trigger, tense, closed, MoodMoved(0, 0), memory=memory) == []
    assert look(scene, trigger, closed, at_ms=1100, memory=memory) == []
    assert len(look(scene, trigger, tense, at_ms=9000, memory=memory)) == 1
    assert look(scene, Tense(calm_turns=2, at=0.5), tense) == []


def test_grown_turns_carry_the_hits(scene: Situation) -> None:
    (grew,) = says_customer(scene, 0, 4000, "I want to speak to a supervisor")
    assert isinstance(grew, TurnGrew)
    assert grew.turn.text == grew.piece.text
