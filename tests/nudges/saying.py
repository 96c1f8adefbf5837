"""Events of one call "c" in few words: speech edges, words and the clock."""

from streams.events import Channel, Hypothesis, SpeechEnded, SpeechStarted, Tick, Utterance


def starts(channel: Channel, at_ms: int, *, heard_ms: int | None = None) -> SpeechStarted:
    """Speech begins at `at_ms`, announced at `heard_ms`."""
    return SpeechStarted(call_id="c", at_ms=at_ms if heard_ms is None else heard_ms, channel=channel, started_ms=at_ms)


def ends(channel: Channel, start_ms: int, end_ms: int, *, heard_ms: int | None = None) -> SpeechEnded:
    """Speech that began at `start_ms` ends at `end_ms`, announced at `heard_ms`."""
    at_ms = end_ms if heard_ms is None else heard_ms
    return SpeechEnded(call_id="c", at_ms=at_ms, channel=channel, started_ms=start_ms, ended_ms=end_ms)


def says(
    channel: Channel, start_ms: int, end_ms: int, text: str, *, number: int = 0, known_ms: int | None = None
) -> Utterance:
    """Final words of what was said, known at `known_ms`."""
    return Utterance(
        call_id="c",
        at_ms=end_ms if known_ms is None else known_ms,
        channel=channel,
        utterance=number,
        started_ms=start_ms,
        ended_ms=end_ms,
        text=text,
    )


def partly(channel: Channel, start_ms: int, until_ms: int, stable: str, *, number: int = 0) -> Hypothesis:
    """What is stable so far of an utterance."""
    return Hypothesis(
        call_id="c",
        at_ms=until_ms,
        channel=channel,
        utterance=number,
        started_ms=start_ms,
        stable=stable,
        tail="and",
        stable_until_ms=until_ms,
    )


def tick(at_ms: int) -> Tick:
    """Time goes on."""
    return Tick(call_id="c", at_ms=at_ms)
