"""Triggers found in heat and mood. The situation in, findings out."""

from nudges.findings import Finding, Memory, distinct, ms
from nudges.signals import HeatMoved, MoodMoved, TurnClosed
from nudges.situation import Situation
from nudges.triggers import Escalates, HeatCooled, HeatLasts, HeatReaches, MoodRecovered
from streams.events import Quote


def heat(trigger: HeatReaches, seen: Situation, _: Memory) -> list[Finding]:
    """A rise to the value."""
    return [
        _risen(signal, trigger.at, seen)
        for signal in seen.signals
        if isinstance(signal, HeatMoved)
        and _rose(signal)
        and signal.value >= trigger.at
        and signal.streak >= trigger.streak
    ]


def heat_cooled(trigger: HeatCooled, seen: Situation, memory: Memory) -> list[Finding]:
    """Heat that stayed low after a peak, told once a peak."""
    closed = [signal.turn for signal in seen.signals if isinstance(signal, TurnClosed) and signal.turn.side == "C"]
    peak_ms, peak = seen.heat.highest
    if not closed or peak < trigger.top or memory.told_ms >= peak_ms:
        return []
    last = seen.conversation.closed_turns("C")[-trigger.turns :]
    cool = [seen.heat.value(turn.ended_ms) <= trigger.bottom for turn in last if turn.started_ms > peak_ms]
    if len(cool) < trigger.turns or not all(cool):
        return []
    memory.told_ms = peak_ms
    value = seen.heat.value(seen.now_ms)
    return [
        Finding(
            from_ms=seen.now_ms,
            until_ms=seen.now_ms,
            measured=f"heat {peak:.0f} to {value:.0f}",
            threshold=f"{trigger.top:g} to {trigger.bottom:g}",
            evidence=(Quote(closed[-1].text[:64], closed[-1].started_ms),),
        )
    ]


def mood_recovered(trigger: MoodRecovered, seen: Situation, memory: Memory) -> list[Finding]:
    """Mood that stayed up after a low, told once a call."""
    low = seen.mood.lowest
    last = seen.mood.last(trigger.utterances)
    if memory.told_ms >= 0 or low > trigger.low or not any(isinstance(signal, MoodMoved) for signal in seen.signals):
        return []
    if len(last) < trigger.utterances or min(last) - low < trigger.by:
        return []
    memory.told_ms = seen.now_ms
    return [
        Finding(
            from_ms=seen.now_ms,
            until_ms=seen.now_ms,
            measured=f"mood {low:+.2f} to {last[-1]:+.2f}",
            threshold=f"+{trigger.by:g} from {trigger.low:+g}",
        )
    ]


def escalates(trigger: Escalates, seen: Situation, memory: Memory) -> list[Finding]:
    """The onset of an episode; it lasts until so many of the customer's turns in a row raised nothing."""
    found = []
    for signal in seen.signals:
        match signal:
            case HeatMoved() if _rose(signal):
                if memory.since_ms < 0 and signal.value >= trigger.at and _begins(trigger, signal, seen):
                    found.append(_risen(signal, trigger.at, seen))
                    memory.since_ms = seen.now_ms
                memory.count = -1
            case TurnClosed(turn=turn) if turn.side == "C":
                memory.count += 1
                if memory.count >= trigger.calm_turns:
                    memory.since_ms = -1
            case _:
                pass
    return found


def _begins(trigger: Escalates, signal: HeatMoved, seen: Situation) -> bool:
    tone = seen.heat.tone
    tense = tone is None or tone.tension >= trigger.tense_from
    return tense and (signal.before < trigger.at or signal.value - signal.before >= trigger.rise)


def heat_lasts(trigger: HeatLasts, seen: Situation, memory: Memory) -> list[Finding]:
    """Heat that has lasted, told once each time."""
    since_ms = seen.heat.above_since(trigger.at, seen.now_ms)
    if since_ms is None or since_ms <= memory.told_ms or seen.now_ms < since_ms + ms(trigger.s):
        return []
    memory.told_ms = since_ms
    return [
        Finding(
            from_ms=since_ms,
            until_ms=seen.now_ms,
            measured=f"heat {seen.heat.value(seen.now_ms):.0f} for {(seen.now_ms - since_ms) / 1000:.0f} s",
            threshold=f"{trigger.at:g} for {trigger.s:g} s",
        )
    ]


def heat_lasts_wake_ms(trigger: HeatLasts, seen: Situation) -> int | None:
    """When it will have lasted long enough, if it is not told yet."""
    since_ms = seen.heat.above_since(trigger.at, seen.now_ms)
    return None if since_ms is None else since_ms + ms(trigger.s)


def _rose(moved: HeatMoved) -> bool:
    return moved.value > moved.before


def _risen(moved: HeatMoved, at: float, seen: Situation) -> Finding:
    causes = [Quote(cause.quote, cause.said_ms) for cause in seen.heat.causes(seen.now_ms) if cause.quote]
    return Finding(
        from_ms=seen.now_ms,
        until_ms=seen.now_ms,
        measured=f"heat {moved.before:.0f} to {moved.value:.0f}",
        threshold=f"{at:g}",
        evidence=distinct(causes),
    )
