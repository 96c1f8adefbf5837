"""Learn moves: a folder of marked talks flows in, what nudges/packs/moves.json holds comes out.

Marked turns flow through the terms that are weighed in a call; for each mark the terms that tell most are chosen and
weighed, calibrated on industries that had no part in either, and the figures of those industries are printed. Nothing
is random; the same corpus gives the same file.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nudges.cues import Side
from nudges.moves import WINDOW_WORDS, MoveHead, MoveNumbers, move_terms
from nudges.phrases import Phrases
from nudges.spoken_words import Spoken, split_words
from sidecar.training.logistic import Fitted, Rows, Vector, column, fit, free_hunches
from sidecar.training.material import Keep, every, spells_numbers
from sidecar.training.talks import SAME, Row, read_rows

N_TERMS = 300  # of each mark; all ten thousand rank held-out turns hardly better
PULL = 2.0
_ROUNDS = 3
_DOUBT = 0.5  # turns of importance one, for shares of what may not occur at all
SHIPPED: Mapping[Side, tuple[str, ...]] = {
    "C": (
        "abuse",
        "called_before",
        "closing",
        "confused",
        "did_that",
        "gives_up",
        "hardship",
        "leave",
        "not_listened",
        "passed_around",
        "promise_broken",
        "public",
        "self_doubt",
        "supervisor",
        "thanks_warm",
        "wait_please",
        "what_now",
    ),
    "A": (
        "ack",
        "alternative",
        "anything_else",
        "asks_check",
        "explains",
        "explore",
        "formula",
        "goodbye",
        "greet",
        "hold",
        "inflame",
        "instruct",
        "own",
        "recap",
        "refuse",
        "repeats_self",
        "timeframe",
        "transfer",
        "vague_later",
        "verify",
    ),
}
"""Marks that held-out industries show to be learned well enough: average precision of .35 or more."""
PRECISIONS = (0.6, 0.7, 0.8)
_TERM_ROWS = 8
_TERM_GROUPS = 3
_TERM_LEAST = 0.05  # log-odds below which a term is not worth shipping
_SAMPLE = 40  # every so many-th row stands in the fingerprint

Numbers = NDArray[np.int64]


class Terms(NamedTuple):
    """Which terms stand in which rows: `row` and `term` are numbers that belong together, term by `names`."""

    names: list[str]
    row: Numbers
    term: Numbers
    rows: int

    def sums(self, weights: Vector) -> Vector:
        """Add up the weights of the rows in which each term stands."""
        return np.bincount(self.term, weights[self.row], len(self.names)).astype(np.float64, copy=False)

    def columns(self, chosen: Numbers) -> Rows:
        """Return the (rows, chosen) table of zeros and ones."""
        place = np.full(len(self.names), -1)
        place[chosen] = np.arange(len(chosen))
        within = place[self.term] >= 0
        where = self.row[within], place[self.term[within]]
        return sparse.csr_array((np.ones(len(where[0])), where), shape=(self.rows, len(chosen)))


class Figures(NamedTuple):
    """How a mark did on industries held out: marked turns (both versions of each), average precision, and `levels`.

    `levels`: at each of `PRECISIONS` the recall, and the chance from which that precision is reached.
    """

    turns: int
    average: float
    levels: tuple[tuple[float, float], ...]


def tabulate(side: Side, rows: Sequence[Row], phrases: Phrases) -> Terms:
    """Find the terms of all rows; those are kept that stand in enough rows of enough industries."""
    found = [list(move_terms(side, _beginning(row.text), row.setting, phrases)) for row in rows]
    count: Counter[str] = Counter()
    groups: dict[str, set[str]] = defaultdict(set)
    for row, terms in zip(rows, found, strict=True):
        for term in terms:
            count[term] += 1
            groups[term].add(row.group)
    names = sorted(
        term
        for term in count
        if count[term] >= _TERM_ROWS and len(groups[term]) >= _TERM_GROUPS and not spells_numbers(term)
    )
    number = {name: at for at, name in enumerate(names)}
    pairs = [(at, number[term]) for at, terms in enumerate(found) for term in terms if term in number]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Terms(names, table[:, 0], table[:, 1], len(rows))


def _beginning(text: str) -> Spoken:
    """So much of a turn as is read at a time in a call: what it does shows at its beginning."""
    spoken = split_words(text)
    return Spoken(spoken.text, spoken.words[:WINDOW_WORDS], spoken.spans[:WINDOW_WORDS])


class Learned(NamedTuple):
    """One move as it is shipped, the same learned without each industry, and how those did on it."""

    head: MoveHead
    without: Mapping[str, MoveHead]
    figures: Figures


class Lesson(NamedTuple):
    """All moves as they are shipped, the same learned without each industry, and how those did on it."""

    numbers: MoveNumbers
    without: Mapping[str, MoveNumbers]
    figures: Mapping[str, Figures]


def learn(
    terms: Terms, labels: Vector, importance: Vector, groups: NDArray[np.str_], real: NDArray[np.bool_]
) -> Learned:
    """Learn one mark from the rows of some importance; calibrate and measure it on those that are `real` talk."""
    chosen, whole = choose(terms, labels, importance)
    known = dict(zip(chosen.tolist(), whole.weights.tolist(), strict=True))
    unseen = np.zeros(len(labels))
    parts: dict[str, tuple[Numbers, Fitted]] = {}
    for group in sorted(set(groups[real].tolist())):
        out = groups == group
        own, part = parts[group] = choose(terms, labels, np.where(out, 0.0, importance), known)
        unseen += np.where(out, part.odds(terms.columns(own)), 0.0)
    odds, truth = unseen[real], labels[real]
    slope = fit(column(odds), truth, importance[real], free_hunches(1, 1e-3))
    without = {group: _head(terms, own, part, slope) for group, (own, part) in parts.items()}
    return Learned(_head(terms, chosen, whole, slope), without, measure(slope.odds(column(odds)), truth))


def _head(terms: Terms, chosen: Numbers, fitted: Fitted, slope: Fitted) -> MoveHead:
    """A head as it is shipped: calibrated, rounded, without what weighs nothing."""
    tilt = float(slope.weights[0])
    weights = {
        terms.names[at]: round(weight * tilt, 2)
        for at, weight in zip(chosen.tolist(), fitted.weights.tolist(), strict=True)
    }
    kept = {name: weight for name, weight in weights.items() if abs(weight) >= _TERM_LEAST}
    return MoveHead(round(fitted.bias * tilt + slope.bias, 2), kept)


def choose(
    terms: Terms, labels: Vector, importance: Vector, known: Mapping[int, float] | None = None
) -> tuple[Numbers, Fitted]:
    """Choose the terms that tell most (their numbers, in order) and weigh them; weights `known` before save steps.

    They are chosen in rounds, each time those that tell most of what the terms chosen before leave open: two ways of
    writing one thing are then not both taken while another thing waits.
    """
    share = (float((importance * labels).sum()) + _DOUBT) / (float(importance.sum()) + 2 * _DOUBT)
    chance, weights = np.full(len(labels), share), dict(known or {})
    chosen, fitted = np.zeros(0, dtype=np.int64), Fitted(np.zeros(0), float(np.log(share / (1 - share))))
    for number in range(1, _ROUNDS + 1):
        gain = terms.sums(importance * (labels - chance)) ** 2
        gain /= terms.sums(importance * chance * (1 - chance)) + PULL
        gain[chosen] = np.inf
        chosen = np.sort(np.argsort(-gain, kind="stable")[: N_TERMS * number // _ROUNDS])
        table = terms.columns(chosen)
        start = Fitted(np.array([weights.get(at, 0.0) for at in chosen.tolist()]), fitted.bias)
        hunches = free_hunches(len(chosen), PULL)
        fitted = fit(table, labels, importance, hunches, start=start)
        weights.update(zip(chosen.tolist(), fitted.weights.tolist(), strict=True))
        chance = 1 / (1 + np.exp(-fitted.odds(table)))
    return chosen, fitted


def measure(odds: Vector, labels: Vector) -> Figures:
    """Rank by `odds` and say how well the labels come first."""
    order = np.argsort(-odds, kind="stable")
    right = np.cumsum(labels[order])
    precision = right / np.arange(1, len(order) + 1)
    marked = max(1.0, float(labels.sum()))
    levels = []
    for least in PRECISIONS:
        good = np.flatnonzero(precision >= least)
        last = int(good[-1]) if len(good) else -1
        recall, bar = (float(right[last]) / marked, float(odds[order[last]])) if last >= 0 else (0.0, np.inf)
        levels.append((recall, float(1 / (1 + np.exp(-bar)))))
    return Figures(int(labels.sum()), float((precision * labels[order]).sum()) / marked, tuple(levels))


def train(folder: Path, phrases: Phrases, *, keep: Keep = every) -> Lesson:
    """Learn all moves from `folder` without the talks that `keep` refuses."""
    rows = read_rows(folder, keep)
    learned: dict[Side, dict[str, Learned]] = {"C": {}, "A": {}}
    for side, marks in SHIPPED.items():
        own = [row for row in rows if row.side == side]
        terms = tabulate(side, own, phrases)
        groups = np.array([row.group for row in own])
        talked = np.array([bool(row.talk) for row in own])
        real = talked & np.array([not row.joined for row in own])
        importance = np.array([row.importance for row in own])
        for mark in marks:
            labels = np.array([mark in row.marks for row in own], dtype=np.float64)
            if not labels[real].any():
                continue
            weights = importance if mark in SAME[side] else np.where(talked, importance, 0.0)
            learned[side][mark] = learn(terms, labels, weights, groups, real)
    talks = len({row.talk for row in rows if row.talk})
    lines = sum(not row.talk for row in rows) // 2
    note = (
        f"Learned by sidecar/training/moves.py from {talks} talks and {lines} single lines of ours; "
        f"sources {fingerprint(folder, rows, phrases)}."
    )
    groups_seen = sorted({row.group for row in rows if row.talk})
    return Lesson(
        _numbers(note, learned, None),
        {group: _numbers(f"{note} Without {group}.", learned, group) for group in groups_seen},
        {f"{side}.{mark}": one.figures for side, marks in learned.items() for mark, one in marks.items()},
    )


def _numbers(note: str, learned: Mapping[Side, Mapping[str, Learned]], group: str | None) -> MoveNumbers:
    def heads(side: Side) -> dict[str, MoveHead]:
        return {mark: one.without.get(group, one.head) if group else one.head for mark, one in learned[side].items()}

    return MoveNumbers(note, heads("C"), heads("A"))


def fingerprint(folder: Path, rows: Sequence[Row], phrases: Phrases) -> str:
    """Return what tells apart the sources that numbers were learned from: the corpus, and what is seen in its turns."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("talks/*.jsonl")]):
        digest.update(path.name.encode() + path.read_bytes())
    for row in rows[::_SAMPLE]:
        digest.update(repr(sorted(move_terms(row.side, split_words(row.text), row.setting, phrases))).encode())
    return digest.hexdigest()[:16]


def report(figures: Mapping[str, Figures]) -> Iterator[str]:
    """Yield the held-out figures as lines of text."""
    yield f"{'mark':18s} turns   AP  " + "  ".join(f"P {least}: recall from" for least in PRECISIONS)
    for name, found in figures.items():
        levels = "  ".join(f"     {recall:6.2f} {bar:6.3f}" for recall, bar in found.levels)
        yield f"{name:18s} {found.turns // 2:5d} {found.average:.2f}  {levels}"
