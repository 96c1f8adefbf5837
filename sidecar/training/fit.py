"""Learn the noticing numbers: a folder of labelled turns flows in, what nudges/packs/noticing.json holds comes out.

Turns flow through the same features as in a call, each head is fitted and calibrated on groups it has not seen, and
the figures of held-out industries are told. What a turn does is read by moves that were learned without its group, and
what its call was like so far by heads that were. Nothing is random; the same corpus gives the same numbers.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec
import numpy as np
from scipy import sparse

from nudges.families import EMPTY_WORDS
from nudges.moves import Move, MoveBook, Setting
from nudges.noticing import word_pairs
from nudges.noticing_features import Past, turn_features
from nudges.noticing_reply import reply_features
from nudges.phrases import Phrases
from sidecar.training.hunches import (
    OPENING,
    REPLY_ANSWERED,
    REPLY_GIVEN,
    STRONG,
    TENSION,
    hunches_for,
    reply_hunches,
)
from sidecar.training.logistic import Fitted, Hunches, Rows, Vector, column, fit, free_hunches, joined
from sidecar.training.material import Turn, read_replies, read_turns, spells_numbers
from sidecar.training.moves import Lesson

WORD_PULL = 10.0  # words in ones and twos learn the corpus' manner of speaking first, so they are held short
EVERY = "every industry in turn"
_KINDS = "kinds"  # lines by kind are of no industry
_SAMPLE = 40  # every so many-th turn stands in the fingerprint
_WORD_LINES = 24  # a word must stand in so many lines (each counts twice: written and bare)
_WORD_GROUPS = 4  # and in so many industries
_WORD_LEAST = 0.06  # log-odds below which a word is not worth shipping
# How often a turn is what a head looks for, by round figures: the corpus holds far more of each than any queue does.
SHARES = {"opening": 1 / 8, "strong": 1 / 25, "tension": 1 / 20, "given": 1 / 4, "answered": 1 / 2}
# Chances after that correction, by what a wrong whisper costs: speak from nearly one in two, watch from one in three;
# what only colours a signal that is already there (strength) or moves a meter (tension), from about one in eight.
THRESHOLDS = {
    "speak": 0.45,
    "watch": 0.36,
    "hint": 0.28,
    "strong": 0.18,
    "tension": 0.12,
    "given": 0.5,
    "answered": 0.6,
}


_PASSES = 2  # how often the heads are learned anew with what they said of the turns before
Values: TypeAlias = Sequence[Mapping[str, float]]


class Table(NamedTuple):
    """Examples as columns: engineered features first, then words."""

    features: list[str]
    words: list[str]
    rows: Rows


def tabulate(values: Values, texts: Sequence[str], groups: Sequence[str], importance: Sequence[float]) -> Table:
    """Lay out examples; words are kept that stand in enough lines of enough industries."""
    lines: Counter[str] = Counter()
    seen: dict[str, set[str]] = defaultdict(set)
    pairs = [word_pairs(text) for text in texts]
    for found, group, weight in zip(pairs, groups, importance, strict=True):
        if weight > 0:
            for word in found:
                lines[word] += 1
                seen[word].add(group.partition("-conversation")[0])
    features = sorted({name for row in values for name in row})
    words = sorted(
        word
        for word, count in lines.items()
        if count >= _WORD_LINES
        and len(seen[word]) >= _WORD_GROUPS
        and not set(word.split()) <= EMPTY_WORDS
        and not spells_numbers(word)
    )
    spoken = [dict.fromkeys(found, 1.0) for found in pairs]
    return Table(features, words, sparse.csr_array(sparse.hstack([_layout(features, values), _layout(words, spoken)])))


def _layout(names: Sequence[str], values: Values) -> Rows:
    """Return the (values, names) table; what has no name is left out."""
    place = {name: at for at, name in enumerate(names)}
    found = [(at, place[name], value) for at, row in enumerate(values) for name, value in row.items() if name in place]
    rows, columns, cells = zip(*found, strict=True) if found else ((), (), ())
    shape = (len(values), len(names))
    return sparse.csr_array((np.array(cells, dtype=np.float64), (np.array(rows), np.array(columns))), shape=shape)


class Learned(NamedTuple):
    """One head, and its log-odds for every example by a model that had not seen the example's group."""

    fitted: Fitted
    unseen: Vector


