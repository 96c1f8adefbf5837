"""Triggers found in whole turns held against each other: repeats, replies, waits. The situation in, findings out."""

from nudges.detect_words import new_hits
from nudges.findings import Finding, Memory, ms, plain, quotes
from nudges.moves import content_of
from nudges.signals import Turn, TurnClosed
from nudges.situation import Situation
from nudges.spoken_words import split_words
from nudges.triggers import IntoWait, Repeats, ReplyLacks, SinceIssue, TopicDropped, Unclear
from streams.events import Quote

_LOOKED_BACK = 40
"""So many of a side's turns are held against a new one; more than anybody says in five minutes."""


def repeats(trigger: Repeats, seen: Situation, _: Memory) -> list[Finding]:
    """Turns that say an earlier one again."""
    found = []
    for turn in _closed(trigger.side, seen):
        own = seen.content(turn)
        if len(own) < trigger.words:
            continue
        for earlier in reversed(seen.conversation.closed_turns(trigger.side)[-_LOOKED_BACK:]):
            back_ms = turn.started_ms - earlier.ended_ms
            if earlier.index >= turn.index or back_ms < ms(trigger.from_s) or back_ms > ms(trigger.to_s):
                continue
            before = seen.content(earlier)
            # In a long turn the words of any short one can be found.
            share = len(own & before) / len(own) if len(before) <= 2 * len(own) else 0.0
            if share >= trigger.share:
                found.append(
                    Finding(
                        from_ms=turn.started_ms,
                        until_ms=turn.ended_ms,
                        measured=f"{100 * share:.0f} % of the words again",
                        threshold=f"{100 * trigger.share:.0f} %",
                        evidence=(_quoted(earlier), _quoted(turn)),
                        text=turn.text,
                    )
                )
                break
    return found


def reply_lacks(trigger: ReplyLacks, seen: Situation, memory: Memory) -> list[Finding]:
    """The agent's first turns after a long one of the customer, judged once a call."""
    if memory.since_ms < 0:
        long = [turn for turn in _closed("C", seen) if turn.word_count >= trigger.words]
        if not long:
            return []
        memory.since_ms, memory.text = long[0].ended_ms, long[0].text
    for turn in _closed("A", seen):
        enough = turn.word_count >= seen.conversation.substantive_words
        if memory.count >= trigger.turns or turn.started_ms < memory.since_ms or not enough:
            continue
        memory.count += 1
        done = seen.conversation.heard(trigger.cues, memory.since_ms)
        if memory.count == trigger.turns and done and not seen.conversation.heard(trigger.lacks, memory.since_ms):
            return [
                Finding(
                    from_ms=memory.since_ms,
                    until_ms=turn.ended_ms,
                    measured=f"{plain(done[0].cue)}, nothing said back",
                    threshold=f"{trigger.turns} turns after {trigger.words} words or more",
                    evidence=(Quote(memory.text[:64], memory.since_ms), *quotes(done[:1])),
                )
            ]
    return []


def topic_dropped(trigger: TopicDropped, seen: Situation, memory: Memory) -> list[Finding]:
    """The agent's turns after a topic was named, none of which names it."""
    for turn, _ in new_hits(trigger.cues, seen):
        memory.since_ms, memory.text, memory.count = turn.ended_ms, turn.text, 0
    for turn in _closed("A", seen):
        enough = turn.word_count >= seen.conversation.substantive_words
        if memory.since_ms < 0 or turn.started_ms < memory.since_ms or not enough:
            continue
        memory.count += 1
        if seen.content(turn) & content(memory.text):
            memory.since_ms = -1
        elif memory.count >= trigger.turns:
            since_ms, memory.since_ms = memory.since_ms, -1
            return [
                Finding(
                    from_ms=since_ms,
                    until_ms=turn.ended_ms,
                    measured=f"{memory.count} turns without it",
                    threshold=f"{trigger.turns}",
                    evidence=(Quote(memory.text[:64], since_ms),),
                    text=memory.text,
                )
            ]
    return []


def since_issue(trigger: SinceIssue, seen: Situation, memory: Memory) -> list[Finding]:
    """The time since the issue was stated, told once a call."""
    since_ms = seen.conversation.issue_ended_ms
    if since_ms is None or memory.told_ms >= 0 or seen.now_ms < since_ms + ms(trigger.s):
        return []
    memory.told_ms = since_ms
    return [
        Finding(
            from_ms=since_ms,
            until_ms=seen.now_ms,
            measured=f"{(seen.now_ms - since_ms) / 1000:.0f} s since they said what is wrong",
            threshold=f"{trigger.s:g} s",
        )
    ]


def since_issue_wake_ms(trigger: SinceIssue, seen: Situation) -> int | None:
    """When it will be so long since the issue was stated."""
    since_ms = seen.conversation.issue_ended_ms
    return None if since_ms is None else since_ms + ms(trigger.s)


def into_wait(trigger: IntoWait, seen: Situation, memory: Memory) -> list[Finding]:
    """The agent's turns while the customer is busy."""
    if not _closed("A", seen):
        return []
    waits = seen.conversation.heard(trigger.cues, memory.told_ms)
    if not waits:
        return []
    wait = waits[-1]
    spoken = seen.conversation.closed_from("A", wait.ended_ms, trigger.turns)
    until_ms = wait.ended_ms
    for turn in spoken:
        if turn.started_ms > until_ms + ms(trigger.within_s) or turn.word_count <= 2:
            return []
        until_ms = turn.ended_ms
    answered = any(turn.started_ms > wait.ended_ms for turn in seen.conversation.last_turns("C", 1))
    if len(spoken) < trigger.turns or answered:
        return []
    memory.told_ms = wait.ended_ms
    return [
        Finding(
            from_ms=wait.said_ms,
            until_ms=until_ms,
            measured=f"{trigger.turns} times into their search",
            threshold=f"{trigger.turns} within {trigger.within_s:g} s each",
            evidence=quotes([wait]),
        )
    ]


def unclear(trigger: Unclear, seen: Situation, _: Memory) -> list[Finding]:
    """Words of the customer that the recogniser is not sure of."""
    if not _closed("C", seen):
        return []
    since_ms = seen.now_ms - ms(trigger.window_s)
    pieces = [
        piece for turn in seen.conversation.closed_turns("C")[-8:] for piece in turn.pieces if piece.ended_ms > since_ms
    ]
    words = sum(len(piece.text.split()) for piece in pieces)
    if words < trigger.words:
        return []
    sure = sum(piece.confidence * len(piece.text.split()) for piece in pieces) / words
    if sure >= trigger.below:
        return []
    return [
        Finding(
            from_ms=since_ms,
            until_ms=seen.now_ms,
            measured=f"their words recognised with {100 * sure:.0f} %",
            threshold=f"{100 * trigger.below:.0f} % over {trigger.window_s:g} s",
        )
    ]


def content(text: str) -> frozenset[str]:
    """The words of a text that carry content."""
    return content_of(split_words(text))


def _closed(side: str, seen: Situation) -> list[Turn]:
    return [signal.turn for signal in seen.signals if isinstance(signal, TurnClosed) and signal.turn.side == side]


def _quoted(turn: Turn) -> Quote:
    return Quote(turn.text[:64], turn.started_ms, "agent" if turn.side == "A" else "customer")
