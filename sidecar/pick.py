"""Which model `asr.model = "auto"` means: the models at hand and this machine's speed flow in, a name flows out.

What was measured is kept beside the models, so that only the first start takes the time.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from sidecar import models
from sidecar.config_sections import AsrConfig
from streams.errors import StorageError, WrongModelError
from streams.keeping_up import Speed, largest, too_slow

AUTO = "auto"
"""The setting that lets this machine's speed decide."""

MEASUREMENTS = "speed.json"
"""Beside the models: what each of them took on this machine."""

_ENGLISH = ("tiny.en", "base.en", "small.en")
_ANY_LANGUAGE = ("tiny", "base", "small")
_DEFAULT = 1  # the one to fetch where none is at hand

Measure: TypeAlias = Callable[[AsrConfig, Path], Speed]
"""Measures the model in a directory with both sides talking."""


class _Kept(msgspec.Struct, frozen=True):
    """What was measured, of which models at hand, with which settings, and on how many cores the machine had then."""

    cores: int
    settings: str
    at_hand: tuple[str, ...]
    speeds: dict[str, Speed]


def candidates(language: str) -> tuple[str, ...]:
    """The models among which speed decides, smallest first."""
    return _ENGLISH if language == "en" else _ANY_LANGUAGE


def at_hand(asr: AsrConfig, models_dir: Path) -> dict[str, Path]:
    """The candidates that are on this machine, smallest first, with their directories.

    Raises ModelError when one of them cannot be used.
    """
    names = candidates(asr.language)
    return {each: directory for each in names if (directory := models.find(each, models_dir))}


def measured(asr: AsrConfig, here: Mapping[str, Path], measure: Measure | None = None) -> Iterator[tuple[str, Speed]]:
    """What each model takes, smallest first; behind one that does not keep up no larger one is tried.

    `measure` stands in for `sidecar.recogniser.measure`. Raises ModelError when a model cannot be used.
    """
    ask = measure or _measure
    for each, directory in here.items():
        speed = ask(asr, directory)
        yield each, speed
        if too_slow(speed, asr.workers):
            return


def name(asr: AsrConfig, models_dir: Path, *, say: Callable[[str], None], measure: Measure | None = None) -> str:
    """The model that the settings name, or that speed decides on.

    `say` gets a line when it was measured; `measure` stands in for `sidecar.recogniser.measure`.
    Raises ModelError when a model cannot be used or does not hear the language of the settings, StorageError when the
    figures cannot be kept.
    """
    if asr.model != AUTO:
        if reason := deaf(asr):
            raise WrongModelError(reason)
        return asr.model
    here = at_hand(asr, models_dir)
    if len(here) < 2:
        return next(iter(here), candidates(asr.language)[_DEFAULT])
    if known := kept(asr, models_dir, here):
        return largest(known, asr.workers)
    say(f"finding the speech model for this machine: {', '.join(here)}, a few seconds each")
    speeds = dict(measured(asr, here, measure))
    _keep(asr, models_dir, here, speeds)
    chosen = largest(speeds, asr.workers)
    figures = "; ".join(verdict(each, speed, asr.workers) for each, speed in speeds.items())
    say(f"speech model {chosen} chosen for this machine: {figures}")
    return chosen


def deaf(asr: AsrConfig) -> str:
    """Why the named model cannot hear the language of the settings; nothing where it can, or is not known by name."""
    offer = models.OFFERS.get(asr.model)
    if offer is None or offer.multilingual or asr.language in ("en", AUTO):
        return ""
    other = asr.model.removesuffix(".en")
    other = other if other in models.OFFERS and models.OFFERS[other].multilingual else _ANY_LANGUAGE[_DEFAULT]
    return (
        f"speech model {asr.model} hears English only, and asr.language is {asr.language!r}: "
        f"set asr.model to {other}, or to {AUTO}"
    )


def verdict(model: str, speed: Speed, workers: int) -> str:
    """What a model takes, and why it is too slow if it is."""
    reason = too_slow(speed, workers)
    takes = f"{speed.cost:.2f} s of a core for a second of one side, {speed.final_ms:.0f} ms for a sentence"
    return f"{model} takes {takes}" + (f": too slow, {reason}" if reason else "")


def kept(asr: AsrConfig, models_dir: Path, here: Mapping[str, Path]) -> dict[str, Speed]:
    """What was measured before of these models with these settings; empty where it has to be measured."""
    try:
        known = msgspec.json.decode((models_dir / MEASUREMENTS).read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return {}
    same = (known.cores, known.settings, known.at_hand) == (os.cpu_count(), _settings(asr), tuple(here))
    return known.speeds if same else {}


def _measure(asr: AsrConfig, directory: Path) -> Speed:
    from sidecar import recogniser  # noqa: PLC0415  (loads CTranslate2, which nobody needs before)

    return recogniser.measure(asr, directory)


def _settings(asr: AsrConfig) -> str:
    """What the speed of a model depends on."""
    profile = msgspec.json.encode(asr.profiles[asr.profile]).decode()
    return f"{asr.compute_type} {asr.workers} {profile}"


def _keep(asr: AsrConfig, models_dir: Path, here: Mapping[str, Path], speeds: dict[str, Speed]) -> None:
    found = _Kept(os.cpu_count() or 1, _settings(asr), tuple(here), speeds)
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        (models_dir / MEASUREMENTS).write_bytes(msgspec.json.encode(found))
    except OSError as error:
        raise StorageError(f"cannot keep the models' speed in {models_dir}: {error.strerror}") from error
