"""A whole report with something of everything in it."""

from sidecar.evaluation.changes import changes
from sidecar.evaluation.report import PackReport, Report, figures
from sidecar.evaluation.scoring import CaseScore, SeenOnset, SeenOpening, SeenWant
from tests.sidecar.evaluation.scores import scored, seen

SCRIPT = "<script>alert(1)</script>"


def some(case_id: str, verdict: str = "wanted") -> CaseScore:
    """A call in which everything happened."""
    return scored(
        case_id,
        calm=True,
        nudges=(seen("a.b" if verdict == "wanted" else "a.c", verdict=verdict), seen("deesc.x", verdict="unjudged")),
        wants=(SeenWant(rule="a.b", from_ms=0, met=True, lead_ms=3000),),
        openings=(SeenOpening(turn=0, at_ms=0, strength="strong", outcome="given", said="bare"),),
        onsets=(SeenOnset(announcer="nudge", escalates=True, lead_ms=-500, false=True),),
    )


def report(*, packs: int = 1, changed: int = 1, skipped: tuple[str, ...] = (), split: bool = False) -> Report:
    """The report of `changed` calls that differ between two packs, or of one call and one pack."""
    ids = [f"call-{number}{SCRIPT}" for number in range(changed)]
    before, after = [some(name) for name in ids], [some(name, "unwanted") for name in ids]
    parts = tuple(figures(part, before) for part in (("all", "open", "sealed") if split else ("all",)))
    pack = PackReport(pack="default", parts=parts, unmet=())
    other = PackReport(pack="mine.toml", parts=(figures("all", after),), unmet=(f"x.call:3: a.b: {SCRIPT}",))
    return Report(
        calls=changed,
        volume="standard",
        seed=20,
        resamples=1000,
        packs=(pack, other)[:packs],
        changes=changes(zip(before, after, strict=True)) if packs > 1 else (),
        skipped=skipped,
    )


def empty() -> Report:
    """The report of a call of which nothing is known."""
    pack = PackReport(pack="default", parts=(figures("all", [scored(judged=False)]),), unmet=())
    return Report(calls=1, volume="standard", seed=20, resamples=1000, packs=(pack,))
