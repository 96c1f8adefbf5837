"""`sidecar tune`: which profile hears your own calls as well as the full window does, kept in your settings."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sidecar.amounts import Amount
from sidecar.invocation import Invocation

if TYPE_CHECKING:
    from sidecar.config_sections import Config
    from sidecar.material import Material
    from sidecar.tuning import Outcome, Piece, Row
    from streams.events import Channel


@click.command(short_help="Find the fastest setting that hears your calls as well.")
@click.argument("recordings", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--left", type=click.Choice(["agent", "customer"]), help="Who is on the first channel.")
@click.option(
    "--tolerance",
    type=Amount(0, 20),
    default=1.0,
    show_default=True,
    help="Words that may differ from the full 30 s window's, percent.",
)
@click.option("--minutes", type=Amount(0.1), help="Listen to so much of each recording.  [default: all]")
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.pass_obj
def command(
    invocation: Invocation,
    recordings: tuple[Path, ...],
    *,
    left: "Channel | None",
    tolerance: float,
    minutes: float | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Decode RECORDINGS in the full 30 s window and with every profile, and keep the fastest one that hears the same.

    Nothing of the recordings is kept or sent. The choice goes to your settings file as asr.profile.
    """
    from sidecar import config_edit, models, pick, recogniser, tuning
    from sidecar.material import open_path

    config = invocation.config
    asr, models_dir = config.asr, invocation.places.models_dir
    calls = [open_path(path, left=left, default_left=config.recordings.left, transcript=None) for path in recordings]
    silent = next((path for path, call in zip(recordings, calls, strict=True) if call.kind != "audio"), None)
    if silent is not None:
        raise click.UsageError(f"{silent} has no sound; tune needs recordings")
    name = pick.name(asr, models_dir, say=_say)
    directory = models.resolve(name, models_dir, download=asr.download, say=_say)
    engines = recogniser.load_profiles(asr, directory, {tuning.FULL_NAME: tuning.FULL, **asr.profiles})
    comparison = tuning.Comparison(engines)
    limit_ms = None if minutes is None else round(minutes * 60_000)
    lengths_ms = [min(call.duration_ms, limit_ms or call.duration_ms) for call in calls]
    with click.progressbar(length=sum(lengths_ms), label="listening", file=sys.stderr) as bar:
        for call, length_ms in zip(calls, lengths_ms, strict=True):
            done_ms = 0
            for piece in _pieces(call, config, length_ms):
                comparison.take(piece)
                bar.update(max(0, piece.job.ended_ms - done_ms))
                done_ms = max(done_ms, piece.job.ended_ms)
            bar.update(max(0, length_ms - done_ms))
    outcome = comparison.outcome()
    enough = outcome.words >= tuning.ENOUGH_WORDS
    chosen = tuning.choose(outcome.rows, tolerance / 100) if enough else None
    if not as_json:
        _print(outcome, chosen, name)
    written: Path | None = None
    if chosen is not None and not dry_run:
        written = invocation.places.config_file
        config_edit.put(written, ("asr",), "profile", chosen.name)
    if as_json:
        _print_json(
            outcome,
            model=name,
            tolerance=tolerance / 100,
            chosen=chosen.name if chosen else None,
            written=str(written) if written else None,
        )
    elif not enough:
        print(f"{outcome.words} words are too few to decide by; give recordings with {tuning.ENOUGH_WORDS} or more")
    elif chosen is None:
        print(f"no profile is within {tolerance:g} %; asr.profile stays {asr.profile}")
    elif written is None:
        print(f"asr.profile would be {chosen.name}; nothing was written")
    else:
        print(f"asr.profile = {chosen.name!r} is written to {written}")


def _pieces(call: "Material", config: "Config", length_ms: int) -> "Iterator[Piece]":
    from itertools import takewhile

    from sidecar import tuning
    from sidecar.config import loop_settings
    from streams.events import AudioFrame
    from streams.loop import ListeningLoop
    from streams.vad import SileroProbe

    channels = call.started.channels
    probes = {channel: SileroProbe() for channel in channels}
    loop = ListeningLoop(call.started.call_id, channels, loop_settings(config), probes)
    frames = (event for event in call.events() if isinstance(event, AudioFrame))
    yield from tuning.pieces(takewhile(lambda frame: frame.at_ms <= length_ms, frames), loop, length_ms)


def _print(outcome: "Outcome", chosen: "Row | None", model: str) -> None:
    seconds = outcome.speech_ms // 1000
    print(
        f"{model}: {outcome.utterances} utterances, {outcome.words} words, {seconds // 60}:{seconds % 60:02} of speech"
    )
    print(f"{'setting':<16}{'core s for 1 s':>16}{'words that differ':>20}")
    for row in outcome.rows:
        mark = "  <- chosen" if row is chosen else ""
        print(f"{row.name:<16}{row.cost:>16.3f}{row.difference:>20.1%}{mark}")


def _print_json(outcome: "Outcome", **decision: float | str | None) -> None:
    import msgspec

    report = {**decision, **msgspec.to_builtins(outcome)}
    print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())


def _say(line: str) -> None:
    print(line, file=sys.stderr)
