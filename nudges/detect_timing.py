"""Triggers found in who speaks when, without words. The situation in, findings out."""

from nudges.findings import Finding, Memory, ms, window
from nudges.signals import Replied, TalkedOver, TurnClosed, TurnGrew
from nudges.situation import Situation
from nudges.triggers import FloorHeld, HastyReplies, HoldLasts, HoldOver, SilenceLasts, SpeaksFast, TalkShare, TalksOver


def silence(trigger: SilenceLasts, seen: Situation, memory: Memory) -> list[Finding]:
    """Silence of the length, told once each."""
    return _lasted(seen.timing.silent_since_ms, trigger.s, "{} s of silence", seen, memory)


def silence_wake_ms(trigger: SilenceLasts, seen: Situation) -> int | None:
    """When the silence will be long enough."""
    return _lasts_ms(seen.timing.silent_since_ms, trigger.s)


def talk_over(trigger: TalksOver, seen: Situation, _: Memory) -> list[Finding]:
    """Interruptions that count."""
    found = []
    for signal in seen.signals:
        if not isinstance(signal, TalkedOver) or signal.long < trigger.long or signal.in_issue < trigger.in_issue:
            continue
        since_ms = signal.started_ms - ms(trigger.within_s)
        count = sum(over.started_ms >= since_ms for over in seen.timing.talk_overs)
        if count < trigger.count:
            continue
        if trigger.count > 1:
            measured, threshold = f"{count} interruptions", window(trigger.count, "", trigger.within_s)
        else:
            measured = f"{signal.overlap_ms / 1000:.1f} s over the customer"
            threshold = "in their issue statement" if trigger.in_issue else "a long overlap"
        found.append(Finding(from_ms=signal.started_ms, until_ms=seen.now_ms, measured=measured, threshold=threshold))
    return found


def hasty_replies(trigger: HastyReplies, seen: Situation, memory: Memory) -> list[Finding]:
    """Too many replies in no time; then counting begins anew."""
    found = []
    for signal in seen.signals:
        if not isinstance(signal, Replied):
            continue
        memory.gaps_ms = [*memory.gaps_ms, signal.gap_ms][-trigger.of :]
        hasty = sum(gap_ms < trigger.under_ms for gap_ms in memory.gaps_ms)
        if hasty >= trigger.count and signal.gap_ms < trigger.under_ms:
            memory.gaps_ms = []
            found.append(
                Finding(
                    from_ms=signal.started_ms,
                    until_ms=seen.now_ms,
                    measured=f"{hasty} replies under {trigger.under_ms} ms",
                    threshold=f"{trigger.count} of {trigger.of}",
                )
            )
    return found


def floor_held(trigger: FloorHeld, seen: Situation, memory: Memory) -> list[Finding]:
    """A floor held for the time, told once each."""
    since_ms = seen.timing.floor_since_ms(seen.now_ms)
    return _lasted(since_ms, trigger.s, "{} s without handing over", seen, memory)


def floor_wake_ms(trigger: FloorHeld, seen: Situation) -> int | None:
    """When the floor will have been held for the time."""
    return _lasts_ms(seen.timing.floor_since_ms(seen.now_ms), trigger.s)


def talk_share(trigger: TalkShare, seen: Situation, _: Memory) -> list[Finding]:
    """Too large a share, looked at when a turn of the agent's is over."""
    closed = any(isinstance(signal, TurnClosed) and signal.turn.side == "A" for signal in seen.signals)
    since_ms = seen.now_ms - ms(trigger.window_s)
    if not closed or since_ms < 0:
        return []
    agent_ms = seen.timing.spoke_ms("agent", since_ms, seen.now_ms)
    both_ms = agent_ms + seen.timing.spoke_ms("customer", since_ms, seen.now_ms)
    turns = sum(turn.ended_ms > since_ms for turn in seen.conversation.last_turns("C", trigger.turns + 1))
    if both_ms < ms(trigger.speech_s) or agent_ms <= trigger.above * both_ms or turns > trigger.turns:
        return []
    return [
        Finding(
            from_ms=since_ms,
            until_ms=seen.now_ms,
            measured=f"you {100 * agent_ms / both_ms:.0f} % of the last {trigger.window_s:g} s",
            threshold=f"{100 * trigger.above:g} %",
        )
    ]


def hold(trigger: HoldLasts, seen: Situation, memory: Memory) -> list[Finding]:
    """A hold of the length, told once each."""
    wanted = "" if trigger.s else "asked before"
    return _lasted(seen.timing.hold_since_ms, trigger.s, "on hold for {} s", seen, memory, wanted=wanted)


def hold_wake_ms(trigger: HoldLasts, seen: Situation) -> int | None:
    """When the hold will be long enough."""
    return _lasts_ms(seen.timing.hold_since_ms, trigger.s)


def hold_over(_: HoldOver, seen: Situation, memory: Memory) -> list[Finding]:
    """The end of a hold, told once each."""
    ended_ms = seen.timing.hold_ended_ms
    if ended_ms is None or ended_ms == memory.told_ms:
        return []
    memory.told_ms = ended_ms
    return [Finding(from_ms=ended_ms, until_ms=ended_ms, measured="back from hold", threshold="thanked")]


def hold_over_wake_ms(_: HoldOver, __: Situation) -> None:
    """Never by itself: a hold ends with an event."""
    return


def pace(trigger: SpeaksFast, seen: Situation, _: Memory) -> list[Finding]:
    """A pace above the limit, looked at with new words of the agent."""
    if not any(isinstance(signal, TurnGrew) and signal.turn.side == "A" for signal in seen.signals):
        return []
    rate = seen.pace.rate(trigger.window_s)
    limit = trigger.wpm
    if trigger.over_own is not None:
        own = seen.pace.own_wpm
        limit = None if own is None else max(trigger.least_wpm, trigger.over_own * own)
    if rate is None or limit is None or rate.wpm <= limit:
        return []
    return [
        Finding(
            from_ms=rate.from_ms,
            until_ms=seen.now_ms,
            measured=f"{rate.wpm:.0f} words a minute",
            threshold=f"{limit:.0f} over {trigger.window_s:g} s of speech",
        )
    ]


def _lasted(
    since_ms: int | None, s: float, measured: str, seen: Situation, memory: Memory, *, wanted: str = ""
) -> list[Finding]:
    """What has lasted for `s` seconds, told once each time; `measured` has a place for its own seconds."""
    if since_ms is None or since_ms == memory.told_ms or seen.now_ms < since_ms + ms(s):
        return []
    memory.told_ms = since_ms
    lasted_s = f"{(seen.now_ms - since_ms) / 1000:.0f}"
    return [
        Finding(
            from_ms=since_ms, until_ms=seen.now_ms, measured=measured.format(lasted_s), threshold=wanted or f"{s:g} s"
        )
    ]


def _lasts_ms(since_ms: int | None, s: float) -> int | None:
    return None if since_ms is None else since_ms + ms(s)
