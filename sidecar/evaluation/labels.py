"""A call with what people say about it: the one form that every kind of labelled file is read into."""

from typing import Literal, TypeAlias

import msgspec

from sidecar.journal import Kept
from streams.events import Channel, Severity, Strength
from streams.script import LONGEST_MS, MS_PER_WORD, Script, Turn, settled, spread_words

LabelledOutcome: TypeAlias = Literal["given", "bare", "missed", "none_due"]

GAP_MS = 600
"""Between two turns of a text without times."""
ESCALATED = 2
"""From this tension on a customer is clearly upset."""


class Span(msgspec.Struct, frozen=True):
    """When one turn of the labels' numbering was said, and by whom; times in media ms."""

    channel: Channel
    started_ms: int
    ended_ms: int


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A customer's turn that invites acknowledgement, and what the agent made of it."""

    turn: int
    strength: Strength
    outcome: LabelledOutcome


class Want(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A nudge that a label asks for: `rule`, or one that `also` names (a family where it ends in a dot).

    One that is not `required` is fair where it comes and not missed where it does not.
    """

    rule: str
    also: tuple[str, ...] = ()
    severity: Severity | None = None
    from_ms: int = 0
    to_ms: int = LONGEST_MS
    required: bool = True


class Ban(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nudges that a label forbids: of `rule`, of a family where it ends in a dot, of any where it is empty."""

    rule: str = ""
    from_ms: int = 0
    to_ms: int = LONGEST_MS


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """What people say about a call; None where nobody looked.

    `tension` is (turn, 0 to 3) of customer turns. Where the `wants` are `complete`, a nudge that none of them asks for
    is a false alarm; elsewhere only one that is banned is.
    """

    tension: tuple[tuple[int, int], ...] | None = None
    openings: tuple[Opening, ...] | None = None
    wants: tuple[Want, ...] = ()
    bans: tuple[Ban, ...] = ()
    complete: bool = False

    @property
    def onset(self) -> int | None:
        """The first turn in which the customer is clearly upset."""
        return next((turn for turn, tension in sorted(self.tension or ()) if tension >= ESCALATED), None)

    @property
    def calm(self) -> bool:
        """Whether somebody looked, and the customer never was."""
        return self.tension is not None and self.onset is None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One call to evaluate: a script or the journal of an earlier call, the labels' turns, the labels.

    One that is not `timed` was text alone: its times are made up, and rules on timing mean nothing in it.
    """

    id: str
    spans: tuple[Span, ...]
    timed: bool = True
    script: Script | None = None
    kept: Kept | None = None
    labels: Labels = Labels()

    @property
    def talk_ms(self) -> int:
        """How long its sides speak, together."""
        return sum(span.ended_ms - span.started_ms for span in self.spans)


def paced(said: list[tuple[Channel, str]], gap_ms: int = GAP_MS) -> tuple[Turn, ...]:
    """Turns without times, said one after the other at 150 words a minute."""
    turns: list[Turn] = []
    started_ms = 0
    for channel, text in said:
        ended_ms = started_ms + MS_PER_WORD * max(1, len(text.split()))
        words = spread_words(text, started_ms, ended_ms)
        turns.append(Turn(channel=channel, started_ms=started_ms, ended_ms=ended_ms, text=text, words=words))
        started_ms = ended_ms + gap_ms
    return tuple(turns)


def case_of(case_id: str, turns: tuple[Turn, ...], labels: Labels, name: str, *, timed: bool) -> Case:
    """A case from turns in the labels' numbering; `name` is what messages call it."""
    return Case(
        id=case_id,
        timed=timed,
        spans=tuple(Span(turn.channel, turn.started_ms, turn.ended_ms) for turn in turns),
        script=Script(name=name, turns=settled(turns)),
        labels=labels,
    )
