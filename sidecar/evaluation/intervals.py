"""Shares with bootstrap intervals: counters of each call flow in, a value with its interval flows out.

Calls are drawn with replacement, always by the same seed, so that the same scores give the same figures.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

SEED = 20
RESAMPLES = 1000
COVERED = 0.95
"""Of the resamples, so many lie within an interval."""
_AT_ONCE = 100
"""Resamples drawn in one go: bounds what thousands of calls take in memory."""

Sums: TypeAlias = Mapping[str, Any]
"""A counter's sum, or its sums in many resamples, by its name; what nothing counted is 0."""
Formula: TypeAlias = Callable[[Callable[[str], Any]], tuple[Any, Any]]
"""Part and whole, made of counters."""


class Measure(msgspec.Struct, frozen=True):
    """A share or rate with its interval; all None where there was nothing to divide by."""

    value: float | None
    low: float | None
    high: float | None


class Counted:
    """The counters of many calls, ready to be put together in any way.

    `counters` has one table for each call; a name that a table lacks counts 0.
    """

    def __init__(self, counters: Sequence[Mapping[str, float]], resamples: int = RESAMPLES) -> None:
        self._names = {name: place for place, name in enumerate(dict.fromkeys(key for row in counters for key in row))}
        table = np.zeros((len(counters), len(self._names)))
        for place, row in enumerate(counters):
            for name, value in row.items():
                table[place, self._names[name]] = value
        self._sums = table.sum(axis=0)
        self._drawn = _draw(table, resamples)

    def total(self, name: str) -> float:
        """A counter's sum over all calls."""
        return float(self._sums[self._names[name]]) if name in self._names else 0.0

    def measure(self, formula: Formula) -> Measure:
        """What a formula gives, with its interval."""
        part, whole = formula(self.total)
        if not whole:
            return Measure(None, None, None)
        parts, wholes = (np.broadcast_to(np.asarray(each, float), len(self._drawn)) for each in formula(self._column))
        usable = wholes > 0
        ratios = parts[usable] / wholes[usable]
        value = float(part / whole)
        low, high = value, value
        if len(ratios):
            low, high = (float(each) for each in np.quantile(ratios, [(1 - COVERED) / 2, (1 + COVERED) / 2]))
        return Measure(_short(value), _short(low), _short(high))

    def _column(self, name: str) -> npt.NDArray[np.float64] | float:
        return self._drawn[:, self._names[name]] if name in self._names else 0.0


def share(part: str, *whole: str) -> Formula:
    """One counter of the sum of others."""
    return lambda of: (of(part), sum(of(name) for name in whole))


def f1(right: str, said: Sequence[str], met: str, wanted: str) -> Formula:
    """The harmonic mean of precision (`right` of `said`) and recall (`met` of `wanted`)."""

    def formula(of: Callable[[str], Any]) -> tuple[Any, Any]:
        # 2 P R / (P + R), with the fractions multiplied out so that nothing is divided by zero.
        right_of, said_of = of(right), sum(of(name) for name in said)
        met_of, wanted_of = of(met), of(wanted)
        return 2 * right_of * met_of, right_of * wanted_of + met_of * said_of

    return formula


def median(values: Sequence[float]) -> float | None:
    """The middle value, the lower one of two; None of none."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def _draw(table: npt.NDArray[np.float64], resamples: int) -> npt.NDArray[np.float64]:
    """The counters' sums in each resample."""
    count = len(table)
    if not count:
        return np.zeros((0, table.shape[1]))
    generator = np.random.default_rng(SEED)
    even = np.full(count, 1 / count)
    portions = [min(_AT_ONCE, resamples - first) for first in range(0, resamples, _AT_ONCE)]
    return np.concatenate([generator.multinomial(count, even, size=portion) @ table for portion in portions])


def _short(value: float) -> float:
    return round(value, 4)
