"""`sidecar rules`: what the coach goes by, and whether it does what the pack and scripted calls expect."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import json, structs

from sidecar.invocation import Invocation
from sidecar.rulebook import read_pack, unknown_ids
from streams.errors import TranscriptError
from streams.events import AudioFrame
from streams.script import Script


@click.group(short_help="List rules and check them against conversations.")
def command() -> None:
    """List rules and check them against conversations."""


@command.command("list", short_help="List the rules of the pack.")
@click.option("--pack", metavar="NAME|FILE", help="Another pack than the configured one.")
@click.pass_obj
def list_rules(invocation: Invocation, pack: str | None) -> None:
    """List the rules of the pack, with what the configuration makes of them."""
    from nudges.packs import load

    settings = invocation.config.nudges
    text = read_pack(pack or settings.pack)
    rules = load(text).pack.rule
    width = max((len(rule.id) for rule in rules), default=0)
    for rule in rules:
        off = not rule.enabled or rule.id in settings.off
        mode = "off" if off else "shadow" if rule.shadow or rule.id in settings.shadow else "on"
        print(f"{rule.id:{width}}  {rule.severity:8}  {mode:6}  {rule.text}")
    for slip in unknown_ids(text, settings):
        print(f"sidecar: {slip}", file=sys.stderr)


@command.command(short_help="Run conversations against their expectations.")
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option("--pack", metavar="NAME|FILE", help="Another pack than the configured one.")
@click.option("--all", "whole", is_flag=True, help="Also hold the pack to the conversations of packs that it extends.")
@click.pass_obj
def test(invocation: Invocation, files: tuple[str, ...], pack: str | None, *, whole: bool) -> None:
    """Run the pack's own conversations and any .call FILES against their expectations.

    Exit code 1 when one is not met. Conversations of a pack that this one extends may go differently by now, and are
    named only.
    """
    from sidecar.rulebook import proven_in, trusted_pack
    from sidecar.trial import judge, pack_cases, report

    name = pack or invocation.config.nudges.pack
    text = trusted_pack(name)
    own = proven_in(name)
    judged = [(case.rule, case.judge()) for case in pack_cases(text)]
    judged.extend(("", judge(script, text)) for script in _read(files, text))
    unmet = [(rule, verdict) for rule, verdict in judged if not verdict.passed]
    failed = [verdict for rule, verdict in unmet if whole or not rule or rule in own]
    for verdict in failed:
        print("\n".join(report(verdict)))
    print(f"{len(judged) - len(unmet)} of {len(judged)} conversations as expected")
    if len(unmet) > len(failed):
        changed = dict.fromkeys(rule for rule, verdict in unmet if verdict not in failed)
        print(f"{len(unmet) - len(failed)} of the pack that this one extends go differently now (--all shows them):")
        print(f"  {', '.join(changed)}")
    if failed:
        sys.exit(1)


@command.command(short_help="Look for dead rules, shadowed cues and slow expressions.")
@click.option("--pack", metavar="NAME|FILE", help="Another pack than the configured one.")
@click.pass_obj
def check(invocation: Invocation, pack: str | None) -> None:
    """Look for dead rules, shadowed and unused cues, thresholds out of reach and slow expressions.

    Exit code 1 when something is found.
    """
    from sidecar.rulecheck import check_pack

    settings = invocation.config.nudges
    text = read_pack(pack or settings.pack)
    found = [f"{problem.kind:11}  {problem.where}: {problem.what}" for problem in check_pack(text)]
    # Another pack than the configured one may well lack what the configuration names.
    found += [f"{'unknown':11}  {slip}" for slip in ([] if pack else unknown_ids(text, settings))]
    for line in found:
        print(line)
    if found:
        sys.exit(1)
    print("nothing found")


@command.command(short_help="Say turn by turn why a rule did or did not fire.")
@click.argument("rule")
@click.argument("call", type=click.Path(path_type=Path))
@click.option("--pack", metavar="NAME|FILE", help="Another pack than the configured one.")
@click.pass_obj
def why(invocation: Invocation, rule: str, call: Path, pack: str | None) -> None:
    """Say turn by turn why RULE did or did not fire in CALL, a transcript or a kept call's journal."""
    from sidecar.material import open_path
    from sidecar.replay import context_of
    from sidecar.why import why as reasons

    config = invocation.config
    material = open_path(call, left=None, default_left=config.recordings.left, transcript=None)
    if material.kind == "audio":
        raise TranscriptError(f"{call} is a recording; name its transcript, or the journal of its call")
    context = material.context or context_of(config, material.started.call_id)
    if pack:
        context = structs.replace(context, pack=read_pack(pack))
    for line in reasons((event for event in material.events() if not isinstance(event, AudioFrame)), rule, context):
        print(line)


@command.command(short_help="Print the JSON Schema of rule packs.")
def schema() -> None:
    """Print the JSON Schema of rule packs, for editors that complete and check TOML."""
    from sidecar.rulebook import schema as pack_schema

    print(json.format(json.encode(pack_schema()), indent=2).decode())


def _read(files: tuple[str, ...], pack: str) -> Iterator[Script]:
    """Raises TranscriptError for a file that cannot be read, or that expects something of a rule that is none."""
    from nudges.packs import load
    from streams.transcript import read_transcript

    # A call may speak of the rules that ship though this pack does without them.
    rules = [rule.id for text in (pack, read_pack("default")) for rule in load(text).pack.rule]
    for name in files:
        try:
            text = Path(name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not a text file"
            raise TranscriptError(f"{name}: {reason}") from error
        script = read_transcript(text, name)
        for expectation in script.expectations:
            if not any(rule.startswith(expectation.rule) for rule in rules):
                raise TranscriptError(
                    f"{name}:{expectation.line}: no rule {expectation.rule}; `sidecar rules list` names them"
                )
        yield script
