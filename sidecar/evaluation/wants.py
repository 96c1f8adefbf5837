"""What labels ask of the coach, as nudges within a stretch of time: turns, openings and kinds in, wants out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sidecar.evaluation.labels import ESCALATED, Ban, Labels, Opening, Span, Want
from streams.errors import TranscriptError
from streams.script import LONGEST_MS

REACH = 3
"""A nudge is in time until so many turns later: the agent's next answer has then been given without it."""
LEEWAY = 2
"""Customer turns around the onset of an escalation within which its announcement counts."""

KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "empathy_missed": ("empathy.missed", ("empathy.",)),
    "rising_heat": ("deesc.rising_heat", ("deesc.",)),
    "supervisor_request": ("deesc.supervisor_request", ("team.warm_handoff",)),
    "threat": ("deesc.threat", ("deesc.rising_heat",)),
    "inflaming_words": ("deesc.inflaming_words", ("deesc.rising_heat",)),
    "customer_repeating": ("listen.customer_repeating", ("listen.confirm_first", "adapt.script_loop")),
    "confusion": ("comm.confusion", ("comm.", "patience.repeat_kindly")),
    "flat_no": ("nego.flat_no", ("comm.can_do_language",)),
    "no_ownership": ("own.no_ownership", ("solve.name_time_owner",)),
    "name_time_owner": ("solve.name_time_owner", ("own.no_ownership", "comm.vague")),
    "repeat_contact": ("solve.repeat_contact", ("own.no_ownership",)),
    "new_angle": ("solve.new_angle", ("adapt.script_loop",)),
    "script_loop": ("adapt.script_loop", ("solve.new_angle", "listen.customer_repeating")),
    "warm_handoff": ("team.warm_handoff", ()),
    "close_well": ("process.close_well", ()),
    "nice_save": ("praise.nice_save", ("praise.",)),
    "good_move": ("praise.good_move", ("praise.",)),
}
"""Kinds of labelled moments: the rule that is meant, and others that would do."""


def labels_of(
    spans: Sequence[Span],
    where: str,
    *,
    tension: tuple[tuple[int, int], ...] | None = None,
    openings: tuple[Opening, ...] | None = None,
    moments: Sequence[tuple[int, str]] | None = None,
    expected: Sequence[Want] | None = None,
    bans: Sequence[Ban] = (),
) -> Labels:
    """The labels of a call as they were given, checked against its turns; None is what nobody looked at.

    `moments` are turns after which a coach should have spoken, each with one of `KINDS`.
    Raises TranscriptError with `where` and the reason.
    """
    customers = [*(turn for turn, _ in tension or ()), *(opening.turn for opening in openings or ())]
    for turn in [*customers, *(turn for turn, _ in moments or ())]:
        if not 0 <= turn < len(spans):
            raise TranscriptError(f"{where}: there is no turn {turn}; the last one is {len(spans) - 1}")
    for turn in customers:
        if spans[turn].channel == "agent":
            raise TranscriptError(f"{where}: turn {turn} is the agent's; tension and openings are the customer's")
    for turn, value in tension or ():
        if not 0 <= value <= 3:
            raise TranscriptError(f"{where}: turn {turn} has tension {value}; it goes from 0 to 3")
    for _, kind in moments or ():
        if kind not in KINDS:
            raise TranscriptError(f"{where}: no kind '{kind}' of wanted moments; known are {', '.join(KINDS)}")
    return Labels(
        tension=tension,
        openings=openings,
        wants=(*(expected or ()), *_wanted(spans, moments or ()), *_fair(spans, openings or (), tension or ())),
        bans=tuple(bans),
        complete=expected is not None or moments is not None,
    )


def _wanted(spans: Sequence[Span], moments: Iterable[tuple[int, str]]) -> Iterator[Want]:
    for turn, kind in moments:
        rule, also = KINDS[kind]
        yield Want(rule=rule, also=also, from_ms=spans[turn].started_ms, to_ms=_until_ms(spans, turn + REACH))


def _fair(spans: Sequence[Span], openings: Iterable[Opening], tension: Iterable[tuple[int, int]]) -> Iterator[Want]:
    """What the other labels make fair: a word on empathy while it is due, a calming one while the customer is upset."""
    for opening in openings:
        if opening.outcome in {"bare", "missed"}:
            from_ms, to_ms = spans[opening.turn].started_ms, _until_ms(spans, opening.turn + REACH + 1)
            yield Want(rule="empathy.missed", also=("empathy.",), from_ms=from_ms, to_ms=to_ms, required=False)
    for turn, value in tension:
        if value >= ESCALATED:
            from_ms, to_ms = onset_window(spans, turn)
            yield Want(rule="deesc.rising_heat", also=("deesc.",), from_ms=from_ms, to_ms=to_ms, required=False)


def onset_window(spans: Sequence[Span], turn: int) -> tuple[int, int]:
    """From the second customer turn before a turn until a third one after it begins."""
    own = [number for number, span in enumerate(spans) if span.channel != "agent"]
    place = own.index(turn)
    after = own[place + LEEWAY + 1 :]
    return spans[own[max(0, place - LEEWAY)]].started_ms, spans[after[0]].started_ms if after else LONGEST_MS


def _until_ms(spans: Sequence[Span], turn: int) -> int:
    """When a turn begins; behind the last one, the end of all time."""
    return spans[turn].started_ms if turn < len(spans) else LONGEST_MS
