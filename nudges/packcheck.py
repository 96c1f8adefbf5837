"""Whether a rule pack makes sense: its structs and its text flow in, nothing comes out, or PackError with the place."""

from nudges.cues import CueBook, Side
from nudges.moves import MoveBook
from nudges.noticing import Head, Numbers
from nudges.packlines import line_of, place_of_rule
from nudges.packwords import nearest
from nudges.rulepack import Pack, Rule
from nudges.situation import Condition
from nudges.triggers import ItemsMissing, ItemsOverdue
from streams.errors import PackError

LONGEST_TEXT = 75
"""Characters of a nudge's text: what is taken in at a glance beside other work."""


def check(pack: Pack, book: CueBook, text: str) -> None:
    """Raise PackError for what could never work: names of nothing, rules without a trigger, texts nobody can read."""
    known: list[str] = []
    groups = {item.group for item in pack.checklist}
    for rule in pack.rule:
        where = place_of_rule(rule.id, text)
        if rule.id in known:
            raise PackError(f"{where}: stands twice; ids must differ")
        known.append(rule.id)
        if (length := _longest(rule, pack)) > LONGEST_TEXT:
            raise PackError(f"{where}: text has {length} characters, {LONGEST_TEXT} fit")
        if not rule.when:
            raise PackError(f"{where}: has no `when`, so it could never fire")
        for cue in cues_of(rule):
            if cue not in book.names:
                raise PackError(f"{where}: no cue family {cue}; write C.name or A.name of one that stands in the pack")
        for group in _groups_of(rule):
            if group not in groups and rule.enabled and groups:
                raise PackError(f"{where}: no line of the checklist is in the group {group}")
    for section, cues in _cues_of_settings(pack):
        for cue in cues:
            if cue not in book.names:
                raise PackError(f"[{section}]: no cue family {cue}; write C.name or A.name of one in the pack")
    for rule in pack.rule:
        for other in (name for condition in conditions_of(rule) for name in condition.showing):
            if other not in known:
                raise PackError(f"{place_of_rule(rule.id, text)}: no rule {other} in the pack")


def check_moves(book: CueBook, moves: MoveBook, text: str) -> None:
    """Raise PackError for a cue family that names no learned move of its side."""
    sides: tuple[tuple[Side, str], ...] = (("C", "customer"), ("A", "agent"))
    for side, table in sides:
        known = moves.names(side)
        for cue, move, _ in book.learned(side):
            if move not in known:
                line = line_of((table, cue.partition(".")[2], "learned"), text)
                place = f" (line {line})" if line else ""
                raise PackError(f"cue {cue}{place}: no learned move '{move}'{nearest(move, known)}")


def check_weighed(numbers: Numbers, moves: MoveBook) -> None:
    """Raise PackError where the trained eye weighs a move that was not learned with it."""
    turns = (numbers.opening, numbers.strong, numbers.tension)
    sides: tuple[tuple[Side, str, tuple[Head, ...]], ...] = (
        ("C", "does", turns),
        ("A", "answers", turns),
        ("A", "after", turns),
        ("A", "does", (numbers.given, numbers.answered)),
    )
    for side, kind, heads in sides:
        for name in sorted({name for head in heads for name in head.features}):
            of, _, move = name.partition(".")
            if of == kind and move not in moves.names(side):
                whose = "customer" if side == "C" else "agent"
                raise PackError(
                    f"noticing: '{name}' is weighed, but the moves know no '{move}' of the {whose}; use the moves that "
                    f"were learned with these numbers"
                )


def conditions_of(rule: Rule) -> list[Condition]:
    """Every condition that a rule states."""
    return [
        *(condition for trigger in rule.when for condition in (*trigger.only_if, *trigger.unless)),
        *rule.unless,
        *rule.done,
        *rule.gone,
        *rule.defer,
    ]


def cues_of(rule: Rule) -> list[str]:
    """Every cue family that a rule names."""
    cues = [
        cue for condition in conditions_of(rule) for cue in (*condition.heard, *condition.heard_all, *condition.unheard)
    ]
    for trigger in rule.when:
        for field in ("cues", "moves", "lacks"):
            cues.extend(getattr(trigger, field, ()))
    return cues


def _groups_of(rule: Rule) -> list[str]:
    return [
        group for trigger in rule.when if isinstance(trigger, ItemsOverdue | ItemsMissing) for group in trigger.groups
    ]


def _longest(rule: Rule, pack: Pack) -> int:
    if "{missing}" not in rule.text:
        return len(rule.text)
    groups = _groups_of(rule)
    labels = [len(item.label) for item in pack.checklist if item.group in groups]
    return len(rule.text.replace("{missing}", "")) + max(labels, default=0)


def _cues_of_settings(pack: Pack) -> list[tuple[str, tuple[str, ...]]]:
    empathy, conversation, wrap_up = pack.empathy, pack.conversation, pack.wrap_up
    return [
        ("wrap_up", (*wrap_up.promises, *wrap_up.timeframes, *(cue for mark in wrap_up.marks for cue in mark.cues))),
        ("forecast", pack.forecast.refusals),
        ("conversation", (*conversation.resolution_cues, *conversation.closing_cues)),
        (
            "empathy",
            (
                *empathy.strong,
                *empathy.weak,
                *empathy.answers,
                *empathy.defers,
                *empathy.formulas,
                *empathy.withdraws,
            ),
        ),
        *((f"checklist: {item.id}", (*item.cues, *item.if_heard, *item.before)) for item in pack.checklist),
    ]
