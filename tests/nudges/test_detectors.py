"""The registry, and each detector on a small situation."""

from typing import get_args

from nudges.detectors import is_timed, set_off_by, wake_ms
from nudges.signals import (
    TurnGrew,
)
from nudges.situation import Situation
from nudges.triggers import (
    AnsweredWell,
    CallEnds,
    Escalates,
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
    TopicDropped,
    Trigger,
    Unanswered,
    Unclear,
)
from tests.nudges.looking import look, says_customer


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
        Escalates(at=20, calm_turns=3),
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
        assert is_timed(one) or set_off_by(one)
        if is_timed(one):
            assert wake_ms(one, scene) is None
            assert not set_off_by(one)


def test_grown_turns_carry_the_hits(scene: Situation) -> None:
    (grew,) = says_customer(scene, 0, 4000, "I want to speak to a supervisor")
    assert isinstance(grew, TurnGrew)
    assert grew.turn.text == grew.piece.text
