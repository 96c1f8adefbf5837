"""Figures of many measurements: numbers flow in, percentiles and slopes flow out."""

from collections.abc import Iterable, Sequence

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """Percentiles by nearest rank, and of how many values; all zero where there was none."""

    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    count: int = 0


def spread(values: Iterable[float]) -> Spread:
    """The spread of some values, rounded to a tenth."""
    ordered = sorted(values)
    if not ordered:
        return Spread()
    p50, p95, p99 = (round(percentile(ordered, percent), 1) for percent in (50, 95, 99))
    return Spread(p50, p95, p99, len(ordered))


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile of values in rising order."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """How much y grows for each unit of x, by least squares; 0 for fewer than two different x."""
    if not points:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    width = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / width if width else 0.0
