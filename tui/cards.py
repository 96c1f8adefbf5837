"""Which nudge stands on the card, and how the card and the rows below it are drawn: a board in, lines out.

Severity is carried four ways, so that none is needed alone: a word, a mark, the thickness of the bar, a colour.
"""

from collections.abc import Mapping, Sequence

from nudges.lifecycle import NudgeState
from streams.events import ChecklistState, Quote, Severity
from tui import notes
from tui.actions import sign
from tui.glyphs import MARKS, WORDS
from tui.lines import EMPTY, Line, Role, Span, age, clip, clock, plain, spread, width, wrap
from tui.state import Board, Item
from tui.view import View

ROLES: dict[Severity, Role] = {"critical": "critical", "warn": "warn", "info": "info", "praise": "praise"}
ENDINGS: dict[NudgeState, tuple[str, str, str]] = {
    NudgeState.SHOWN: ("", "", ""),
    NudgeState.ACKNOWLEDGED: ("ok", "SEEN", "by you"),
    NudgeState.DISMISSED: ("x", "GONE", "dismissed"),
    NudgeState.SNOOZED: ("zz", "OFF", "this call"),
    NudgeState.DONE: ("ok", "DONE", "done"),
    NudgeState.EXPIRED: ("..", "PAST", "time passed"),
    NudgeState.SUPERSEDED: ("^", "LESS", "worse came"),
    NudgeState.CALL_ENDED: ("--", "OVER", "call ended"),
}
DONE_BECAUSE = {
    "balance": "they spoke",
    "deesc": "it eased",
    "empathy": "you named it",
    "listen": "you listened",
    "process": "said",
    "silence": "you spoke",
}
"""Why a nudge of that family was withdrawn as done, as far as it can be said in general."""
STEPS: tuple[tuple[ChecklistState, str, Role], ...] = (
    ("overdue", "[!]", "warn"),
    ("due", "[ ]", "text"),
    ("done", "[x]", "good"),
)


ROOMY_ROWS = 5
"""With fewer rows than this a note that waits to be read takes the checklist's."""


def ending(item: Item) -> tuple[str, str, str]:
    """Mark, word and reason of a nudge that no longer asks for anything."""
    mark, word, reason = ENDINGS[item.state]
    if item.state is NudgeState.DONE:
        reason = DONE_BECAUSE.get(item.nudge.rule.partition(".")[0], reason)
    return mark, word, reason


def card(view: View, item: Item, columns: int, rows: int) -> list[Line]:
    """One nudge in full: title, what to do, a line to say, why, keys; what has least room to spare is cut last."""
    nudge, role = item.nudge, ROLES[item.nudge.severity]
    room = columns - 2
    head: Line = (
        Span(f"{MARKS[nudge.severity]:2} {WORDS[nudge.severity]:4}  ", role),
        Span(plain(nudge.title), "title"),
    )
    title = spread(head, (Span(age(view.now_ms - nudge.at_ms), "soft"),), room)
    answers = rows >= 6
    body = rows - 1 - answers
    lines = [title, *_spaced(_parts(item, room, body), body)]
    if answers:
        lines = [*lines, *[EMPTY] * (rows - 1 - len(lines)), answer_keys(view.keys)]
    lines = lines[:rows] + [EMPTY] * (rows - len(lines))
    return [(Span(view.glyphs.bars[nudge.severity], role), Span(" "), *line) for line in lines]


def _parts(item: Item, room: int, rows: int) -> list[list[Line]]:
    """What to do, what to say and why, each as lines; the why has what the others leave."""
    nudge = item.nudge
    # One row is kept for what to do, unless the line to say is all there is room for.
    say = wrap(f'Say: "{plain(nudge.say)}"', room, max(1, min(5, rows - 1))) if nudge.say else []
    text = wrap(plain(nudge.text), room, min(4, rows - len(say)))
    why = reasons(item, room)[: max(0, rows - len(say) - len(text))]
    parts: list[list[Line]] = [[(Span(row, "strong"),) for row in text], [(Span(row),) for row in say], why]
    return [part for part in parts if part]


def _spaced(parts: list[list[Line]], rows: int) -> list[Line]:
    """Parts one after another, with an empty line before each where there is room for all of them."""
    loose = sum(len(part) + 1 for part in parts) < rows
    lines: list[Line] = []
    for part in parts:
        lines.extend([EMPTY, *part] if loose else part)
    return lines


