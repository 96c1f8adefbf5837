from nudges.detect_items import call_ends, items_missing, overdue
from nudges.findings import Memory
from nudges.signals import CallOver, ItemOverdue, MoodMoved
from nudges.situation import Situation
from nudges.triggers import CallEnds, ItemsMissing, ItemsOverdue
from tests.nudges.saying import says


def test_lines_that_are_late(scene: Situation) -> None:
    scene.signals = (
        ItemOverdue("a", "your name", "greeting"),
        ItemOverdue("b", "the company", "greeting"),
        ItemOverdue("c", "recap", "close"),
        MoodMoved(0, 0),
    )
    (found,) = overdue(ItemsOverdue(groups=("greeting",)), scene, Memory())
    assert found.measured == "not said: your name, the company"
    assert (found.items, found.names) == (("a", "b"), ("your name", "the company"))
    assert overdue(ItemsOverdue(groups=("verify",)), scene, Memory()) == []
    assert overdue(ItemsOverdue(groups=("greeting",), least=2), scene, Memory())
    assert overdue(ItemsOverdue(groups=("greeting",), least=3), scene, Memory()) == []


def test_lines_missing_when_a_cue_is_heard(scene: Situation) -> None:
    trigger = ItemsMissing(cues=("A.goodbye",), groups=("close",), least=2)
    scene.signals = tuple(scene.conversation.utterance("A", says("agent", 0, 4000, "I'll fix that for you, goodbye")))
    scene.checklist.advance(4000)
    (found,) = items_missing(trigger, scene, Memory())
    assert found.measured == "not said: recap, anything else?"
    assert found.items == ("recap", "anything-else")
    assert found.evidence

    scene.conversation.utterance("A", says("agent", 5000, 6000, "so just to recap", number=1))
    scene.checklist.advance(6000)
    assert items_missing(trigger, scene, Memory()) == []


def test_the_end_of_the_call(scene: Situation) -> None:
    assert call_ends(CallEnds(), scene, Memory()) == []
    scene.signals = (CallOver(),)
    (found,) = call_ends(CallEnds(), scene, Memory())
    assert found.measured == "heat up to 0"
