from collections.abc import Callable
from typing import Any

import pytest

from nudges.coach import Coach
from nudges.situation import Situation
from nudges.wrapup import Disposition, Mark, WrapUpSettings, dispositions, wrap_up
from streams.errors import PackError
from streams.events import CallEnded, CallStarted, CallSummary, CoachEvent
from tests.nudges.saying import partly

KNOWN: list[dict[str, Any]] = [
    {"name": "Delivery", "words": ["deliver", "parcel"]},
    {"name": "Refund", "words": ["refund"]},
    {"name": "Something else"},
]
CALL = (
    "0-6 customer  my parcel never came and I'm absolutely furious, get me a supervisor please\n"
    "7-13 agent  oh no, I'll call you about the parcel tomorrow at nine\n"
    "14-16 customer  and the refund\n"
    "17-20 agent  someone will email you\n"
)


def summary(play: Callable[..., list[CoachEvent]], text: str, **config: Any) -> dict[str, Any]:
    ended = play(text, **config)[-1]
    assert isinstance(ended, CallSummary)
    return ended.totals


def test_a_call_in_which_nothing_happened(scene: Situation) -> None:
    assert wrap_up(scene, WrapUpSettings(), 8, ()) == {
        "agent_wpm": None,
        "customer_wpm": None,
        "open_promises": 0,
        "promises": [],
        "disposition": None,
        "disposition_because": [],
        "notes": [],
    }


def test_what_was_promised_and_by_when(play: Callable[..., list[CoachEvent]]) -> None:
    found = summary(play, CALL)
    assert found["open_promises"] == 2
    first, second = found["promises"]
    assert first["quote"] == "oh no, I'll call you about the parcel tomorrow at nine"
    assert 7000 <= first["said_ms"] <= 13_000
    assert (first["has_time"], second["has_time"]) == (True, False)
    assert any(note.startswith("Promised (00:0") for note in found["notes"])
    assert any(note.startswith("Promised, without a time (00:1") for note in found["notes"])


def test_a_promise_is_quoted_by_its_sentence(play: Callable[..., list[CoachEvent]]) -> None:
    found = summary(play, "0-9 agent  Right, good. I will call you back within two days and then we will see. Bye.\n")
    assert [promise["quote"] for promise in found["promises"]] == [
        "I will call you back within two days and then we will see."
    ]


def test_words_that_were_never_final_are_quoted_as_they_were_heard(make_coach: Callable[..., Coach]) -> None:
    coach = make_coach()
    events = [
        CallStarted(call_id="c", at_ms=0),
        partly("agent", 0, 900, "I will call you back"),
        CallEnded(call_id="c", at_ms=999),
    ]
    ended = [said for event in events for said in coach.feed(event)][-1]
    assert isinstance(ended, CallSummary)
    assert [promise["quote"] for promise in ended.totals["promises"]] == ["I will call you back"]  # type: ignore[attr-defined]


def test_a_promise_said_again_is_one(play: Callable[..., list[CoachEvent]]) -> None:
    found = summary(
        play, "0-3 agent  I will call you back\n5-7 customer  okay then\n8-11 agent  i will call you BACK\n"
    )
    assert found["open_promises"] == 1


def test_notes(play: Callable[..., list[CoachEvent]]) -> None:
    notes = summary(play, CALL)["notes"]
    assert notes[0].startswith("Issue: “my parcel never came")
    assert any(note.startswith("Asked for a supervisor (00:0") for note in notes)
    assert any(note.startswith("Feeling ") and "furious" in note for note in notes)


def test_long_quotes_are_cut(scene: Situation, play: Callable[..., list[CoachEvent]]) -> None:
    notes = summary(play, "0-60 customer  " + "it is about the thing " * 30 + "\n")["notes"]
    assert notes[0].endswith("…”")
    assert len(notes[0]) <= len("Issue: “”") + 120


def test_feelings_and_their_answers(play: Callable[..., list[CoachEvent]]) -> None:
    feeling = "0-6 customer  I've been ringing for a week and I'm really furious about it\n"
    given = summary(
        play, feeling + "7-13 agent  I'm so sorry, that must be really upsetting, a whole week\n60-61 agent  yes\n"
    )
    assert any(note.startswith("Feeling answered with empathy") for note in given["notes"])
    bare = summary(
        play, feeling + "7-9 agent  sorry about that\n10-14 agent  now can I have your account number please\n"
    )
    assert any(note.startswith("Feeling answered with a formula") for note in bare["notes"])
    weak = summary(
        play, "0-6 customer  I have been waiting for three weeks now\n7-9 agent  what is your account number then\n"
    )
    assert not any(note.startswith("Feeling") for note in weak["notes"])


@pytest.mark.parametrize(("times", "named", "last"), [(6, 6, "Feeling"), (7, 6, "and 2 more feelings")])
def test_of_many_feelings_the_first_are_named(
    play: Callable[..., list[CoachEvent]], times: int, named: int, last: str
) -> None:
    turn = "{0}-{1} customer  I'm really furious about it\n{2}-{3} agent  what is your account number then please\n"
    text = "".join(turn.format(at, at + 4, at + 5, at + 8) for at in range(0, times * 90, 90))
    notes = [note for note in summary(play, text)["notes"] if note.startswith(("Feeling", "and "))]
    assert len(notes) == named
    assert notes[-1].startswith(last)


def test_the_disposition_that_most_turns_speak_for(play: Callable[..., list[CoachEvent]]) -> None:
    found = summary(play, CALL, dispositions=KNOWN)
    assert (found["disposition"], found["disposition_because"]) == ("Delivery", ["parcel"])
    found = summary(play, "0-2 customer  about my refund\n", dispositions=KNOWN)
    assert found["disposition"] == "Refund"


def test_the_agents_words_speak_for_a_disposition_in_any_case_and_the_customers_twice(
    play: Callable[..., list[CoachEvent]],
) -> None:
    known = [{**each, "words": [word.upper() for word in each.get("words", ())]} for each in KNOWN]
    agent = "0-2 agent  about your Refund\n3-5 customer  yes\n6-8 agent  the refund went out\n"
    assert summary(play, agent, dispositions=known)["disposition"] == "Refund"
    assert summary(play, agent + "9-11 customer  and a Parcel\n", dispositions=known)["disposition"] == "Delivery"


def test_words_are_beginnings_of_words(play: Callable[..., list[CoachEvent]]) -> None:
    assert summary(play, "0-2 customer  was it delivered\n", dispositions=KNOWN)["disposition"] == "Delivery"
    assert summary(play, "0-2 customer  it is undelivered\n", dispositions=KNOWN)["disposition"] == "Something else"


def test_without_a_fitting_disposition_there_is_none(play: Callable[..., list[CoachEvent]]) -> None:
    assert summary(play, "0-2 customer  hello\n", dispositions=KNOWN[:2])["disposition"] is None


def test_pace_in_words_a_minute(play: Callable[..., list[CoachEvent]]) -> None:
    found = summary(play, "0-2 customer  one two three four five\n4-8 agent  one two three four\n")
    assert (found["customer_wpm"], found["agent_wpm"]) == (150, 60)


def test_settings_of_another_form_are_refused(make_coach: Callable[..., Coach]) -> None:
    assert dispositions({}) == ()
    assert dispositions({"dispositions": [{"name": "a", "words": ["b"]}]}) == (Disposition("a", ("b",)),)
    with pytest.raises(PackError, match=r"nudges\.dispositions: "):
        make_coach(dispositions=["a"])
    assert Mark("a", ()).note == "a"
