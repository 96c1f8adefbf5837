import pytest

from nudges.findings import Finding
from nudges.signals import Hit, Piece, Turn, TurnGrew, TurnTense
from nudges.situation import TURNS_KEPT, Condition, Situation, any_holds, condition_wake_ms, holds
from streams.events import AudioPaused, Hold
from tests.nudges.saying import ends, says, starts

FINDING = Finding(from_ms=9000, until_ms=10_000, measured="", threshold="")


def agent_says(scene: Situation, start_ms: int, end_ms: int, text: str, number: int = 0) -> None:
    scene.conversation.utterance("A", says("agent", start_ms, end_ms, text, number=number))


def check(scene: Situation, finding: Finding = FINDING, **fields: object) -> bool:
    return holds(Condition(**fields), finding, scene)  # type: ignore[arg-type]


def test_a_condition_without_fields_always_holds(scene: Situation) -> None:
    assert check(scene)
    assert any_holds((Condition(),), FINDING, scene)
    assert not any_holds((), FINDING, scene)


def test_the_words_of_the_last_turns_are_kept(scene: Situation) -> None:
    for index in range(3 * TURNS_KEPT):
        pieces = (Piece(index, 0, 1, "my parcel is broken"), Piece(index, 1, 2, "and late"))
        assert scene.content(Turn("C", index, pieces[:1])) == {"parcel", "broken"}
        assert scene.content(Turn("C", index, pieces)) == {"parcel", "broken", "late"}
        assert scene.content(Turn("C", index, pieces)) is scene.content(Turn("C", index, pieces))
    assert len(scene._content) == TURNS_KEPT


def test_heard_counts_from_the_end_of_the_evidence(scene: Situation) -> None:
    agent_says(scene, 5000, 6000, "bear with me")
    assert not check(scene, heard=("A.narrate_wait",))
    assert check(scene, heard=("A.narrate_wait",), within_s=5)
    assert not check(scene, heard=("A.narrate_wait",), within_s=2)
    assert check(scene, heard=("A.narrate_wait",), ever=True)
    assert not check(scene, heard=("A.narrate_wait",), ever=True, count=2)

    agent_says(scene, 12_000, 13_000, "bear with me", 1)
    assert check(scene, heard=("A.narrate_wait",))


def test_heard_all_and_missing(scene: Situation) -> None:
    finding = Finding(from_ms=0, until_ms=0, measured="", threshold="", items=("recap", "anything-else"))
    agent_says(scene, 1000, 2000, "so just to recap")
    scene.checklist.advance(2000)
    assert not check(scene, finding, heard_all=("A.recap", "A.anything_else"))
    assert not check(scene, finding, items_done=True)
    assert check(scene, finding, unheard=("A.anything_else",))

    agent_says(scene, 3000, 4000, "is there anything else today", 1)
    scene.checklist.advance(4000)
    assert check(scene, finding, heard_all=("A.recap", "A.anything_else"))
    assert check(scene, finding, items_done=True)
    assert not check(scene, finding, unheard=("A.anything_else",))


def test_who_speaks_and_who_spoke(scene: Situation) -> None:
    scene.timing.feed(starts("customer", 11_000))
    scene.now_ms = 12_000

    assert check(scene, speaking="C")
    assert not check(scene, speaking="A")
    assert check(scene, spoke="C")
    assert check(scene, spoke="any")
    assert not check(scene, spoke="A")
    assert not check(scene, spoke="C", spoke_s=2)
    assert condition_wake_ms(Condition(spoke="C", spoke_s=2), FINDING, scene) == 13_000
    assert condition_wake_ms(Condition(spoke="A", spoke_s=2), FINDING, scene) is None
    assert condition_wake_ms(Condition(spoke="C"), FINDING, scene) is None

    scene.now_ms = 13_000
    assert check(scene, spoke="C", spoke_s=2)
    assert condition_wake_ms(Condition(spoke="C", spoke_s=2), FINDING, scene) is None


def test_listening(scene: Situation) -> None:
    scene.timing.feed(starts("customer", 0))
    scene.timing.feed(ends("customer", 0, 8500))
    assert check(scene, listened_s=8)
    assert not check(scene, listened_s=9)


def test_calm_since_the_last_talk_over(scene: Situation) -> None:
    condition = Condition(calm_s=90)
    assert condition_wake_ms(condition, FINDING, scene) == 100_000
    scene.now_ms = 99_999
    assert not holds(condition, FINDING, scene)
    scene.now_ms = 100_000
    assert holds(condition, FINDING, scene)
    assert condition_wake_ms(condition, FINDING, scene) is None


def test_on_hold(scene: Situation) -> None:
    assert check(scene, on_hold=False)
    scene.timing.feed(Hold(call_id="c", at_ms=0))
    assert check(scene, on_hold=True)
    assert not check(scene, on_hold=False)


