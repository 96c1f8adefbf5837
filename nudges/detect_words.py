"""Triggers found in words: cues, openings for empathy and their answers. The situation in, findings out."""

import msgspec

from nudges.findings import Finding, Memory, distinct, ms, plain, quotes, window
from nudges.signals import Hit, Opening, OpeningDue, OpeningMoved, Turn, TurnClosed, TurnGrew
from nudges.situation import Situation
from nudges.triggers import AnsweredWell, Heard, OpeningIs, Unanswered
from streams.events import Quote


def heard(trigger: Heard, seen: Situation, _: Memory) -> list[Finding]:
    """New hits of the families."""
    found = []
    for turn, brought in new_hits(trigger.cues, seen):
        new = [hit for hit in brought if _early(trigger, hit, turn)]
        if not new:
            continue
        hit = new[-1]
        hits = new
        if trigger.count > 1 or trigger.turns > 1:
            hits = seen.conversation.heard(trigger.cues, hit.said_ms - ms(trigger.within_s))
            if len(hits) < trigger.count or len({earlier.turn for earlier in hits}) < trigger.turns:
                continue
        needed = max(trigger.count, trigger.turns)
        times = "once" if needed == 1 else f"{len(hits)} times"
        found.append(
            Finding(
                from_ms=hit.said_ms,
                until_ms=hit.ended_ms,
                measured=f"{plain(hit.cue)}: {times}",
                threshold="once" if needed == 1 else window(needed, "times", trigger.within_s),
                evidence=quotes(hits),
            )
        )
    return found


def unanswered(trigger: Unanswered, seen: Situation, _: Memory) -> list[Finding]:
    """Openings whose answer is due."""
    return [
        _about(signal.opening, signal.measured, signal.threshold)
        for signal in seen.signals
        if isinstance(signal, OpeningDue)
        and signal.opening.strength in trigger.strength
        and signal.opening.sure >= trigger.sure
    ]


def opening_is(trigger: OpeningIs, seen: Situation, _: Memory) -> list[Finding]:
    """Openings that came into the state."""
    return [
        _about(signal.opening, f"{signal.opening.strength} opening {trigger.state}", trigger.state)
        for signal in seen.signals
        if isinstance(signal, OpeningMoved)
        and signal.opening.state == trigger.state
        and signal.opening.strength in trigger.strength
    ]


def answered_well(trigger: AnsweredWell, seen: Situation, memory: Memory) -> list[Finding]:
    """Openings whose first answer held every move, judged when that turn is over."""
    found = []
    for signal in seen.signals:
        match signal:
            case OpeningMoved(opening=opening):
                well = opening.state == "given" and opening.turns == 0 and opening.strength in trigger.strength
                memory.watched = opening if well else None
            case TurnClosed(turn=turn) if turn.side == "A" and memory.watched is not None:
                opening = memory.watched
                # An answer known from a partial comes before the end of its turn.
                if turn.ended_ms < (opening.answered_ms or 0):
                    continue
                memory.watched = None
                hits = seen.conversation.heard(trigger.moves, opening.ended_ms)
                said = [hit for hit in hits if hit.said_ms <= turn.ended_ms]
                if all(any(hit.cue == move for hit in said) for move in trigger.moves):
                    names = ", ".join(plain(move) for move in trigger.moves)
                    finding = _about(opening, f"{names} in the first answer", names)
                    evidence = (*finding.evidence, *quotes(said))
                    found.append(msgspec.structs.replace(finding, until_ms=said[-1].ended_ms, evidence=evidence))
            case _:
                pass
    return found


def new_hits(cues: tuple[str, ...], seen: Situation) -> list[tuple[Turn, list[Hit]]]:
    """The hits of these families in each turn that has just brought any."""
    brought = [
        (signal.turn, [hit for hit in signal.hits if hit.cue in cues])
        for signal in seen.signals
        if isinstance(signal, TurnGrew)
    ]
    return [(turn, hits) for turn, hits in brought if hits]


def _early(trigger: Heard, hit: Hit, turn: Turn) -> bool:
    return trigger.early_s is None or hit.said_ms <= turn.started_ms + ms(trigger.early_s)


def _about(opening: Opening, measured: str, threshold: str) -> Finding:
    return Finding(
        from_ms=opening.said_ms,
        until_ms=opening.ended_ms,
        measured=measured,
        threshold=threshold,
        evidence=distinct([Quote(opening.quote, opening.said_ms), *opening.because]),
        opening=opening.opening,
    )
