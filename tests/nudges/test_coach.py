"""The coach as a whole: the order of time, determinism, people's answers, and the calls that stand with the rules."""

import pytest

from nudges.coach import Coach
from nudges.packs import laid_over
from streams.events import (
    CallContext,
    CallEnded,
    CallStarted,
    CallSummary,
    Empathy,
    FloorAlert,
    Heat,
    Held,
    HelpAsked,
    Mood,
    Note,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Quiet,
    SidesSwapped,
    Volume,
)
from streams.script import script_events
from streams.transcript import read_transcript
from tests.nudges.coached import ANGRY, Make, Play, kinds, nudges
from tests.nudges.saying import ends, partly, says, starts, tick


def test_an_angry_call(play: Play) -> None:
    said = play(ANGRY)
    assert nudges(said) == [
        "deesc.rising_heat info",
        "deesc.supervisor_request warn",
        "empathy.missed warn",
        "deesc.threat critical",
    ]
    floor = [event.rule for event in said if isinstance(event, FloorAlert)]
    assert floor == ["deesc.rising_heat", "deesc.supervisor_request", "deesc.threat"]
    shown = {event.nudge for event in said if isinstance(event, Nudge)}
    assert {event.nudge for event in said if isinstance(event, NudgeResolved)} == shown
    assert isinstance(said[-1], CallSummary)
    for event in said:
        if isinstance(event, Nudge):
            assert event.evidence
            assert event.measured
            assert event.threshold
            assert event.expires_ms > event.at_ms


def test_heat_is_told_as_it_rises_and_as_it_decays(play: Play) -> None:
    said = play("0-4 customer  this is ridiculous\n60-62 customer  hello\n")
    heat = [event for event in said if isinstance(event, Heat)]
    assert heat[0].at_ms == 4000
    assert heat[0].because[0].cue == "judgement"
    assert [event.value for event in heat[:3]] == [heat[0].value, heat[0].value - 5, heat[0].value - 10]
    assert [event.band for event in heat] == ["watch", "calm", "calm", "calm"][: len(heat)] or heat[-1].band == "calm"


def test_mood_is_the_customers_alone(play: Play) -> None:
    said = play("0-4 agent  that must be horrible and awful\n5-8 customer  it really is a horrible mess\n")
    (mood,) = [event for event in said if isinstance(event, Mood)]
    assert mood.at_ms == 8000
    assert mood.score < 0


def test_a_mixed_call_has_words_one_mood_and_no_sides(make_coach: Make) -> None:
    coach = make_coach()
    out = [*coach.feed(CallStarted(call_id="c", at_ms=0, channels=("mixed",)))]
    for event in (
        starts("mixed", 0),
        ends("mixed", 0, 4000),
        says("mixed", 0, 4000, "this is ridiculous I want to speak to a supervisor"),
        partly("mixed", 5000, 6000, "and so"),
        tick(30_000),
        CallEnded(call_id="c", at_ms=31_000),
    ):
        out += coach.feed(event)
    assert [type(event) for event in out if not isinstance(event, NudgeResolved)] == [
        Mood,
        Nudge,
        Nudge,
        CallSummary,
    ]
    assert {line.split()[0] for line in nudges(out)} == {"silence.dead_air"}