def test_heat(scene: Situation) -> None:
    scene.heat.hear((Hit("C.x", "C", "x", 10_000, 10_000, 0),), (60,), score=None, turn=0, now_ms=10_000)
    scene.now_ms = 10_000

    assert check(scene, heat_from=60)
    assert not check(scene, heat_from=61)
    assert check(scene, heat_below=61)
    assert not check(scene, heat_below=60)
    assert check(scene, peak_from=60)
    assert not check(scene, peak_from=61)

    condition = Condition(heat_fallen=15)
    assert not holds(condition, FINDING, scene)
    due_ms = condition_wake_ms(condition, FINDING, scene)
    assert due_ms is not None
    scene.now_ms = due_ms - 1
    assert not holds(condition, FINDING, scene)
    scene.now_ms = due_ms
    assert holds(condition, FINDING, scene)


def test_tense(scene: Situation) -> None:
    assert check(scene, tense_from=0.9), "where nothing was learned nothing is held back"
    scene.heat.hear((), (), score=None, turn=0, now_ms=0, tone=TurnTense(0.3, ()))
    assert check(scene, tense_from=0.3)
    assert not check(scene, tense_from=0.31)


def test_mood(scene: Situation) -> None:
    scene.mood.hear("this is horrible and I am angry", 1000)
    scene.now_ms = 2000
    assert check(scene, mood_risen_below=0.1, within_s=120)
    scene.mood.hear("wonderful, brilliant, excellent, I love it", 50_000)
    scene.now_ms = 51_000
    assert not check(scene, mood_risen_below=0.1, within_s=20)
    assert check(scene, mood_risen_below=2.0)


def test_openings(scene: Situation) -> None:
    assert check(scene, opening_waiting=False)
    assert not check(scene, opening_waiting=True)
    assert not check(scene, opening=("open",))

    (grew,) = scene.conversation.utterance("C", says("customer", 0, 2000, "I am really frustrated"))
    assert isinstance(grew, TurnGrew)
    scene.ledger.customer_spoke(grew, None)
    finding = Finding(from_ms=0, until_ms=2000, measured="", threshold="", opening="c-o1")
    assert check(scene, finding, opening=("open",), opening_waiting=True)
    assert not check(scene, finding, opening=("given",))


def test_the_course_of_the_call(scene: Situation) -> None:
    assert check(scene, phase=("opening",))
    assert not check(scene, phase=("closing",))
    assert not check(scene, showing=("a.one",))
    scene.showing = ("a.one",)
    assert check(scene, showing=("b.two", "a.one"))
    assert not check(scene, call_s=30)
    scene.now_ms = 30_000
    assert check(scene, call_s=30)


@pytest.mark.parametrize("fields", [{"heard": ("A.recap",), "phase": ("opening",)}, {"speaking": "A", "call_s": 0}])
def test_all_fields_must_hold(scene: Situation, fields: dict[str, object]) -> None:
    assert not check(scene, **fields)


def test_heard_in_the_time_just_past(scene: Situation) -> None:
    agent_says(scene, 5000, 6000, "bear with me")
    condition = Condition(heard=("A.narrate_wait",), last_s=10)
    scene.now_ms = 15_999
    assert holds(condition, FINDING, scene)
    assert condition_wake_ms(condition, FINDING, scene) == 16_000
    scene.now_ms = 16_000
    assert not holds(condition, FINDING, scene)
    assert condition_wake_ms(condition, FINDING, scene) is None
    assert check(scene, unheard=("A.narrate_wait",), last_s=10)


def test_what_the_agent_says_about_it(scene: Situation) -> None:
    finding = Finding(from_ms=0, until_ms=10_000, measured="", threshold="", text="the invoice had a strange fee")
    assert not check(scene, finding, words=3)
    assert not check(scene, finding, unlike=0.4)
    assert not check(scene, finding, names_it=True)

    agent_says(scene, 5000, 6000, "which floor will you be on then")
    agent_says(scene, 11_000, 12_000, "right okay", 1)
    assert check(scene, finding, words=2)
    assert not check(scene, finding, unlike=0.4)

    agent_says(scene, 14_000, 16_000, "the strange fee on the invoice", 2)
    assert not check(scene, finding, unlike=0.4)
    assert check(scene, finding, names_it=True)

    agent_says(scene, 18_000, 20_000, "which floor will you be on then", 3)
    assert check(scene, finding, unlike=0.4)


def test_a_paused_recording(scene: Situation) -> None:
    assert not check(scene, paused=True)
    scene.timing.feed(AudioPaused(call_id="c", at_ms=2000))
    assert check(scene, paused=True)
    late = Finding(from_ms=90_000, until_ms=90_000, measured="", threshold="")
    assert not check(scene, late, paused=True)


def test_the_pace_since(scene: Situation) -> None:
    assert not check(scene, pace_below=165)
    scene.pace.hear(Piece(0, 11_000, 31_000, "word " * 50))
    assert check(scene, pace_below=165)
    assert not check(scene, pace_below=150)


def test_more_of_the_course(scene: Situation) -> None:
    assert check(scene, call_below_s=30)
    assert condition_wake_ms(Condition(call_below_s=30), FINDING, scene) == 30_000
    scene.now_ms = 30_000
    assert not check(scene, call_below_s=30)
    assert check(scene, helped=False)
    scene.helped = True
    assert check(scene, helped=True)
    assert not check(scene, openings=1)