def reasons(item: Item, room: int) -> list[Line]:
    """Why the nudge came: the words it rests on and when they were said, then what was measured against what."""
    nudge = item.nudge
    lines: list[Line] = [_quoted(quote, room - 5) for quote in nudge.evidence]
    if nudge.measured:
        limit = f" (limit {plain(nudge.threshold)})" if nudge.threshold else ""
        lines.append((Span(clip(plain(nudge.measured) + limit, room - 5), "soft"),))
    return [(Span("why  " if number == 0 else "     ", "soft"), *line) for number, line in enumerate(lines)]


def _quoted(quote: Quote, room: int) -> Line:
    who = "you: " if quote.channel == "agent" else ""
    said = clip(plain(quote.quote), room - 9 - len(who))
    return (Span(f'{who}"{said}"'), Span(f"  {clock(quote.said_ms)}", "soft"))


def answer_keys(keys: Mapping[str, Sequence[str]]) -> Line:
    """The keys that answer a nudge."""
    words = (("acknowledge", "ack"), ("dismiss", "dismiss"), ("snooze", "snooze"))
    spans: list[Span] = []
    for name, word in words:
        if keys[name]:
            spans += [Span(sign(keys[name][0]), "key"), Span(f" {word}  ", "soft")]
    thumbs = [sign(keys[name][0]) for name in ("helpful", "unhelpful") if keys[name]]
    return (*spans, Span(" / ".join(thumbs), "key"))


def row(item: Item, now_ms: int, columns: int) -> Line:
    """A nudge in one line: mark, word, title, and its age or what became of it."""
    severity = item.nudge.severity
    if item.open:
        mark, word, state, role = MARKS[severity], WORDS[severity], age(now_ms - item.nudge.at_ms), ROLES[severity]
    else:
        mark, word, state = ending(item)
        role = "good" if word in {"DONE", "SEEN"} else "soft"
    head = (Span(f"  {mark:2} {word:4}  ", role), Span(plain(item.nudge.title), "text" if item.open else "soft"))
    return spread(head, (Span(state, "soft"),), columns)


def rows_below(view: View, columns: int, rows: int) -> list[Line]:
    """A note and people's lines, nudges that wait, those just settled; the checklist keeps the last row."""
    lines = notes.lines(view, columns, rows)
    lines += [row(item, view.now_ms, columns) for item in view.waiting if item is not view.chosen]
    lines += [row(item, view.now_ms, columns) for item in view.settled]
    if not view.board.checklist or (view.unread and rows < ROOMY_ROWS):
        return lines[:rows]
    lines = lines[: rows - 1]
    return [*lines, *[EMPTY] * (rows - 1 - len(lines)), checklist(view.board, columns)]


def checklist(board: Board, columns: int) -> Line:
    """What has to be said in this call: overdue first, then due, then done; no room for what is not done: a count."""
    steps = [
        Span(f"{mark} {plain(step.label)}", role)
        for state, mark, role in STEPS
        for step in board.checklist
        if step.state == state
    ]
    undone = sum(step.state != "done" for step in board.checklist)
    shown = len(steps)
    while width(line := _steps(steps[:shown], undone - shown)) > columns and shown > 1:
        shown -= 1
    return line


def _steps(steps: Sequence[Span], more: int) -> Line:
    apart = [span for step in steps for span in (Span("  ", "soft"), step)]
    return (Span("  todo ", "soft"), *apart[1:], *([Span(f"  +{more}", "soft")] if more > 0 else []))


def empty_card(view: View, columns: int, rows: int) -> list[Line]:
    """No nudge: say so kindly, so that an empty panel is not taken for a broken one."""
    mark, head, text = _at_rest(view)
    lines: list[Line] = [(Span(f"  {mark:2} ", "good" if mark == "ok" else "warn"), Span(head, "title"))]
    lines += [(Span("     "), Span(line, "soft")) for line in wrap(text, columns - 6, 3)]
    spare = rows - len(lines) - 1
    if view.notice and spare > 0:
        lines += [
            EMPTY,
            *[(Span("     "), Span(line, "soft")) for line in wrap(plain(view.notice), columns - 6, spare)],
        ]
    return lines


def _at_rest(view: View) -> tuple[str, str, str]:
    """Mark, heading and sentence for a panel without a card."""
    if view.link.state == "lost":
        return "..", "No link to the service", "Hints come back by themselves as soon as it does."
    if view.board.phase == "idle" and view.link.state == "connecting":
        return "..", "Waiting for the service", "`sidecar run` starts it; the panel joins by itself."
    if view.board.phase == "idle":
        return "ok", "Waiting for a call", "Nothing to do here: the panel needs no keys. Just talk."
    if view.quiet():
        return "ok", "Quiet, as you asked", "Only what cannot wait will show here."
    return "ok", "Nothing is wrong", "A short hint will show here when one could help."
