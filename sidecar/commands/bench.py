"""`sidecar bench`: how soon words come on this machine, what they cost, and how the usual way compares."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from sidecar.amounts import Amount
from sidecar.commands.bench_coach import coach
from sidecar.commands.bench_floor import floor
from sidecar.commands.bench_gateway import gateway
from sidecar.commands.bench_hostile import hostile
from sidecar.commands.bench_taps import taps
from sidecar.invocation import Invocation
from streams.errors import StorageError

USUAL_MINUTES = 2.0
SOAK_MINUTES = 60.0
SHORTEST_SOAK_MINUTES = 5.0
"""A shorter run says nothing about hours: what is taken into use in its first minute weighs too much."""
_STEP_RATIO = 0.01


@click.group(short_help="Measure latency, cost and memory on this machine.", invoke_without_command=True)
@click.option("--model", metavar="NAME|DIR", help="Another model than the configured one.")
@click.option("--profile", metavar="NAME", help="Another profile than the configured one.")
@click.option("--cores", type=click.IntRange(1), help="Use so many cores.  [default: all]")
@click.option(
    "--load", type=click.IntRange(0, 100), default=0, show_default=True, help="Keep every core busy so much, percent."
)
@click.option("--minutes", type=Amount(0.2, 600), help="How long to listen.  [default: 2, with --soak 60]")
@click.option("--against", type=click.Choice(["stock"]), help="Measure the usual way as well, and print the ratios.")
@click.option("--overload", type=Amount(1.0, 4.0), help="Also ask for so many times what the machine can do.")
@click.option("--soak", is_flag=True, help="Listen for an hour (or --minutes), and say what grows.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Draw the latencies into this SVG file.")
@click.pass_context
def command(
    context: click.Context,
    *,
    model: str | None,
    profile: str | None,
    cores: int | None,
    load: int,
    minutes: float | None,
    against: str | None,
    overload: float | None,
    soak: bool,
    as_json: bool,
    plot: Path | None,
) -> None:
    """Play a bundled conversation at its own pace through the whole path, and time every word.

    Where the model's weights are not on this machine, one of its size with random weights does the work and the words
    come from the transcript; the first line says so. Close other programs: they slow what is measured.
    """
    if context.invoked_subcommand is not None:
        return
    if soak and minutes is not None and minutes < SHORTEST_SOAK_MINUTES:
        raise click.UsageError(
            f"--soak takes {SHORTEST_SOAK_MINUTES:g} minutes at least: a shorter run shows no growth"
        )
    if plot is not None and not plot.parent.is_dir():
        raise StorageError(f"cannot write {plot}: there is no folder {plot.parent}")
    if plot is not None and not os.access(plot if plot.exists() else plot.parent, os.W_OK):
        raise StorageError(f"cannot write {plot}: you may not")
    from sidecar.bench import machine

    invocation: Invocation = context.obj
    invocation.sets += tuple(f"asr.{key}={value}" for key, value in (("model", model), ("profile", profile)) if value)
    config = invocation.config
    if cores is not None:
        machine.use_cores(cores)
    # Threads take over the cores and the memory's arena as they are when they begin, so both come before all of them.
    from sidecar import allocator, pick
    from sidecar.bench import course, engines, lines

    allocator.share_one_arena()
    models_dir = invocation.places.models_dir
    asked = course.Asked(
        minutes=minutes or (SOAK_MINUTES if soak else USUAL_MINUTES),
        load=load,
        overload=overload or 0.0,
        stock=against == "stock",
    )
    with engines.subject(pick.name(config.asr, models_dir, say=_say), models_dir) as subject:
        if not as_json:
            print(subject.about, flush=True)
        result = course.measure(asked, subject, config, _progress())
    if as_json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(result.report), indent=2).decode())
    else:
        for line in list(lines.lines(result.report))[1:]:
            print(line)
    if plot is not None:
        _write(plot, result.picture)


command.add_command(coach)
command.add_command(floor)
command.add_command(taps)
command.add_command(gateway)
command.add_command(hostile)


def _progress() -> Callable[[str, float], None]:
    """A line on a terminal that says how far it is; nothing anywhere else."""
    if not sys.stderr.isatty():
        return lambda _name, _done: None
    shown = {"": 0.0}

    def show(name: str, done: float) -> None:
        if done - shown.get(name, -1.0) >= _STEP_RATIO or done >= 1.0:
            shown[name] = done
            end = "\r\x1b[K" if done >= 1.0 else ""
            sys.stderr.write(f"\r\x1b[K{name}  {done:4.0%} {end}")
            sys.stderr.flush()

    return show


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error


def _say(line: str) -> None:
    print(line, file=sys.stderr)
