"""Which model `asr.model = "auto"` means: the models at hand and this machine's speed flow in, a name flows out.

What was measured is kept beside the models, so that only the first start takes the time. A model at hand that cannot be
used is passed over, and said, as long as there is another.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TypeAlias

import msgspec

from sidecar import models
from sidecar.config_sections import AsrConfig
from streams.errors import ModelError, StorageError, WrongModelError
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


def at_hand(asr: AsrConfig, models_dir: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """The candidates that are on this machine, smallest first: their directories, and why others cannot be used."""
    here: dict[str, Path] = {}
    broken: dict[str, str] = {}
    for each in candidates(asr.language):
        try:
            directory = models.find(each, models_dir)
        except ModelError as error:
            broken[each] = str(error)
        else:
            if directory is not None:
                here[each] = directory
    return here, broken


def measured(
    asr: AsrConfig, here: Mapping[str, Path], broken: dict[str, str], measure: Measure | None = None
) -> Iterator[tuple[str, Speed]]:
    """What each model takes, smallest first; behind one that does not keep up no larger one is tried.

    One that cannot be used is passed over and put into `broken`. `measure` stands in for `sidecar.recogniser.measure`.
    """
    ask = measure or _measure
    for each, directory in here.items():
        try:
            speed = ask(asr, directory)
        except ModelError as error:
            broken[each] = str(error)
            continue
        yield each, speed
        if too_slow(speed, asr.workers):
            return


def name(
    asr: AsrConfig,
    models_dir: Path,
    *,
    say: Callable[[str], None],
    measure: Measure | None = None,
    without: AbstractSet[str] = frozenset(),
) -> str:
    """The model that the settings name, or that speed decides on among those that are not `without`.

    `say` gets a line when it was measured, and for each that is passed over; `measure` stands in for
    `sidecar.recogniser.measure`. Raises ModelError when no model at hand can be used or the named one does not hear the
    language of the settings, StorageError when the figures cannot be kept.
    """
    if asr.model != AUTO:
        if reason := deaf(asr):
            raise WrongModelError(reason)
        return asr.model
    here, broken = at_hand(asr, models_dir)
    if not without:
        _tell(broken, say)
    known = {each: speed for each, speed in kept(asr, models_dir, here).items() if each not in without}
    here = {each: directory for each, directory in here.items() if each not in without}
    if not here:
        return _to_fetch(asr, broken, without)
    if len(here) < 2:
        return next(iter(here))
    if known:
        return largest(known, asr.workers)
    say(f"finding the speech model for this machine: {', '.join(here)}, a few seconds each")
    broken = {}
    speeds = dict(measured(asr, here, broken, measure))
    _tell(broken, say)
    if not speeds:
        return _to_fetch(asr, broken, without)
    _keep(asr, models_dir, [each for each in here if each not in broken], speeds)
    chosen = largest(speeds, asr.workers)
    figures = "; ".join(verdict(each, speed, asr.workers) for each, speed in speeds.items())
    say(f"speech model {chosen} chosen for this machine: {figures}")
    return chosen


def passed_over(model: str, reason: str) -> str:
    """What is said of a model that `auto` cannot use."""
    return f"speech model {model} is passed over: {reason}"


def _tell(broken: Mapping[str, str], say: Callable[[str], None]) -> None:
    for each, reason in broken.items():
        say(passed_over(each, reason))


def _to_fetch(asr: AsrConfig, broken: Mapping[str, str], without: AbstractSet[str]) -> str:
    """The model to fetch where none at hand can be used.

    Raises WrongModelError when a broken one is in its place.
    """
    usual = candidates(asr.language)[_DEFAULT]
    if usual in broken or usual in without:
        raise WrongModelError(
            f"no speech model at hand can be used{f': {broken[usual]}' if usual in broken else ''}; delete what is "
            f"broken, and `sidecar models pull {usual}` brings another"
        )
    return usual


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


def kept(asr: AsrConfig, models_dir: Path, here: Iterable[str]) -> dict[str, Speed]:
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


def _keep(asr: AsrConfig, models_dir: Path, here: Iterable[str], speeds: dict[str, Speed]) -> None:
    found = _Kept(os.cpu_count() or 1, _settings(asr), tuple(here), speeds)
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        (models_dir / MEASUREMENTS).write_bytes(msgspec.json.encode(found))
    except OSError as error:
        raise StorageError(f"cannot keep the models' speed in {models_dir}: {error.strerror}") from error
