"""One pack against another, call by call: two scores of each call flow in, what differs flows out."""

from collections.abc import Iterable, Sequence

import msgspec

from sidecar.evaluation.scoring import CaseScore, SeenNudge, SeenOnset

SAME_MS = 5000
"""Two packs say the same when the same rule speaks within so much."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What the second pack does otherwise in one call, as lines; `better` and `worse` count those a label decides."""

    id: str
    lines: tuple[str, ...]
    better: int
    worse: int


def changes(pairs: Iterable[tuple[CaseScore, CaseScore]]) -> tuple[Change, ...]:
    """The calls in which two packs differ, those that changed most first."""
    found = [change for before, after in pairs if (change := _change(before, after)) is not None]
    return tuple(sorted(found, key=lambda change: (-len(change.lines), change.id)))


def _change(before: CaseScore, after: CaseScore) -> Change | None:
    notes = [*_nudges(before, after), *_openings(before, after), *_onsets(before, after), *_expectations(before, after)]
    if not notes:
        return None
    return Change(
        id=before.id,
        lines=tuple(line for _, line in notes),
        better=sum(worth > 0 for worth, _ in notes),
        worse=sum(worth < 0 for worth, _ in notes),
    )


def _nudges(before: CaseScore, after: CaseScore) -> Iterable[tuple[int, str]]:
    gone, came = _unpaired(before.nudges, after.nudges)
    worth = {"wanted": 1, "unwanted": -1, "unjudged": 0}
    for nudge in came:
        yield worth[nudge.verdict], f"+ {_clock(nudge.at_ms)} {nudge.rule} {nudge.severity} ({nudge.verdict})"
    for nudge in gone:
        yield -worth[nudge.verdict], f"- {_clock(nudge.at_ms)} {nudge.rule} {nudge.severity} ({nudge.verdict})"


def _unpaired(
    before: Sequence[SeenNudge], after: Sequence[SeenNudge]
) -> tuple[Sequence[SeenNudge], Sequence[SeenNudge]]:
    """What has no counterpart on the other side; counterparts are taken in the order of time."""
    came = list(after)
    gone = []
    for nudge in before:
        same = [other for other in came if other.rule == nudge.rule and abs(other.at_ms - nudge.at_ms) <= SAME_MS]
        if same:
            came.remove(same[0])
        else:
            gone.append(nudge)
    return gone, came


def _openings(before: CaseScore, after: CaseScore) -> Iterable[tuple[int, str]]:
    old = {opening.turn: opening for opening in before.openings or ()}
    new = {opening.turn: opening for opening in after.openings or ()}
    for turn in sorted(old.keys() | new.keys()):
        was, now = old.get(turn), new.get(turn)
        said = (was.said if was else None, now.said if now else None)
        label = next((each.outcome for each in (was, now) if each), None)
        if said[0] == said[1]:
            continue
        at_ms = next(each.at_ms for each in (was, now) if each)
        worth = _opening_worth(said[1], label) - _opening_worth(said[0], label)
        words = " -> ".join(each or "not noticed" for each in said)
        yield worth, f"~ {_clock(at_ms)} opening {words} (labelled {label or 'none'})"


def _opening_worth(said: str | None, label: str | None) -> int:
    """Noticed where there is one is worth 1, and 1 more with the right outcome; noticed where there is none costs 1."""
    if said is None:
        return 0
    return -1 if label is None else 1 + (said == label)


def _onsets(before: CaseScore, after: CaseScore) -> Iterable[tuple[int, str]]:
    for old, new in zip(before.onsets, after.onsets, strict=True):
        if _onset_words(old) != _onset_words(new):
            worth = (new.lead_ms is not None) - (old.lead_ms is not None) - (new.false - old.false)
            yield worth, f"~ escalation by {old.announcer}: {_onset_words(old)} -> {_onset_words(new)}"


def _onset_words(onset: SeenOnset) -> str:
    met = "announced" if onset.lead_ms is not None else "not announced"
    words = [met] if onset.escalates else []
    return ", ".join([*words, *(["false alarm"] if onset.false else [])]) or "quiet"


def _expectations(before: CaseScore, after: CaseScore) -> Iterable[tuple[int, str]]:
    for line in after.unmet:
        if line not in before.unmet:
            yield -1, f"! no longer met: {line}"
    for line in before.unmet:
        if line not in after.unmet:
            yield 1, f"! now met: {line}"


def _clock(at_ms: int) -> str:
    return f"{at_ms // 60_000:02}:{at_ms // 1000 % 60:02}"
