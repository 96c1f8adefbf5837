"""A whole benchmark, one part after another: what was asked for flows in, the report and its picture flow out.

First one call that has the machine for itself; then, as asked, a spell of overload and the usual way on the same
conversation and model. All parts use the same cores and the same background load.
"""

import math
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from sidecar import recogniser
from sidecar.bench import figures, holds, machine, plot, session, stock
from sidecar.bench.conversation import Conversation
from sidecar.bench.engines import Engine, Subject
from sidecar.bench.figures import Overload, Report
from sidecar.bench.ingest import core_share
from sidecar.bench.score import Score
from sidecar.bench.session import Entry, Run
from sidecar.config import loop_settings
from sidecar.config_sections import Config

CALM_S = 20
"""How long the one call of an overload goes on before the others come."""

SPELL_S = 30
"""How long the others stay."""

AFTER_S = 20
"""How long the one call goes on when they have gone."""

INGEST_S = 12
"""How long listening alone is measured."""

MOST_CALLS = 64
"""No overload takes more calls at once, however fast the machine is."""

DRIFT_FROM_MINUTES = 5
"""A shorter run says nothing about hours."""

_MAIN = "call"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to measure; `load` is background load in percent of every core, `overload` times what the machine can do."""

    minutes: float = 2.0
    load: int = 0
    overload: float = 0.0
    stock: bool = False


class Result(msgspec.Struct, frozen=True):
    """The figures, and the distributions behind them as an SVG."""

    report: Report
    picture: str


Say = Callable[[str, float], None]
"""Takes what is being measured, and how much of it is done (0 to 1)."""


def measure(asked: Asked, subject: Subject, config: Config, say: Say) -> Result:
    """Measure everything that was asked for.

    Raises ModelError for a model that cannot be used, PackError for a rule pack that cannot.
    """
    described = machine.describe()
    with machine.background_load(asked.load, described.cores_used):
        return _measure(asked, subject, config, described, say)


def _measure(asked: Asked, subject: Subject, config: Config, described: machine.Machine, say: Say) -> Result:
    talk = Conversation(round(asked.minutes * 60_000))
    model = recogniser.load(config.asr, subject.directory)
    engine = Engine(model, subject)
    engine.expect({_MAIN: talk})
    say("listening alone", 0.0)
    ingest = core_share(talk, loop_settings(config), min(INGEST_S * 1000, talk.duration_ms))
    run = _run({_MAIN: Entry(talk)}, engine, config, "one call", say)
    report, scored = figures.figures(
        run,
        _MAIN,
        talk,
        about=subject.about,
        model=subject.name,
        profile=config.asr.profile,
        minutes=asked.minutes,
        background_load=asked.load,
        ingest_core_share=ingest,
        machine=msgspec.structs.replace(described, busy_elsewhere=run.busy_elsewhere),
    )
    if asked.minutes >= DRIFT_FROM_MINUTES:
        report = msgspec.structs.replace(report, drift=figures.drift(run.samples, scored.finals))
    if asked.overload:
        over = _overload(asked, report, engine, config, say)
        report = msgspec.structs.replace(report, overload=over)
    curves = _curves(scored)
    if asked.stock:
        say("the usual way", 0.0)
        usual, theirs = stock.perform(subject, talk, config.asr.compute_type)
        report = msgspec.structs.replace(report, stock=usual, stock_over_ours=figures.ratio(report, usual))
        for curve, other in zip(curves, _curves(theirs), strict=True):
            curve["the usual way"] = other["sidecar"]
    return Result(report, _picture(report, curves))


def _run(entries: dict[str, Entry], engine: Engine, config: Config, name: str, say: Say) -> Run:
    whole_s = max(entry.after_ms + entry.talk.duration_ms for entry in entries.values()) / 1000
    with tempfile.TemporaryDirectory(prefix="sidecar-bench-") as folder:
        watch = holds.HoldWatch()
        progress = partial(_progress, say, name, whole_s)
        return holds.run(session.perform(entries, engine, config, Path(folder), progress=progress, holds=watch), watch)


def _progress(say: Say, name: str, whole_s: float, now_s: float) -> None:
    say(name, min(1.0, now_s / whole_s))


def _overload(asked: Asked, alone: Report, engine: Engine, config: Config, say: Say) -> Overload:
    """As many calls for half a minute as ask for so many times what the cores can do."""
    # One busy program on a core leaves half of it to whoever else wants it, however busy it is.
    cores = alone.machine.cores_used * (1 - min(asked.load, 50) / 100)
    calls = min(max(2, math.ceil(asked.overload * cores / alone.cpu_s_per_audio_s)), MOST_CALLS)
    entries = {_MAIN: Entry(Conversation((CALM_S + SPELL_S + AFTER_S) * 1000))}
    for number in range(1, calls):
        entries[f"{_MAIN}-{number}"] = Entry(Conversation(SPELL_S * 1000, first=number), CALM_S * 1000)
    talks = {call_id: entry.talk for call_id, entry in entries.items()}
    engine.expect(talks)
    run = _run(entries, engine, config, f"{calls} calls at once", say)
    starts_ms = {call_id: entry.after_ms for call_id, entry in entries.items()}
    return figures.overload(run, talks, starts_ms, _MAIN, calls * alone.cpu_s_per_audio_s / cores)


def _curves(scored: Score) -> list[dict[str, tuple[float, ...]]]:
    return [{"sidecar": values} for values in (scored.shown_ms, scored.committed_ms, scored.turn_finals_ms)]


def _picture(report: Report, curves: list[dict[str, tuple[float, ...]]]) -> str:
    titles = ("word first shown", "word committed", "last word of a turn final")
    return plot.svg(
        f"sidecar bench: {report.model}, profile {report.profile}",
        f"after the true end, both sides live, {report.machine.cores_used} cores, {report.about.partition(':')[0]}",
        [plot.Panel(title, curve) for title, curve in zip(titles, curves, strict=True)],
    )
