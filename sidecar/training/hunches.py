"""What we expect of each feature before any line is read: `feature names -> hunches_for -> Hunches`.

Set by hand from how people talk, in points; a point is `POINT` of log-odds. They come from no data set. Where a corpus
says otherwise in earnest the fit moves away from them, but never past the sign.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from nudges.families import CALM, MILD, TELLING
from sidecar.training.logistic import Hunches, free_hunches

POINT = 0.6
PULL = 80.0  # against rows that weigh about one each
_REPLY_PULL = 25.0
_MOVE_PULL = 12.0  # what a turn does was learned already, so its weight is free to be found

OPENING = {
    "feeling": 3.5,
    "judgement": 3,
    "abuse": 3,
    "sarcasm": 2.5,
    "tally": 2,
    "tries": 2,
    "did_that": 2,
    "spent_time": 3,
    "waiting": 2,
    "span": 2,
    "no_answer": 2,
    "repeat_contact": 2.5,
    "promise": 1.5,
    "loss": 3,
    "money_lost": 2.5,
    "hardship": 3,
    "stakes_event": 1.5,
    "stakes_people": 1.5,
    "self_low": 3,
    "confusion": 2,
    "dead_end": 3,
    "giving_up": 2.5,
    "regret": 2.5,
    "must": 2,
    "challenge": 3,
    "you_did": 2.5,
    "human": 2.5,
    "correcting": 3,
    "leaving": 2.5,
    "loyal": 2,
    "public_threat": 3,
    "had_to": 1.5,
    "contradicts": 1.5,
    "understated": 1,
    "persists": 1.5,
    "fix_failed": 0.5,
    "tried_mild": 0.7,
    "time_mild": 0.3,
    "contact_mild": 0.5,
    "loss_mild": 0.7,
    "help_mild": 0.7,
    "again_mild": 0.5,
    "but_mild": 0.7,
    "ask_mild": 0.3,
    "your_mild": 0.5,
    "intens": 0.6,
    "money_plain": 0.2,
    "see_mild": 0.6,
}
STRONG = {
    "feeling": 4,
    "judgement": 3.5,
    "abuse": 3,
    "sarcasm": 2.5,
    "hardship": 3.5,
    "self_low": 2.5,
    "stakes_people": 1.5,
    "stakes_event": 1,
    "challenge": 2.5,
    "you_did": 2,
    "human": 2,
    "correcting": 1,
    "leaving": 2,
    "public_threat": 2.5,
    "dead_end": 1.5,
    "loss": 1.5,
    "giving_up": 1.5,
    "regret": 1.5,
    "money_lost": 1,
    "spent_time": 1,
    "no_answer": 0.7,
    "repeat_contact": 0.7,
    "tally": 0.7,
    "intens": 0.7,
    "waiting": 0.5,
    "confusion": 0.7,
}
TENSION = {
    "feeling": 2,
    "judgement": 3,
    "challenge": 3,
    "you_did": 2.5,
    "human": 3,
    "leaving": 3,
    "public_threat": 3,
    "abuse": 3.5,
    "sarcasm": 2.5,
    "giving_up": 1.5,
    "correcting": 2,
    "repeat_contact": 1.5,
    "promise": 1,
    "no_answer": 1.5,
    "tally": 1,
    "dead_end": 1,
    "persists": 0.5,
    "waiting": 1,
    "did_that": 1,
    "money_lost": 1,
    "spent_time": 1.5,
    "tries": 0.5,
    "intens": 0.7,
    "your_mild": 0.7,
    "again_mild": 0.3,
    "ask_mild": 0.5,
    "contradicts": 0.7,
    "had_to": 0.5,
    "understated": 0.3,
}
_CALM_POINTS = {
    "third_party": -1,
    "calm_talk": -2.5,
    "asks": -1.5,
    "thanks": -1,
    "thanks_warm": -3,
    "report": -1,
    "past_solved": -2,
}
_FACT_POINTS = {
    "own.feeling": 2,
    "only.ack": -4,
    "echo.half": -2,
    "quiet.question": -1,
    "quiet.diagnose": -1,
    "marks.doubled": 2,
    "doubled+told": 1,
    "bangs+unthankful": 1.5,
    "shout+not": 1.5,
    "shouts+not": 1.5,
    "negations.3": 1,
}
_NEVER_LESS = frozenset(
    [
        "own.feeling",
        "marks.doubled",
        "marks.shouts",
        "marks.capitals",
        "heated.1",
        "heated.2",
        "heated.3",
        "told.mild",
        "told.1",
        "told.2",
        "told.3",
        "told.4",
        "told.5",
        "negations.3",
        "course.refusals",
        "course.failed",
        "course.confused",
        "course.heated",
        "course.agent_repeats",
    ]
)
_NEVER_MORE = frozenset(
    [
        "only.ack",
        "starts.plain",
        "echo",
        "echo.half",
        "answer+report",
        "calm+one",
        "solved+told",
        "first+long",
        "first+told",
        "quoted+one",
        "thanks+told",
        "third+feeling",
        "length.under5",
        "length.under9",
    ]
)
# How a turn is told differs between the corpus, where every turn is short, and a call.
_SHAPES = frozenset(["past", "repeats", "counts", "ends", "praise+count"])
_LEARNED = frozenset(["does", "answers", "after"])
_BEFORE_HEAT = frozenset(["refusal", "defend", "transfer", "sorry", "sorry_formula", "formula", "hold"])


def hunches_for(names: Sequence[str], points: Mapping[str, float]) -> Hunches:
    """Return what is expected of the features `names` for a head whose families have these `points`."""
    hunches = free_hunches(len(names), PULL)
    for at, name in enumerate(names):
        kind, _, family = name.partition(".")
        if kind in {"says", "more"} and family in TELLING | MILD:
            hunches.weight[at] = POINT * points.get(family, 0.0) * (1.0 if kind == "says" else 0.3)
            hunches.least[at] = 0.0
        elif kind in {"calm", "amid"} and family in CALM:
            hunches.weight[at] = POINT * _CALM_POINTS[family] * (1.0 if kind == "calm" else 0.3)
            hunches.most[at] = 0.0
        elif kind == "not" or (kind == "quiet" and family not in _BEFORE_HEAT):
            hunches.most[at] = 0.0
        elif kind in _SHAPES:
            hunches.pull[at] = 2 * PULL
        elif kind in _LEARNED:
            hunches.pull[at] = _MOVE_PULL
        if name in _FACT_POINTS:
            hunches.weight[at] = POINT * _FACT_POINTS[name]
        if name in _NEVER_MORE:
            hunches.most[at] = 0.0
        elif name in _NEVER_LESS or "+" in name:
            hunches.least[at] = 0.0
    np.clip(hunches.weight, hunches.least, hunches.most, out=hunches.weight)
    return hunches


REPLY_GIVEN = {
    "name_feeling": 2,
    "specific": 2,
    "own": 1.5,
    "explore": 0.7,
    "formula": -1,
    "polite": -0.7,
    "sorry_refusing": -1.5,
    "sorry_formula": -0.7,
    "refusal": -1.5,
    "instruct": -1,
    "diagnose": -1.5,
    "defend": -1.5,
    "transfer": -0.7,
    "greet": -0.7,
    "close": -1,
    "cheer": -0.7,
    "hold": -0.7,
}
REPLY_ANSWERED = {
    "name_feeling": 2,
    "specific": 1.5,
    "own": 1,
    "sorry": 2.5,
    "sorry_formula": 2.5,
    "formula": 2,
    "polite": -0.5,
    "sorry_refusing": -1,
    "refusal": -0.7,
    "instruct": -1,
    "diagnose": -1,
    "defend": -1,
    "cheer": -0.7,
    "greet": -0.5,
    "close": -0.7,
}


def reply_hunches(names: Sequence[str], points: Mapping[str, float]) -> Hunches:
    """Return what is expected of the features of a reply for a head whose families have these `points`."""
    hunches = free_hunches(len(names), _REPLY_PULL)
    for at, name in enumerate(names):
        kind, _, family = name.partition(".")
        expected = POINT * points.get(family, 0.0)
        if kind in {"reply", "again", "head"}:
            hunches.weight[at] = expected * _REPLY_PLACES[kind]
            if expected > 0:
                hunches.least[at] = 0.0
            elif expected < 0:
                hunches.most[at] = 0.0
        elif kind == "echo":
            hunches.weight[at] = POINT / 2
            hunches.least[at] = 0.0
        elif kind in _LEARNED:
            hunches.pull[at] = _MOVE_PULL
        elif name in _REPLY_FACTS:
            hunches.weight[at] = POINT * _REPLY_FACTS[name]
        elif kind in {"topic", "cold"}:
            hunches.most[at] = 0.0
    return hunches


# Being sorry for something that has a name, and saying what they went through, are answers; in points.
_REPLY_FACTS = {
    "sorry.named": 1,
    "sorry.echo": 1,
    "knows.named": 0.7,
    "knows.echo": 1,
    "sorry.nameless": -0.7,
    "sorry.alone": -0.7,
    "knows.nameless": -0.7,
    "knows.alone": -0.7,
    "you.echo": 1,
    "you.past": 0.5,
    "we.past": 0.5,
    "should.not": 0.7,
    "amends": 0.7,
    "eases": 1,
}
# A family counts most in the first sentence, where an answer shows what it is.
_REPLY_PLACES = {"reply": 0.6, "again": 0.2, "head": 0.6}
