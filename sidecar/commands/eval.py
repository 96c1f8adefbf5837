"""`sidecar eval`: how good a rule pack is on labelled calls, and what another one would change."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sidecar.invocation import Invocation
from streams.errors import InputError, StorageError

if TYPE_CHECKING:
    from sidecar.evaluation.labels import Case
    from sidecar.evaluation.report import Report
    from sidecar.evaluation.scoring import CaseScore


@click.command(short_help="Measure the coach on labelled calls.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--pack", metavar="NAME|FILE", help="Another pack than the configured one.")
@click.option("--against", metavar="NAME|FILE", help="Also run this pack, and say what it changes, call by call.")
@click.option("--split", is_flag=True, help="Also report the open and the sealed half of the calls, by hash of the id.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Also write the report as this page."
)
@click.option("--workers", type=click.IntRange(1), help="Use so many processes.  [default: all cores]")
@click.pass_obj
def command(
    invocation: Invocation,
    paths: tuple[Path, ...],
    *,
    pack: str | None,
    against: str | None,
    split: bool,
    as_json: bool,
    page: Path | None,
    workers: int | None,
) -> int:
    """Run the labelled calls of PATHS through the coach and report how right and how timely it was.

    PATHS are .call files with expectations, JSON Lines of labelled calls, a folder of dialogues with labels, journals
    of earlier calls, or folders of these. Text without times is paced at 150 words a minute with 600 ms gaps; rules on
    timing are off there. Where `expect` or `wanted` stands, any other nudge is a false alarm.

    Exit code 2 when a line was no labelled call; the rest is reported all the same.
    """
    import msgspec

    from nudges.packs import load
    from sidecar.evaluation import sources
    from sidecar.evaluation.scoring import unknown
    from sidecar.rulebook import read_pack, trusted_pack

    names = [pack or invocation.config.nudges.pack, *((against,) if against else ())]
    packs = [trusted_pack(name) for name in names]
    # Labels may speak of the rules that ship though these packs do without them.
    rules = {rule.id for text in (*packs, read_pack("default")) for rule in load(text).pack.rule}
    cases: list[Case] = []
    skipped: list[str] = []
    for found in sources.find(paths):
        wrong = [str(found)] if isinstance(found, InputError) else unknown(found, rules)
        skipped.extend(wrong)
        for line in wrong:
            print(f"sidecar: {line}", file=sys.stderr)
        if not wrong and not isinstance(found, InputError):
            cases.append(found)
    if not cases:
        raise InputError("there is no labelled call in what was given")
    config = msgspec.to_builtins(invocation.config.nudges)
    scores = _scores(cases, packs, config, workers)
    report = _report(names, scores, skipped, split=split, volume=str(config["volume"]))
    _print(report, as_json=as_json)
    if page is not None:
        _write(page, report)
    return InputError.exit_code if skipped else 0


def _scores(
    cases: "Sequence[Case]", packs: Sequence[str], config: dict[str, object], workers: int | None
) -> "list[tuple[CaseScore, ...]]":
    """Every case's scores, one for each pack, in the order of the cases."""
    from sidecar.evaluation import engines, performing

    work = performing.tasks(cases, packs, config)
    done: dict[int, list[tuple[CaseScore, ...]]] = {}
    # Closed in any case, so that a stop leaves no process behind.
    with closing(performing.perform(work, engines.best(workers, len(work)))) as results, _progress(len(cases)) as step:
        for number, found in results:
            done[number] = found
            step(len(found))
    return [scores for number in range(len(work)) for scores in done[number]]


@contextmanager
def _progress(length: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr where somebody looks."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label="evaluating", file=sys.stderr) as bar:
        yield bar.update


def _report(
    names: Sequence[str], scores: "Sequence[tuple[CaseScore, ...]]", skipped: Sequence[str], *, split: bool, volume: str
) -> "Report":
    from sidecar.evaluation import changes, intervals, report, splitting

    def of_pack(number: int) -> report.PackReport:
        own = [each[number] for each in scores]
        return report.PackReport(
            pack=names[number],
            parts=tuple(report.figures(part, some) for part, some in splitting.parts(own, split=split).items()),
            unmet=tuple(line for score in own for line in score.unmet),
        )

    return report.Report(
        calls=len(scores),
        volume=volume,
        seed=intervals.SEED,
        resamples=intervals.RESAMPLES,
        packs=tuple(of_pack(number) for number in range(len(names))),
        changes=changes.changes((each[0], each[1]) for each in scores) if len(names) > 1 else (),
        skipped=tuple(skipped),
    )


def _print(report: "Report", *, as_json: bool) -> None:
    if as_json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        return
    from sidecar.evaluation.table import lines

    for line in lines(report):
        print(line)


def _write(path: Path, report: "Report") -> None:
    from sidecar.evaluation.page import html

    try:
        path.write_text(html(report), "utf-8")
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error
