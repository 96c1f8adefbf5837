"""What the agent is told of being watched: the effective settings flow in, plain sentences flow out.

Pure. Nothing here is written by hand for one installation: each sentence stands or falls with a setting, so what the
panel says is what the service does. A line that begins with "# " is a heading.
"""

from collections.abc import Iterator

from sidecar.config_sections import Config, JournalConfig, ShareConfig

KEY_SHOWN = 8
"""Characters of the hub's key that are shown, enough to compare."""
_WATCHED = (
    "The words of both sides, as text, to know what was said.",
    "When each side speaks and for how long: silence, overlap, balance of talk.",
    "The customer's mood, from the customer's words alone.",
    "Nothing about how you feel, neither from your words nor from your voice: there is no such figure anywhere.",
)


def plain_words(config: Config, station: str) -> tuple[str, ...]:
    """What is watched, what is kept, what supervisors see, and what the agent may do about it."""
    lines = ["# What is watched", *_WATCHED, "# What is kept on this machine", *_kept(config.journal)]
    lines += ["# What supervisors see", *_seen(config.share, station)]
    if config.share.hub:
        lines += ["# What is in your hands", *_yours(config.share)]
    return tuple(lines)


def keeps_sharing(share: ShareConfig) -> str:
    """Why the agent may not switch sharing off for a call; empty where that may be."""
    if not share.hub:
        return "nothing is shared: no hub is set"
    return "" if share.may_stop else "sharing cannot be switched off for a single call here (share.may_stop)"


def _kept(journal: JournalConfig) -> Iterator[str]:
    if not journal.enabled:
        yield "Nothing of a call is kept, and no sound ever."
        return
    what = "What was said and which hints came" if journal.text else "Which hints came, without what was said"
    yield f"{what}, for {journal.keep_days} days, where only you can read it. No sound is kept."


def _seen(share: ShareConfig, station: str) -> Iterator[str]:
    if not share.hub:
        yield "Nothing: no hub is set, so nothing leaves this machine."
        return
    yield (
        f"This machine tells the hub at {share.hub} (key {share.hub_key[:KEY_SHOWN]}) and calls itself {station}; "
        "the hub shows it to supervisors of your team, under the name that it knows its key by."
    )
    yield "That you are in a call: your name, queue, since when, who speaks, silence and holds, how late words are."
    yield "That you ask for help, whenever you do."
    yield _either(
        share.mood,
        "The customer's mood and the heat of the call as figures, and the kinds of things that raised it.",
        "Not the customer's mood, nor the heat of the call.",
    )
    yield _either(
        share.nudges,
        "The titles of your hints, what became of them, your thumbs, and openings for empathy answered or missed.",
        "Not your hints, nor what became of them.",
    )
    yield _either(
        share.alerts,
        "An alert when a call may need a second person.",
        "No alerts but your own call for help.",
    )
    yield _either(
        share.shift,
        "The sums of each ended call, for a view of the last hours.",
        "No sums of calls that have ended.",
    )
    yield _either(
        share.transcript,
        "What both sides say, as text with long numbers hidden, while a supervisor has the call open.",
        "Never what anybody said, not even a quote.",
    )
    yield "Never any sound, and never the hints that are there for your own sake."


def _yours(share: ShareConfig) -> Iterator[str]:
    yield _either(
        share.may_stop,
        "You may switch sharing off for the call that goes on: supervisors then see only that you are in a call, and "
        "whether you ask for help.",
        "Sharing cannot be switched off for a single call here.",
    )
    yield _either(
        share.show_watchers,
        "You are shown who has your call open.",
        "You are not shown who has your call open.",
    )


def _either(holds: bool, so: str, otherwise: str) -> str:
    return so if holds else otherwise
