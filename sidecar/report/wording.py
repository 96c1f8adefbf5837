"""Figures of a report in the words of a person: an account flows in, short texts flow out, for terminal and page."""

from collections.abc import Iterator

from sidecar.report.account import Account, Sums, clock

OUTCOMES = {
    "done": "done",
    "dismissed": "dismissed",
    "expired": "not taken up",
    "superseded": "gave way",
    "call_ended": "call ended",
    None: "open",
}
STATES = {
    "given": "answered with empathy",
    "bare": "a formula only",
    "missed": "missed",
    "not_needed": "not needed",
    "open": "open",
}
MARKS = {"praise": "*", "info": "i", "warn": "!", "critical": "!!"}
NONE = "–"


def title(account: Account) -> str:
    """What the call is called."""
    return account.source or account.call_id


def facts(account: Account) -> list[str]:
    """Who, where and when, as far as it is known."""
    words = {
        "recogniser": "words from speech recognition",
        "reference": "words from the transcript",
        "text": "words from the transcript, no sound",
        "none": "no words, voice activity only",
    }
    paused = f"listening paused for {seconds(account.paused_ms)}" if account.paused_ms else ""
    known = [account.queue, account.agent, account.started_at, words.get(account.words_from, ""), paused, account.note]
    return [fact for fact in known if fact]


def figures(sums: Sums) -> Iterator[tuple[str, str, str]]:
    """Name, value and a few words beside it."""
    yield "Duration", clock(sums.duration_ms), f"on hold {clock(sums.hold_ms)}" if sums.hold_ms else ""
    talk = f"{clock(sums.agent_talk_ms)} to {clock(sums.customer_talk_ms)}"
    yield "Agent's share of talk", percent(sums.agent_talk_share), talk
    yield "Silence", percent(sums.silence_share), f"longest {seconds(sums.longest_silence_ms)}"
    overs = f"{sums.talk_overs} interruption{'' if sums.talk_overs == 1 else 's'}"
    yield "Talking at once", seconds(sums.overlap_ms), overs
    pace = f"customer {sums.customer_wpm}" if sums.customer_wpm is not None else ""
    yield "Agent's pace", f"{sums.agent_wpm} wpm" if sums.agent_wpm is not None else NONE, pace
    ends = f"lowest {signed(sums.mood_lowest)}, at the end {signed(sums.mood_at_end)}"
    yield "Mood, first 30 s to last", signed(sums.mood_arc), ends
    peak = f"at {clock(sums.heat_peak_at_ms)}, at the end {sums.heat_at_end:.0f}" if sums.heat_peak else ""
    yield "Peak heat", f"{sums.heat_peak:.0f} of 100", peak
    openings = sums.openings
    due = openings.total - openings.not_needed
    wait = f"answered within {seconds(openings.median_answer_ms)}" if openings.median_answer_ms is not None else ""
    yield "Empathy", f"{openings.given} of {due}" if due else NONE, wait


def tally(account: Account) -> str:
    """How many nudges, and what became of them."""
    count = len(account.nudges)
    outcomes = [OUTCOMES[nudge.outcome] for nudge in account.nudges]
    parts = [f"{outcomes.count(outcome)} {outcome}" for outcome in dict.fromkeys(outcomes)]
    return ", ".join([f"{count} nudge{'' if count == 1 else 's'}", *parts])


def in_shadow(sums: Sums) -> list[tuple[int, str]]:
    """When which rule would have spoken that is only logged, in the order of the call."""
    return sorted((at_ms, rule) for rule, times in sums.in_shadow.items() for at_ms in times)


def percent(share: float | None) -> str:
    """A share as a whole percentage."""
    return NONE if share is None else f"{share:.0%}"


def signed(value: float | None) -> str:
    """A mood with its sign."""
    return NONE if value is None else f"{value:+.2f}"


def seconds(value_ms: int) -> str:
    """A short time in seconds, a longer one as MM:SS."""
    return f"{value_ms / 1000:.1f} s" if value_ms < 60_000 else clock(value_ms)