def learn(
    table: Table, labels: Vector, importance: Vector, groups: Vector, *, expected: Hunches, share: float
) -> Learned:
    """Fit one head on everything, calibrated on held-out groups and moved to the real `share` of such turns."""
    hunches = joined(expected, free_hunches(len(table.words), WORD_PULL))
    unseen = np.zeros(len(labels))
    whole = fit(table.rows, labels, importance, hunches)
    for group in sorted(set(groups)):
        out = groups == group
        part = fit(table.rows[~out], labels[~out], importance[~out], hunches, start=whole)
        unseen[out] = part.odds(table.rows[out])
    slope = fit(column(unseen), labels, importance, free_hunches(1, 1e-3))
    odds = float((importance * labels).sum() / (importance * (1 - labels)).sum())
    shift = float(np.log(share / (1 - share)) - np.log(odds))
    tilt = float(slope.weights[0])
    calibrated = Fitted(whole.weights * tilt, whole.bias * tilt + slope.bias + shift)
    return Learned(calibrated, unseen * tilt + slope.bias + shift)


def head(fitted: Fitted, table: Table) -> dict[str, object]:
    """Return a head as it is shipped: rounded, sorted, without what weighs nothing."""
    split = len(table.features)
    features = {n: round(float(w), 3) for n, w in zip(table.features, fitted.weights, strict=False)}
    words = {n: round(float(w), 2) for n, w in zip(table.words, fitted.weights[split:], strict=True)}
    return {
        "bias": round(fitted.bias, 3),
        "features": {name: weight for name, weight in features.items() if weight},
        "words": {word: weight for word, weight in words.items() if abs(weight) >= _WORD_LEAST},
    }


def train(folder: Path, phrases: Phrases, lesson: Lesson) -> tuple[dict[str, object], list[str]]:
    """Learn all heads from `folder`, by the moves of `lesson`; return the numbers to ship and the held-out figures."""
    whole_book = MoveBook(lesson.numbers, phrases)
    books = {group: MoveBook(numbers, phrases) for group, numbers in lesson.without.items()}
    turns = read_turns(folder, phrases, books=lambda group: books.get(group, whole_book))
    groups = np.array([turn.group for turn in turns])
    importance = np.array([turn.importance for turn in turns])
    opening = np.array([turn.opening != "none" for turn in turns], dtype=np.float64)
    strong = np.array([turn.opening == "strong" for turn in turns], dtype=np.float64)
    tension = np.array([turn.tension >= 2 for turn in turns], dtype=np.float64)
    heads: dict[str, object] = {}
    unseen: dict[str, Vector] = {}
    for number in range(_PASSES):
        values = [turn_features(turn.facts, phrases).values for turn in turns]
        table = tabulate(values, [turn.facts.text for turn in turns], list(groups), list(importance))
        for name, labels, points in (
            ("opening", opening, OPENING),
            ("strong", strong, STRONG),
            ("tension", tension, TENSION),
        ):
            expected = hunches_for(table.features, points)
            learned = learn(table, labels, importance, groups, expected=expected, share=SHARES[name])
            heads[name], unseen[name] = head(learned.fitted, table), learned.unseen
        if number < _PASSES - 1:
            turns = in_the_light_of(turns, unseen["opening"], unseen["tension"])
    spoken = np.array([turn.spoken for turn in turns])
    later = np.array([turn.later for turn in turns])
    whole = np.array([turn.whole for turn in turns])
    report = []
    for what, chosen in (
        ("spoken", spoken & ~later & ~whole),
        ("spoken, lines never learned from", spoken & later),
        ("whole talks", whole),
    ):
        report += _held_out(what, unseen["opening"][chosen], opening[chosen], strong[chosen], groups[chosen])
    replies = read_replies(folder)
    reply_values = []
    for reply in replies:
        does = books.get(reply.group, whole_book).find("A", reply.agent, Setting(reply.customer))
        reply_values.append(reply_features(reply.customer, reply.agent, phrases, does).values)
    reply_groups = np.array([reply.group for reply in replies])
    reply_weight = np.array([reply.importance for reply in replies])
    reply_table = tabulate(reply_values, [r.agent for r in replies], list(reply_groups), list(reply_weight))
    for name, accepted, points in (
        ("given", {"given"}, REPLY_GIVEN),
        ("answered", {"given", "bare"}, REPLY_ANSWERED),
    ):
        labels = np.array([reply.outcome in accepted for reply in replies], dtype=np.float64)
        expected = reply_hunches(reply_table.features, points)
        learned = learn(reply_table, labels, reply_weight, reply_groups, expected=expected, share=SHARES[name])
        heads[name], unseen[name] = head(learned.fitted, reply_table), learned.unseen
    report.append(_reply_figures(unseen, [reply.outcome for reply in replies]))
    learned_from = sum(turn.importance > 0 for turn in turns) // 2
    note = (
        f"Learned by sidecar/training/fit.py from {learned_from} turns and {len(replies) // 2} replies of ours; "
        f"sources {fingerprint(folder, turns, phrases, lesson.numbers.note)}."
    )
    return {"note": note, "thresholds": THRESHOLDS, **heads}, report