def test_answers_volume_and_quiet(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    out = list(coach.feed(says("customer", 0, 4000, "you will hear from my lawyer")))
    assert nudges(out) == ["deesc.threat critical"]
    dismissed = NudgeAnswered(call_id="c", at_ms=5000, nudge="c-n1", answer="dismissed", by="sam")
    assert kinds(list(coach.feed(dismissed)), NudgeResolved) == ["5000 NudgeResolved deesc.threat dismissed"]

    coach.feed(Quiet(call_id="c", at_ms=6000, until_ms=-1))
    coach.feed(Volume(call_id="c", at_ms=6000, level="expert"))
    later = list(coach.feed(says("customer", 200_000, 204_000, "my husband passed away", number=1)))
    assert nudges([*later, *coach.feed(tick(210_000))]) == []


def test_how_much_quiet_holds_back_is_told_when_it_changes(make_coach: Make) -> None:
    coach = make_coach(volume="novice")
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(Quiet(call_id="c", at_ms=1000, until_ms=-1))
    out = [*coach.feed(says("customer", 2000, 6000, "my husband passed away last month")), *coach.feed(tick(20_000))]
    held = [event.count for event in out if isinstance(event, Held)]
    assert held[0] == 1
    assert nudges(out) == []
    out = coach.feed(Quiet(call_id="c", at_ms=20_500, until_ms=0))
    held += [event.count for event in out if isinstance(event, Held)]
    assert held[-1] == 0


def test_swapped_sides_begin_anew(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(says("customer", 0, 4000, "this is ridiculous, I am furious, you will hear from my lawyer"))
    coach.feed(starts("agent", 4500))
    coach.feed(says("customer", 4600, 7000, "my husband passed away last month", number=1))
    out = list(coach.feed(SidesSwapped(call_id="c", at_ms=8000)))
    assert kinds(out, Empathy, NudgeResolved) == [
        "8000 Empathy  not_needed",
        "8000 NudgeResolved deesc.threat expired",
    ]
    heat = [event for event in out if isinstance(event, Heat)]
    assert [event.value for event in heat] == [0.0]
    (opened,) = [
        event
        for event in coach.feed(says("customer", 9000, 12_000, "I am really frustrated"))
        if isinstance(event, Empathy)
    ]
    assert opened.opening == "c-o2"


def test_swapping_a_cold_call_tells_no_heat(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    assert coach.feed(SidesSwapped(call_id="c", at_ms=8000)) == ()


def test_what_concerns_others_changes_nothing(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    for event in (
        Note(call_id="c", at_ms=100, note="n", by="x", text="I want to speak to a supervisor"),
        Mood(call_id="c", at_ms=200, utterance=0, score=-1, smoothed=-1, trend="falling"),
    ):
        assert coach.feed(event) == ()


def test_an_event_of_the_past_is_taken_now(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(starts("agent", 9000))
    (mood, *_) = coach.feed(says("customer", 0, 4000, "this is ridiculous honestly"))
    assert mood.at_ms == 9000


def test_after_the_end_there_is_nothing(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    (summary,) = coach.feed(CallEnded(call_id="c", at_ms=1000))
    assert isinstance(summary, CallSummary)
    assert coach.wake_ms is None
    assert coach.feed(CallEnded(call_id="c", at_ms=1000)) == ()


def test_at_the_end_everything_is_resolved(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(says("customer", 0, 4000, "I am really frustrated, you will hear from my lawyer"))
    coach.feed(says("agent", 5000, 7000, "can you confirm your account number"))
    out = list(coach.feed(CallEnded(call_id="c", at_ms=7100)))
    assert kinds(out, Empathy, NudgeResolved, CallSummary) == [
        "7100 Empathy  missed",
        "7100 NudgeResolved deesc.threat call_ended",
        "7100 CallSummary",
    ]


def test_a_short_turn_leaves_the_streak(play: Play) -> None:
    said = play(
        "0-4 customer  nobody ever called me back and I've been waiting three weeks\n"
        "6-7 customer  yes\n"
        "9-13 customer  this is ridiculous, I'm fed up\n14-15 agent  okay\n16-20 customer  and it is a parcel\n"
    )
    assert "deesc.rising_heat warn" in nudges(said) or "deesc.rising_heat critical" in nudges(said)


def test_thumbs_of_earlier_calls_count(make_coach: Make) -> None:
    coach = make_coach(history={"deesc.supervisor_request": (False, False)})
    coach.feed(CallStarted(call_id="c", at_ms=0))
    assert nudges(list(coach.feed(says("customer", 0, 4000, "can I talk to your supervisor please")))) == []


def test_what_comes_true_at_the_end_comes_too_late(play: Play) -> None:
    said = play("0-5 customer  hello, I called you already last week about the invoice\n6-9 agent  which invoice\n")
    assert nudges(said) == []


def test_help_that_was_asked_for_is_known(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    shown = coach.feed(says("customer", 0, 4000, "you are a useless idiot"))
    assert "deesc.abuse warn" in nudges([*shown, *coach.feed(tick(5000))])
    done = coach.feed(HelpAsked(call_id="c", at_ms=6000, help="h"))
    assert kinds(list(done), NudgeResolved) == ["6000 NudgeResolved deesc.abuse done"]


@pytest.mark.parametrize(
    ("peaks", "shown"), [((12.0, 41.0, 40.0), True), ((41.0, 41.0, 3.0, 3.0, 3.0), False), ((), False)]
)
def test_several_hard_calls_make_a_pause_worth_while(pack_text: str, peaks: tuple[float, ...], shown: bool) -> None:
    on = laid_over(pack_text, 'rule = [{ id = "stress.reset", enabled = true }]')
    coach = Coach(CallContext(call_id="c", at_ms=0, pack=on, config={"volume": "novice"}, peaks=peaks))
    call = "0-5 customer  nobody called me back, I am so upset\n6-7 agent  okay\n"
    said = [out for event in script_events(read_transcript(call, "t.call"), "c") for out in coach.feed(event)]
    assert 40 <= said[-1].totals["heat_peak"] < 60
    assert ("stress.reset info" in nudges(said)) is shown
