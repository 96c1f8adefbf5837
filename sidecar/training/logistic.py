"""Logistic regression drawn towards hunches, within signs: `rows, labels, hunches -> fit -> weights`.

Each weight is pulled towards a value set by hand instead of towards zero and may be held to one sign. A corpus written
to mislead would otherwise teach that "my mother" is calm; real talk then pays for it. Deterministic: Newton steps with
clamping, no random numbers.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
_STEPS = 40
_ENOUGH = 1e-2  # of a loss of some thousands
_SHORTEST = 1e-4
_FREE = 50.0  # a log-odds weight nobody reaches
_TIGHT = 1e-9


class Hunches(NamedTuple):
    """For each column: the weight expected, the least and the most it may be, and how hard it is pulled."""

    weight: Vector
    least: Vector
    most: Vector
    pull: Vector


class Fitted(NamedTuple):
    """Weights by column, and the log-odds of a row of zeros."""

    weights: Vector
    bias: float


def fit(rows: Vector, labels: Vector, importance: Vector, hunches: Hunches, *, start: Fitted | None = None) -> Fitted:
    """Fit one head; `rows` is (n, d), `labels` 0 or 1, `importance` the weight of each row, `start` saves steps."""
    table = np.hstack([rows, np.ones((len(rows), 1))])
    centre = np.append(hunches.weight, 0.0)
    least, most = np.append(hunches.least, -_FREE), np.append(hunches.most, _FREE)
    pull = np.append(hunches.pull, 1e-6)
    weights = np.clip(centre if start is None else np.append(start.weights, start.bias), least, most)

    def loss(candidate: Vector) -> float:
        odds = table @ candidate
        likelihood = importance * (np.logaddexp(0, odds) - labels * odds)
        return float(likelihood.sum() + 0.5 * (pull * (candidate - centre) ** 2).sum())

    now = loss(weights)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(table @ weights)))
        slope = table.T @ (importance * (chance - labels)) + pull * (weights - centre)
        held = ((weights <= least + _TIGHT) & (slope > 0)) | ((weights >= most - _TIGHT) & (slope < 0))
        free = ~held
        loose = table[:, free]
        curve = (loose * (importance * chance * (1 - chance))[:, None]).T @ loose + np.diag(pull[free])
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve(curve, slope[free])
        share = 1.0
        while True:
            candidate = np.clip(weights - share * step, least, most)
            then = loss(candidate)
            if then <= now + _TIGHT or share < _SHORTEST:
                break
            share /= 2
        gained, weights, now = now - then, candidate, then
        if abs(gained) < _ENOUGH:
            break
    return Fitted(weights[:-1], float(weights[-1]))


def free_hunches(columns: int, pull: float) -> Hunches:
    """Return hunches for columns of which nothing is expected."""
    return Hunches(
        np.zeros(columns), np.full(columns, -_FREE), np.full(columns, _FREE), np.full(columns, pull, dtype=np.float64)
    )


def joined(one: Hunches, two: Hunches) -> Hunches:
    """Return the hunches of the columns of `one` followed by those of `two`."""
    return Hunches(*(np.concatenate([a, b]) for a, b in zip(one, two, strict=True)))
