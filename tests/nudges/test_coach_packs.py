"""The coach and its rule packs: the conversations that stand with the rules, scopes, and packs read anew."""

from typing import Any

import pytest

from nudges.packs import laid_over, load
from nudges.rehearsal import with_happenings
from nudges.rulepack import RuleTest
from streams.errors import PackError
from streams.events import (
    CallContext,
    CallEnded,
    CallStarted,
    CallSummary,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
)
from streams.script import script_events
from streams.transcript import read_transcript
from tests.nudges.coached import CASES, PACK_TEXT, Make, kinds, nudges
from tests.nudges.saying import says, tick


@pytest.mark.parametrize(("name", "rule", "test"), CASES, ids=[name for name, _, _ in CASES])
def test_the_conversation_of_a_rule(name: str, rule: str, test: RuleTest, make_coach: Make) -> None:
    """Each rule's own conversations, without the learned numbers and without the judge of the service."""
    script = read_transcript(test.call, f"{name}.call")
    pack = laid_over(PACK_TEXT, test.pack) if test.pack else PACK_TEXT
    others = [other.id for other in load(pack).pack.rule if other.id != rule]
    coach = make_coach(pack=pack, off=others if test.alone else [])
    events = with_happenings(script_events(script, "c"), test.events, "c")
    said = [out for event in events for out in coach.feed(event)]
    for wanted in script.expectations:
        shown = [event for event in said if isinstance(event, Nudge) and event.rule == wanted.rule]
        match wanted.kind:
            case "nudge":
                first_ms, last_ms = wanted.within or (0, 10**9)
                shown = [event for event in shown if wanted.severity in {None, event.severity}]
                assert any(first_ms <= event.at_ms <= last_ms for event in shown), nudges(said)
            case "not_rule":
                assert not shown
            case "not_family":
                assert not [line for line in nudges(said) if line.startswith(wanted.rule)]
            case "resolved":
                outcomes = [(event.rule, event.outcome) for event in said if isinstance(event, NudgeResolved)]
                assert (wanted.rule, wanted.outcome) in outcomes
            case "none":
                assert not nudges(said)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"volume": "loud"}, "nudges.volume: 'loud' is none of novice, standard, expert"),
        ({"off": "silence.dead_air"}, "nudges.off: a list of rule ids is wanted"),
        ({"shadow": [1]}, "nudges.shadow: a list of rule ids is wanted"),
    ],
)
def test_settings_that_cannot_be(make_coach: Make, config: dict[str, Any], message: str) -> None:
    with pytest.raises(PackError, match=message):
        make_coach(**config)


def test_the_pack_is_taken_as_it_stands_for_the_queue(make_coach: Make) -> None:
    scope = '[[scope]]\nqueues = ["billing"]\nrule = [{ id = "deesc.threat", text = "For billing." }]\n'
    for queue, text in (("billing", "For billing."), ("", "Threat heard. Don't argue. Ask what would put this right")):
        coach = make_coach(pack=f"{PACK_TEXT}\n{scope}")
        coach.feed(CallStarted(call_id="c", at_ms=0, queue=queue))
        (nudge,) = [
            event
            for event in coach.feed(says("customer", 0, 4000, "you will hear from my lawyer"))
            if isinstance(event, Nudge)
        ]
        assert nudge.text.startswith(text)


def reloaded(text: str, **config: Any) -> CallContext:
    return CallContext(call_id="c", at_ms=9000, pack=text, config={"volume": "novice", **config})


def test_rules_read_anew_hold_at_once_and_the_call_goes_on(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(says("customer", 0, 4000, "I am really frustrated, I've been waiting three weeks"))
    text = PACK_TEXT.replace("Threat heard. Don't argue.", "A threat.").replace("gap_s = 20 ", "gap_s = 1 ")
    coach.feed(reloaded(text.replace('label = "your name"', 'label = "a name"')))
    assert coach.wake_ms is not None
    (nudge,) = [
        event
        for event in coach.feed(says("customer", 9500, 12_000, "you will hear from my lawyer", number=1))
        if isinstance(event, Nudge)
    ]
    assert nudge.text.startswith("A threat.")
    summary = coach.feed(CallEnded(call_id="c", at_ms=13_000))[-1]
    assert isinstance(summary, CallSummary)
    assert summary.totals["customer_talk_ms"] is not None


def test_a_card_whose_rule_is_gone_leaves(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    assert nudges(list(coach.feed(says("customer", 0, 4000, "you will hear from my lawyer")))) == [
        "deesc.threat critical"
    ]
    gone = coach.feed(reloaded(PACK_TEXT, off=["deesc.threat"], volume="expert"))
    assert kinds(list(gone), NudgeResolved) == ["9000 NudgeResolved deesc.threat expired"]
    assert coach.feed(tick(60_000)) == () or nudges(list(coach.feed(tick(61_000)))) == []


def test_what_is_undone_after_its_rule_went_leaves_again(make_coach: Make) -> None:
    coach = make_coach()
    coach.feed(CallStarted(call_id="c", at_ms=0))
    coach.feed(says("customer", 0, 4000, "you will hear from my lawyer"))
    coach.feed(NudgeAnswered(call_id="c", at_ms=8000, nudge="c-n1", answer="dismissed"))
    coach.feed(reloaded(PACK_TEXT, off=["deesc.threat"]))
    back = coach.feed(NudgeAnswered(call_id="c", at_ms=9500, nudge="c-n1", answer="undone"))
    assert kinds(list(back), Nudge, NudgeResolved) == [
        "9500 Nudge deesc.threat critical",
        "9500 NudgeResolved deesc.threat expired",
    ]
