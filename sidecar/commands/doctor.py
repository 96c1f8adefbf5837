"""`sidecar doctor`: what on this machine helps or hinders, and what to do about it."""

import asyncio
import sys

import click
import msgspec

from sidecar import bus, doctor, keeping_pace, keys, running
from sidecar.config_sections import Config
from sidecar.doctor import Finding
from sidecar.invocation import Invocation
from streams.busline import BusLine
from streams.errors import SidecarError
from streams.wire import Snapshot

ANSWER_S = 0.7
_MARKS = {"ok": "ok      ", "warning": "warning ", "problem": "PROBLEM "}


@click.command(short_help="Check this machine and say what to do.")
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON.")
@click.option("--quiet", is_flag=True, help="Only what is not ok.")
@click.option("--no-speed", is_flag=True, help="Do not measure the speech models that are here.")
@click.pass_obj
def command(invocation: Invocation, *, as_json: bool, quiet: bool, no_speed: bool) -> int:
    """Check this machine and say what to do: exit code 1 where something will not work.

    The speech models that are here are measured as `asr.model = "auto"` does it, a few seconds each.
    """
    findings = doctor.examine(invocation, answers=lambda config: _answers(config, invocation))
    findings += _local_tap(invocation)
    if not no_speed:
        findings += _speed(invocation)
    shown = [finding for finding in findings if not quiet or finding.state != "ok"]
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
    else:
        for finding in shown:
            _show(finding)
    return int(any(finding.state == "problem" for finding in findings))


def _local_tap(invocation: Invocation) -> list[Finding]:
    """The devices of the local tap, each listened to for a moment."""
    from sidecar.local import checkup

    try:
        config = invocation.config.taps.local
    except SidecarError:
        return []
    return running.run(lambda: checkup.findings(config))


def _speed(invocation: Invocation) -> list[Finding]:
    """Which models keep up; settings that cannot be read were spoken of already."""
    try:
        asr = invocation.config.asr
    except SidecarError:
        return []
    return list(keeping_pace.findings(asr, invocation.places, _say))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _show(finding: Finding) -> None:
    print(f"{_MARKS[finding.state]} {finding.about:<9} {finding.text}")
    if finding.advice:
        print(f"{'':>18} -> {finding.advice}")


def _answers(config: Config, invocation: Invocation) -> bool:
    """Whether a service with our keys answers on the bus; asked only where there are keys."""
    places = invocation.places
    if not places.keys_dir.exists():
        return False
    try:
        address = bus.address(config.bus, keys.load(places.keys_dir))
    except SidecarError:
        return False

    async def ask() -> bool:
        async with BusLine(address, client="doctor") as line:
            try:
                async with asyncio.timeout(ANSWER_S):
                    async for item in line:
                        if isinstance(item, Snapshot):
                            return True
            except TimeoutError:
                pass
        return False

    return running.run(ask)
