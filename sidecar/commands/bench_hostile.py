"""`sidecar bench hostile`: what clients that misbehave cost the words of calls that go on."""

import sys
from typing import TYPE_CHECKING

import click

from sidecar.amounts import Amount
from sidecar.invocation import Invocation

if TYPE_CHECKING:
    from sidecar.bench.hostile import HostileBench


@click.command(short_help="Measure words while clients misbehave.")
@click.option("--model", metavar="NAME|DIR", default="tiny.en", show_default=True, help="Whose work is done.")
@click.option("--spells", type=click.IntRange(1, 100), default=3, show_default=True, help="Spells of each kind.")
@click.option("--seconds", type=Amount(4, 600), default=20.0, show_default=True, help="How long each spell is.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.pass_obj
def hostile(invocation: Invocation, *, model: str, spells: int, seconds: float, as_json: bool) -> None:
    """Have two calls transcribed by a service of its own, alone and among twenty hostile clients in turn.

    They dawdle, flood, send what is no base64, deep JSON and huge messages, and leave connections half open. Close
    other programs: they slow what is measured.
    """
    from sidecar import running
    from sidecar.bench import engines
    from sidecar.bench.hostile import measure

    with engines.subject(model, invocation.places.models_dir) as subject:
        _say(subject.about)
        report = running.run(lambda: measure(subject, spells, seconds, _say))
    if as_json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        _print(report)


def _print(report: "HostileBench") -> None:
    for name, words in (("alone", report.calm), (f"among {report.clients} hostile clients", report.disturbed)):
        print(
            f"{report.calls} calls {name}: words shown {words.p50:.0f} / {words.p95:.0f} ms p50 / p95 ({words.count})"
        )
    print(f"ratio {report.p50_ratio:.3f} / {report.p95_ratio:.3f}")


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
