"""Which model `asr.model = "auto"` means: the models at hand and this machine's speed flow in, a name flows out.

What was measured is kept beside the models, so that only the first start takes the time.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from sidecar import models
from sidecar.config import AsrConfig
from streams.errors import StorageError

AUTO = "auto"
"""The setting that lets this machine's speed decide."""

MEASUREMENTS = "speed.json"
"""Beside the models: what each of them cost on this machine."""

_ENGLISH = ("tiny.en", "base.en", "small.en")
_ANY_LANGUAGE = ("tiny", "base", "small")
_DEFAULT = 1  # the one to fetch where none is at hand
_HEADROOM = 0.8  # of the workers' time; the rest is for what two sides say at once and for the machine's other work

Measure: TypeAlias = Callable[[AsrConfig, Path], float]
"""Measures the model in a directory: seconds of one core for a second of one side's speech."""


class _Kept(msgspec.Struct, frozen=True):
    """What was measured, and on how many cores the machine had then."""

    cores: int
    costs: dict[str, float]


def candidates(language: str) -> tuple[str, ...]:
    """The models among which speed decides, smallest first."""
    return _ENGLISH if language == "en" else _ANY_LANGUAGE


def choose(costs: Mapping[str, float], workers: int) -> str:
    """The last model whose cost leaves headroom with both sides talking; the cheapest where none does."""
    fitting = [name for name, cost in costs.items() if 2 * cost <= workers * _HEADROOM]
    return fitting[-1] if fitting else min(costs, key=lambda name: costs[name])


def name(asr: AsrConfig, models_dir: Path, *, say: Callable[[str], None], measure: Measure | None = None) -> str:
    """The model that the settings name, or that speed decides on.

    `say` gets a line when it was measured; `measure` stands in for `sidecar.recogniser.measure`.
    Raises ModelError when a model at hand cannot be used, StorageError when the figures cannot be kept.
    """
    if asr.model != AUTO:
        return asr.model
    names = candidates(asr.language)
    here = {each: directory for each in names if (directory := models.find(each, models_dir))}
    if len(here) < 2:
        return next(iter(here), names[_DEFAULT])
    costs = _recall(models_dir, here)
    if costs:
        return choose(costs, asr.workers)
    ask = measure or _measure
    costs = {each: round(ask(asr, directory), 3) for each, directory in here.items()}
    _keep(models_dir, costs)
    chosen = choose(costs, asr.workers)
    figures = ", ".join(f"{each} {cost:.2f}" for each, cost in costs.items())
    say(f"speech model {chosen} chosen for this machine: core seconds for a second of speech are {figures}")
    return chosen


def _measure(asr: AsrConfig, directory: Path) -> float:
    from sidecar import recogniser  # noqa: PLC0415  (loads CTranslate2, which nobody needs before)

    return recogniser.measure(asr, directory)


def _recall(models_dir: Path, here: Mapping[str, Path]) -> dict[str, float]:
    try:
        kept = msgspec.json.decode((models_dir / MEASUREMENTS).read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return {}
    known = kept.cores == os.cpu_count() and here.keys() <= kept.costs.keys()
    return {each: kept.costs[each] for each in here} if known else {}


def _keep(models_dir: Path, costs: dict[str, float]) -> None:
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        (models_dir / MEASUREMENTS).write_bytes(msgspec.json.encode(_Kept(os.cpu_count() or 1, costs)))
    except OSError as error:
        raise StorageError(f"cannot keep the models' speed in {models_dir}: {error.strerror}") from error
