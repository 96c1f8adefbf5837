"""Whether a model keeps up with a call on this machine: what it takes flows in, a verdict and its reason flow out."""

from collections.abc import Mapping

import msgspec

TARGET_FINAL_MS = 700
"""How long decoding a sentence may take: with the pause before it, its words then stand about a second after it."""

HEADROOM = 0.8
"""Share of the workers' time that both sides talking at once may take; the rest is for the machine's other work."""


class Speed(msgspec.Struct, frozen=True):
    """What a model takes while both sides talk.

    `cost` is seconds of a worker for a second of one side's speech, `final_ms` the decode of five seconds of it.
    """

    cost: float
    final_ms: float


def too_slow(speed: Speed, workers: int) -> str:
    """Why a model does not keep up with both sides; nothing where it does."""
    if 2 * speed.cost > workers * HEADROOM:
        busy = 2 * speed.cost / workers
        return f"both sides at once take {busy:.0%} of its {workers} worker{'' if workers == 1 else 's'}"
    if speed.final_ms > TARGET_FINAL_MS:
        return f"a sentence takes {speed.final_ms:.0f} ms, more than {TARGET_FINAL_MS}"
    return ""


def largest(speeds: Mapping[str, Speed], workers: int) -> str:
    """The last model that keeps up, of some that are listed smallest first; the cheapest where none does."""
    fitting = [name for name, speed in speeds.items() if not too_slow(speed, workers)]
    return fitting[-1] if fitting else min(speeds, key=lambda name: speeds[name].cost)