def in_the_light_of(turns: Sequence[Turn], opening: Vector, tension: Vector) -> list[Turn]:
    """The turns of whole talks with what the earlier ones looked like to heads that had not seen their group."""
    chances = np.stack([1 / (1 + np.exp(-opening)), 1 / (1 + np.exp(-tension))], axis=1).tolist()
    past, talk = Past(), ""
    lit = []
    for turn, (open_p, tense_p) in zip(turns, chances, strict=True):
        if turn.talk != talk:
            past, talk = Past(), turn.talk
        lit.append(turn._replace(facts=msgspec.structs.replace(turn.facts, past=past)))
        past = past.after(open_p, tense_p) if talk else past
    return lit


def fingerprint(folder: Path, turns: Sequence[Turn], phrases: Phrases, moves: str) -> str:
    """Return what tells apart the sources that numbers were learned from.

    They are the corpus, what is seen in its turns (with one move for all, since moves are learned), and what the
    `moves` say of where they come from.
    """
    digest = hashlib.sha256(moves.encode())
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("talks/*.jsonl")]):
        digest.update(path.name.encode() + path.read_bytes())
    move = Move("any", 0.5, 0, 0)
    for turn in turns[::_SAMPLE]:
        facts = msgspec.structs.replace(turn.facts, does=(move,), answers=(move,), past=Past().after(0.5, 0.25))
        values = turn_features(facts, phrases).values
        digest.update(repr(sorted((name, round(value, 6)) for name, value in values.items())).encode())
    return digest.hexdigest()[:16]


def _held_out(what: str, odds: Vector, opening: Vector, strong: Vector, groups: Vector) -> list[str]:
    lines = []
    named = sorted({str(name) for name in groups if "conversations" not in name})
    # Each held out in turn, all under one bar, is what a company that is none of them may expect.
    for group in [*named, *([EVERY] if named else [])]:
        part = groups == group if group != EVERY else np.isin(groups, [one for one in named if one != _KINDS])
        levels = [(name, _odds_of(name)) for name in ("speak", "watch", "hint")]
        levels.append(("lowest bar with precision 0.85", _bar(odds[part], opening[part], 0.85)))
        for name, bar in levels:
            flagged = odds[part] >= bar
            hits = (flagged & (opening[part] > 0)).sum()
            strongly = (flagged & (strong[part] > 0)).sum() / max(1.0, strong[part].sum())
            lines.append(
                f"openings, {group} held out, {what}, {name}: precision {hits / max(1, flagged.sum()):.2f} "
                f"recall {hits / max(1.0, opening[part].sum()):.2f} strong {strongly:.2f}"
            )
    return lines


def _bar(odds: Vector, labels: Vector, precision: float) -> float:
    """Return the lowest log-odds at which flags are still right as often as `precision`."""
    order = np.argsort(-odds, kind="stable")
    right = np.cumsum(labels[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(right >= precision)
    return float(odds[order][good[-1]]) if len(good) else float(odds.max()) + 1.0


def _reply_figures(unseen: Mapping[str, Vector], outcomes: Sequence[str]) -> str:
    answered = unseen["answered"] >= _odds_of("answered")
    said = np.where(unseen["given"] >= _odds_of("given"), "given", np.where(answered, "bare", "missed"))
    right = said == np.array(outcomes)
    found = (f"{one} {right[np.array(outcomes) == one].mean():.2f}" for one in ("given", "bare", "missed"))
    return f"outcome of replies, industry held out: right {right.mean():.2f}; found of {', '.join(found)}"


def _odds_of(threshold: str) -> float:
    chance = THRESHOLDS[threshold]
    return float(np.log(chance / (1 - chance)))
