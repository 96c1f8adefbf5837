"""`sidecar bench taps`: what live calls cost this machine, and how long their sound waits."""

import sys
from typing import TYPE_CHECKING

import click

from sidecar.amounts import Amount
from sidecar.invocation import Invocation

if TYPE_CHECKING:
    from sidecar.bench.taps import TapsBench, Waits


@click.command(short_help="Measure many live calls at once on this machine.")
@click.option("--seconds", type=Amount(1, 600), default=15.0, show_default=True, help="How long for each.")
@click.option("--model", metavar="NAME|DIR", default="tiny.en", show_default=True, help="What hears the words.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.pass_obj
def taps(invocation: Invocation, *, seconds: float, model: str, as_json: bool) -> None:
    """Start a service of its own and call it: idle connections, calls without words, the same among hostile clients.

    Two calls are transcribed at last. Where the model's weights are not on this machine, one of its size with random
    weights does the work. Close other programs: they slow what is measured.
    """
    from sidecar import running
    from sidecar.bench.engines import subject
    from sidecar.bench.taps import measure

    with subject(model, invocation.places.models_dir) as heard:
        _say(heard.about)
        report = running.run(lambda: measure(seconds, heard.directory, _say))
    if as_json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        _print(report)


def _print(report: "TapsBench") -> None:
    calls = f"{report.calls} calls, no words"
    print(f"{report.idle} idle connections   {_share(report.idle_cpu)} of a core")
    among = f"with {report.hostile} hostile clients"
    print(f"{calls}   {_share(report.calls_cpu)} of a core   {_waits(report.waits)}")
    print(f"{among}    {_share(report.hostile_cpu)} of a core   {_waits(report.waits_hostile)}")
    words = f"{report.transcribed} calls, transcribed"
    print(f"{words}   {_share(report.transcribed_cpu)} of a core   {_waits(report.waits_transcribed)}")


def _waits(waits: "Waits") -> str:
    return f"frame to ring p99 <= {waits.p99_ms:g} ms, {waits.over_5_ms} of {waits.frames} over 5 ms"


def _share(cpu: float | None) -> str:
    return "unknown" if cpu is None else f"{cpu:.1%}"


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
