"""Heat and mood."""

from nudges.detectors import wake_ms
from nudges.findings import Memory
from nudges.signals import (
    HeatMoved,
    Hit,
    MoodMoved,
    TurnClosed,
    TurnTense,
)
from nudges.situation import Situation
from nudges.triggers import (
    Escalates,
    HeatCooled,
    HeatLasts,
    HeatReaches,
    MoodRecovered,
)
from streams.events import Quote
from tests.nudges.looking import look, says_customer, turn


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


def test_an_episode_is_told_once_and_ends_with_calm_turns(scene: Situation) -> None:
    trigger, memory = Escalates(at=20, calm_turns=2), Memory()
    up, more, down = HeatMoved(22, 0, 1), HeatMoved(30, 22, 2), HeatMoved(5, 25, 0)
    closed = TurnClosed(turn("C", 2000, 3000, "and so on"))
    assert look(scene, trigger, HeatMoved(12, 0, 1), memory=memory) == []
    (found,) = look(scene, trigger, up, at_ms=1000, memory=memory)
    assert (found.measured, found.threshold) == ("heat 0 to 22", "20")
    # The turn that raised it is not a calm one when it closes.
    assert look(scene, trigger, closed, TurnClosed(turn("A", 3000, 4000, "right")), memory=memory) == []
    assert look(scene, trigger, more, closed, closed, at_ms=5000, memory=memory) == []
    assert look(scene, trigger, more, at_ms=6000, memory=memory) == []
    assert look(scene, trigger, closed, down, closed, closed, at_ms=7000, memory=memory) == []
    assert len(look(scene, trigger, up, at_ms=9000, memory=memory)) == 1


def test_what_an_episode_left_over_starts_none(scene: Situation) -> None:
    trigger = Escalates(at=20, calm_turns=2, rise=10)
    assert look(scene, trigger, HeatMoved(30, 21, 1), memory=Memory()) == []
    assert len(look(scene, trigger, HeatMoved(31, 21, 1), memory=Memory())) == 1
    assert len(look(scene, trigger, HeatMoved(21, 19, 1), memory=Memory())) == 1


def test_an_episode_may_ask_for_a_tense_turn(scene: Situation) -> None:
    trigger, memory = Escalates(at=20, calm_turns=2, tense_from=0.5), Memory()
    scene.heat.hear((), (), score=None, turn=0, now_ms=0, tone=TurnTense(0.49, ()))
    assert look(scene, trigger, HeatMoved(30, 0, 1), memory=memory) == []
    scene.heat.hear((), (), score=None, turn=1, now_ms=0, tone=TurnTense(0.5, ()))
    assert len(look(scene, trigger, HeatMoved(45, 30, 1), memory=memory)) == 1, "the turn before began nothing"
