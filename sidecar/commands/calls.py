"""`sidecar calls`: what was kept of earlier calls, and getting rid of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from sidecar.invocation import Invocation
from sidecar.library import Entry, Library
from sidecar.printable import printable
from streams.errors import StorageError

if TYPE_CHECKING:
    from sidecar.journal import Kept


@click.group(short_help="List, show, export and purge the calls that were kept.")
def command() -> None:
    """List, show, export and purge the calls that were kept."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Every call as one line of JSON.")
@click.pass_obj
def list_calls(invocation: Invocation, as_json: bool) -> None:
    """List the calls that were kept, the newest first."""
    entries = _library(invocation).calls()
    if as_json:
        for entry in entries:
            print(msgspec.json.encode(entry).decode())
        return
    if not entries:
        print(f"no calls are kept in {invocation.places.journals_dir}")
        return
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        print(_row(entry, width))


@command.command(short_help="Print a call as lines.")
@click.argument("name")
@click.pass_obj
def show(invocation: Invocation, name: str) -> None:
    """Print the call NAME (of the list, or a part that is its own) as lines."""
    from sidecar.joined import read_call
    from sidecar.playing import readable

    folders = _library(invocation).parts(name)
    kept = read_call(folders)
    lines = readable()
    for event in kept.events:
        lines.write(event)
    _tell(invocation, folders, kept)


@command.command(short_help="Write a call in another form.")
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["jsonl", "call", "vcon"]), default="jsonl", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of stdout.")
@click.pass_obj
def export(invocation: Invocation, name: str, form: str, output: Path | None) -> None:
    """Write the call NAME as JSON lines, as a .call transcript or as a vCon; a part by its own name alone."""
    from sidecar.exports import FORMATS
    from sidecar.joined import read_call

    folders = _library(invocation).parts(name)
    kept = read_call(folders)
    text = FORMATS[form](kept)
    if output is None:
        sys.stdout.write(text)
    else:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StorageError(f"cannot write {output}: {error.strerror or error}") from error
    _tell(invocation, folders, kept)


@command.command(short_help="Delete old calls, some, or all.")
@click.argument("names", nargs=-1)
@click.option("--keep-days", type=click.IntRange(min=0), help="Keep younger calls.  [default: journal.keep_days]")
@click.option("--all", "everything", is_flag=True, help="Delete every call that was kept.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def purge(invocation: Invocation, names: tuple[str, ...], keep_days: int | None, everything: bool, yes: bool) -> None:
    """Delete calls older than journal.keep_days, or the calls NAMES, or all."""
    from streams.clock import utc_now

    if bool(names) + everything + (keep_days is not None) > 1:
        raise click.UsageError("give names, --keep-days or --all, one of them")
    library = _library(invocation)
    if names or everything:
        folders = [part for name in names for part in library.parts(name)] if names else library.folders()
        if folders and not yes:
            click.confirm(f"delete {len(folders)} kept call(s) for good?", abort=True)
        gone = library.delete(folders)
    else:
        days = invocation.config.journal.keep_days if keep_days is None else keep_days
        gone = library.purge(days, utc_now())
    for name in gone:
        print(name)
    print(f"{len(gone)} call(s) deleted")


def _library(invocation: Invocation) -> Library:
    return Library(invocation.places.journals_dir)


def _tell(invocation: Invocation, folders: tuple[Path, ...], kept: "Kept") -> None:
    """What a person should know of how a call was kept: that it broke off, or where a part of it stands."""
    from sidecar.playing import say

    for line in (_library(invocation).place(folders[0]), kept.cut):
        if line:
            say(line)


def _row(entry: Entry, width: int) -> str:
    seconds = entry.duration_ms // 1000
    facts = [
        f"{entry.name:<{width}}",
        f"{seconds // 60:02}:{seconds % 60:02}",
        f"{entry.utterances:>4} utterances",
        f"{entry.nudges:>2} nudges",
        "  ".join(fact for fact in (entry.queue, entry.agent) if fact),
        f"({entry.note})" if entry.note else "",
    ]
    return printable("  ".join(facts).rstrip())
