"""The call's checklist, which ticks itself: what was said flows in, lines due, done and overdue come out.

Lines stand in the rule pack: parts of the greeting, items of verification, lines that must be read out by a deadline,
parts of a good close.
"""

import msgspec

from nudges.conversation import Conversation
from nudges.findings import ms
from nudges.moves import content_of
from nudges.signals import ItemOverdue
from nudges.spoken_words import split_words
from streams.events import ChecklistState


class ChecklistItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: its `id`, its `label` for people, and the `group` by which rules name it.

    It is done by any of the agent's `cues` (with `answered`, once the customer has spoken after it), or when a `share`
    of the words that carry content in `line` was said within one turn, in any order. With `if_heard` it is wanted only
    where one of those was heard, and counts from `back_s` before the last of them; with `opens` only where the agent
    opens the call. It is overdue `by_s` into the call, at the end of the agent's first turn of `turn_words`, or when
    one of `before` is heard; whichever comes first.
    """

    id: str
    label: str
    group: str
    cues: tuple[str, ...] = ()
    line: str = ""
    share: float = 0.75
    answered: bool = False
    if_heard: tuple[str, ...] = ()
    back_s: float = 0.0
    opens: bool = False
    by_s: float | None = None
    turn_words: int | None = None
    before: tuple[str, ...] = ()
    enabled: bool = True


class Moved(msgspec.Struct, frozen=True):
    """A line came into another state."""

    item: ChecklistItem
    state: ChecklistState


class Checklist:
    """The checklist of one call."""

    def __init__(self, items: tuple[ChecklistItem, ...], conversation: Conversation) -> None:
        self._conversation = conversation
        self._states: dict[str, ChecklistState] = {}
        self.use(items)

    def use(self, items: tuple[ChecklistItem, ...]) -> None:
        """Keep these lines from here on; how those of the same id stand is kept."""
        self._items = tuple(item for item in items if item.enabled)
        self._lines = {item.id: content_of(split_words(item.line)) for item in self._items}

    @property
    def states(self) -> dict[str, ChecklistState]:
        """Every line that is wanted in this call, by id, and how it stands."""
        return dict(self._states)

    def missing(self, groups: tuple[str, ...]) -> tuple[ChecklistItem, ...]:
        """The lines of these groups that are wanted and not done."""
        return tuple(item for item in self._items if item.group in groups and self._waits(item.id))

    def done(self, items: tuple[str, ...]) -> bool:
        """Whether each of these lines is done."""
        return all(self._states.get(item) == "done" for item in items)

    def advance(self, now_ms: int) -> list[Moved]:
        """What has moved by now."""
        moved: list[Moved] = []
        for item in self._items:
            before = self._states.get(item.id)
            after = self._state(item, before, now_ms)
            if after is not None and after != before:
                self._states[item.id] = after
                moved.append(Moved(item, after))
        return moved

    def wake_ms(self, now_ms: int) -> int | None:
        """When a deadline passes, or the wait for words that may yet have kept it."""
        times = [
            due_ms + wait_ms
            for item in self._items
            if item.by_s is not None and self._waits(item.id)
            for due_ms in (ms(item.by_s),)
            for wait_ms in (0, self._conversation.words_wait_ms)
        ]
        return min((at_ms for at_ms in times if at_ms > now_ms), default=None)

    def _waits(self, item: str) -> bool:
        return self._states.get(item) in {"due", "overdue"}

    def _state(self, item: ChecklistItem, before: ChecklistState | None, now_ms: int) -> ChecklistState | None:
        if before == "done" and not item.if_heard:
            return "done"
        since_ms = -1
        if item.if_heard:
            asked = self._conversation.heard(item.if_heard, -1)
            if not asked:
                return None
            since_ms = asked[-1].said_ms - ms(item.back_s)
        if item.opens and not self._agent_opened():
            return None
        if self._said(item, since_ms):
            return "done"
        return "overdue" if before == "overdue" or self._late(item, since_ms, now_ms) else "due"

    def _agent_opened(self) -> bool:
        agent, customer = self._conversation.first_turn("A"), self._conversation.first_turn("C")
        return agent is not None and (customer is None or agent.started_ms <= customer.started_ms)

    def _said(self, item: ChecklistItem, since_ms: int) -> bool:
        said = self._conversation.heard(item.cues, since_ms)
        if said:
            return not item.answered or any(
                turn.started_ms >= said[0].said_ms for turn in self._conversation.last_turns("C", 2)
            )
        words = self._lines[item.id]
        return bool(words) and any(
            len(words & content_of(split_words(turn.text))) >= item.share * len(words)
            for turn in self._conversation.last_turns("A", 2)
        )

    def _late(self, item: ChecklistItem, since_ms: int, now_ms: int) -> bool:
        conversation = self._conversation
        if item.turn_words is not None:
            long = [turn for turn in conversation.closed_turns("A")[:8] if turn.word_count >= item.turn_words]
            if long:
                return True
        if item.before and conversation.heard(item.before, since_ms):
            return True
        if item.by_s is None or now_ms < (due_ms := ms(item.by_s)):
            return False
        return conversation.known_until("A", now_ms) >= due_ms or now_ms >= due_ms + conversation.words_wait_ms


def overdue(moved: list[Moved]) -> list[ItemOverdue]:
    """What rules are told of lines that came to be overdue."""
    return [ItemOverdue(one.item.id, one.item.label, one.item.group) for one in moved if one.state == "overdue"]
