"""`sidecar bench taps`: what live calls cost this machine, and how long their sound waits."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sidecar.bench.taps import TapsBench, Waits


@click.command(short_help="Measure many live calls at once on this machine.")
@click.option("--seconds", type=click.FloatRange(1, 600), default=15.0, show_default=True, help="How long for each.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def taps(*, seconds: float, as_json: bool) -> None:
    """Start a service of its own and call it: idle connections, calls without words, and calls among hostile clients.

    Close other programs: they slow what is measured.
    """
    from sidecar import running
    from sidecar.bench.taps import measure

    report = running.run(lambda: measure(seconds, _say))
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


def _waits(waits: "Waits") -> str:
    return f"frame to ring p99 <= {waits.p99_ms:g} ms, {waits.over_5_ms} of {waits.frames} over 5 ms"


def _share(cpu: float | None) -> str:
    return "unknown" if cpu is None else f"{cpu:.1%}"


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
