"""`sidecar bench gateway`: what a gateway costs this machine for each call that it hands on."""

import sys
from typing import TYPE_CHECKING

import click

from sidecar.amounts import Amount

if TYPE_CHECKING:
    from sidecar.bench.gateway import GatewayBench


@click.command(short_help="Measure a gateway with many calls on this machine.")
@click.option("--calls", type=click.IntRange(1, 500), default=100, show_default=True, help="Calls at once.")
@click.option("--seconds", type=Amount(1, 600), default=20.0, show_default=True, help="How long to count.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def gateway(*, calls: int, seconds: float, as_json: bool) -> None:
    """Start a gateway of its own, call it over TLS in four dialects, and take the calls at twenty workstations.

    Platforms and workstations share another process, which needs about a core as well. Close other programs.
    """
    from sidecar import running
    from sidecar.bench.gateway import measure

    report = running.run(lambda: measure(calls, seconds, _say))
    if as_json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        _print(report)


def _print(report: "GatewayBench") -> None:
    cpu = "unknown" if report.cpu is None else f"{report.cpu:.1%}"
    tls = "TLS" if report.tls else "no TLS: there is no openssl program"
    print(f"{report.calls} calls of two sides ({tls}) for {report.stations} workstations   {cpu} of a core")
    print(f"{report.heard:.4%} of the samples came out, {report.lost_ms} ms were said to be lost")
    print(f"{report.most_mb:.0f} MB at most")


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
