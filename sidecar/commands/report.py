"""`sidecar report`: what one call was like, as lines, JSON or a page with a picture."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sidecar.invocation import Invocation
from streams.errors import InputError, StorageError

if TYPE_CHECKING:
    from sidecar.report.account import Account

LATEST = "latest"


@click.command(short_help="Report on one call, with a picture.")
@click.argument("call", default=LATEST)
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write this page instead.")
@click.pass_obj
def command(invocation: Invocation, call: str, *, as_json: bool, page: Path | None) -> None:
    """Report on CALL: a call of `sidecar calls list`, the path of a recording, a transcript or a journal, or `latest`.

    A file is played through the whole path first, as fast as it goes.
    """
    account = _account(invocation, call)
    if page is not None:
        from sidecar.report.page import html

        _write(page, html(account))
    if as_json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(account), indent=2).decode())
    elif page is None:
        from sidecar.printable import printable
        from sidecar.report.text import lines

        for line in lines(account):
            print(printable(line))


def _account(invocation: Invocation, call: str) -> "Account":
    from sidecar.joined import read_call
    from sidecar.journal import FILE_NAME
    from sidecar.report.account import account
    from sidecar.report.told import of_journal

    path = Path(call)
    if call != LATEST and path.exists():
        if path.suffix != ".jsonl" and not (path / FILE_NAME).is_file():
            return _played(invocation, path)
        folders: tuple[Path, ...] = (path,)
        place = ""
    else:
        folders, place = _kept(invocation, call)
    kept = read_call(folders)
    return account(of_journal(kept), note="; ".join(filter(None, (place, kept.cut))))


def _kept(invocation: Invocation, call: str) -> "tuple[tuple[Path, ...], str]":
    """The parts of a kept call, and where in a call the one stands that was named."""
    from sidecar.library import Library

    library = Library(invocation.places.journals_dir)
    if call != LATEST:
        folders = library.parts(call)
        return folders, library.place(folders[0])
    calls = library.calls()
    if not calls:
        raise InputError(f"no calls are kept in {invocation.places.journals_dir}; name a file instead")
    return library.folders_of(calls[0]), ""


def _played(invocation: Invocation, path: Path) -> "Account":
    from sidecar import ears, running
    from sidecar.material import open_path
    from sidecar.playing import Performance, say
    from sidecar.report.account import account
    from sidecar.report.told import Collected

    config = invocation.config
    material = open_path(path, left=None, default_left=config.recordings.left, transcript=None)
    models_dir = invocation.places.models_dir
    engine = None
    if material.kind == "audio":
        engine = ears.choose(
            config.asr.engine,
            material.known,
            named=False,
            local_model=lambda: ears.local_model(config.asr, models_dir, say=say),
            any_model=lambda: ears.any_model(config.asr, models_dir, say=say),
        )
    performance = Performance(material, engine, config, invocation.places, speed=None, keep=False)
    collected = Collected()
    running.run(lambda: performance.play([collected], watched=sys.stderr.isatty()))
    return account(collected.events, note="; ".join(performance.notes))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error
