"""`sidecar bench coach`: what the coaching of a call costs, event by event."""

import sys
from typing import TYPE_CHECKING

import click

from sidecar.invocation import Invocation

if TYPE_CHECKING:
    from sidecar.bench.coach import Times


@click.command(short_help="Measure the coach alone, event by event.")
@click.option("--pack", metavar="NAME|FILE", help="Another pack than the configured one.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.pass_obj
def coach(invocation: Invocation, *, pack: str | None, as_json: bool) -> None:
    """Feed the bundled calls, the pack's conversations and generated calls of one and three hours to the coach.

    No sound is heard and nothing is decoded. Times are those of the processor, for the thread that coaches.
    """
    import msgspec

    from sidecar.bench.coach import measure
    from sidecar.rulebook import trusted_pack

    nudges = invocation.config.nudges
    report = measure(trusted_pack(pack or nudges.pack), msgspec.to_builtins(nudges), say=_say)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        return
    _print(f"{report.conversations} conversations", report.event)
    for call in report.long_calls:
        _print(f"a call of {call.hours:g} h", call.event)
        print(f"  replayed in {call.replay_s:g} s, without partial words in {call.replay_without_partials_s:g} s")


def _print(what: str, event: "Times") -> None:
    print(
        f"{what}: {event.events} events, "
        f"p50 {event.p50_ms:g}, p95 {event.p95_ms:g}, p99 {event.p99_ms:g}, most {event.max_ms:g} ms of processor time"
    )


def _say(line: str) -> None:
    print(f"sidecar: {line}", file=sys.stderr, flush=True)
