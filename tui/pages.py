"""What the pages over the panel say: help, history, evidence, what is watched; a view in, lines of any number out."""

import datetime as dt
from collections.abc import Sequence

from tui.actions import ACTIONS, clashes, sign
from tui.cards import ROLES, ending
from tui.glyphs import MARKS, WORDS
from tui.lines import EMPTY, Line, Role, Span, clock, plain, spread, wrap
from tui.meters import OUTLOOKS
from tui.state import Board, Item
from tui.view import View

STAGES = (
    ("capture", "sound comes late"),
    ("vad", "a voice noticed"),
    ("queue", "waits for a core"),
    ("encode", "hearing"),
    ("decode", "finding words"),
    ("align", "timing words"),
    ("publish", "hints, sending"),
    ("draw", "this screen"),
    ("words", "in all: words"),
    ("finals", "in all: sentences"),
)
"""What is measured between a voice and this screen, in the order in which it happens, and in the agent's words."""


def help_page(view: View, columns: int) -> list[Line]:
    """Every action with the keys in force."""
    lines: list[Line] = [_keys_line(view.keys[action.name], action.title, action.tells, columns) for action in ACTIONS]
    lines.append(_keys_line(("ctrl+p",), "Menu", "Everything here, by name", columns))
    flat = {name: ",".join(keys) for name, keys in view.keys.items()}
    wrong = [(Span(line, "warn"),) for text in clashes(flat) for line in wrap(text, columns, 2)]
    about = [
        "No key is ever needed: a hint goes when you have done it, or when its moment has passed.",
        "Marks: !! HIGH cannot wait, ! MED soon, i INFO when it suits, + NICE well done.",
        f"Beside the heat: {view.glyphs.outlook['rising']} {OUTLOOKS['rising']}, {view.glyphs.outlook['boiling']} "
        f"{OUTLOOKS['boiling']}, if it goes on as it went. A guess: no hint comes because of it.",
    ]
    return [*lines, *([EMPTY, *wrong] if wrong else []), *_paragraphs(about, columns)]


def _keys_line(keys: Sequence[str], title: str, tells: str, columns: int) -> Line:
    written = " ".join(sign(key) for key in keys) or "-"
    room = columns - 28
    said = (Span(tells if room >= len(tells) else "", "soft"),) if room > 0 else ()
    return (Span(f"{written:8} ", "key"), Span(f"{title:17} "), *said)


def history_page(view: View, columns: int) -> list[Line]:
    """All nudges of the call, the newest first, and what became of each."""
    if not view.board.items:
        return [(Span("No hint has come in this call.", "soft"),)]
    lines: list[Line] = []
    for item in reversed(view.board.items):
        nudge = item.nudge
        _, _, reason = ending(item)
        thumb = {"": "", "helpful": ", thumbs up", "not_helpful": ", thumbs down"}[item.thumb]
        head = (
            Span(f"{clock(nudge.at_ms)} ", "soft"),
            Span(f"{MARKS[nudge.severity]:2} {WORDS[nudge.severity]:4} ", ROLES[nudge.severity]),
            Span(plain(nudge.title), "strong"),
        )
        lines.append(spread(head, (), columns))
        lines.append((Span(f"      {reason or 'on screen'}{thumb}", "soft"),))
    return lines


def evidence_page(item: Item, columns: int) -> list[Line]:
    """One nudge with everything it rests on."""
    nudge = item.nudge
    lines: list[Line] = [
        (
            Span(f"{MARKS[nudge.severity]} {WORDS[nudge.severity]}  ", ROLES[nudge.severity]),
            Span(plain(nudge.title), "title"),
        ),
        *[(Span(line, "strong"),) for line in wrap(plain(nudge.text), columns, 6)],
    ]
    if nudge.say:
        lines += [EMPTY, *[(Span(line),) for line in wrap(f'Say: "{plain(nudge.say)}"', columns, 8)]]
    lines += [EMPTY, (Span("what was said", "soft"),)]
    for quote in nudge.evidence:
        who = {"agent": "you", "customer": "cust", "mixed": "both"}[quote.channel]
        rows = wrap(f'"{plain(quote.quote)}"', columns - 12, 8)
        lead = f"{clock(quote.said_ms)} {who:4}  "
        lines += [
            (Span(lead if number == 0 else " " * len(lead), "soft"), Span(line)) for number, line in enumerate(rows)
        ]
    if not nudge.evidence:
        lines.append((Span("no words: this hint goes by time alone", "soft"),))
    measured = plain(nudge.measured) or "-"
    limit = f", limit {plain(nudge.threshold)}" if nudge.threshold else ""
    facts = (("measured", measured + limit), ("rule", plain(nudge.rule)), ("came at", clock(nudge.at_ms)))
    lines.append(EMPTY)
    for name, text in facts:
        lines += [
            (Span(f"{name if number == 0 else '':10}", "soft"), Span(line))
            for number, line in enumerate(wrap(text, columns - 10, 4))
        ]
    return lines


def delays_page(view: View, columns: int) -> list[Line]:
    """How long each stage between a voice and this screen took in the last minute."""
    board = view.board
    lines: list[Line] = [spread((Span("ms, last minute", "soft"),), (Span("half  95 %", "soft"),), columns)]
    for stage, tells in STAGES:
        lag = board.delays.get(stage)
        figures = "-     -" if lag is None else f"{lag.p50_ms:.0f}{lag.p95_ms:6.0f}"
        lines.append(spread((Span(f"{stage:8} "), Span(tells, "soft")), (Span(figures),), columns))
    if board.late_ms > 0:
        unseen = f"words not seen yet were said {board.late_ms / 1000:.1f} s ago"
        lines += [EMPTY, *[(Span(line),) for line in wrap(unseen, columns, 2)]]
    if board.health:
        lines += [EMPTY, *[(Span(line, "warn"),) for line in wrap(plain(board.health), columns, 3)]]
    return lines


def watched_page(view: View, told: Sequence[str], sent: Sequence[str], columns: int) -> list[Line]:
    """What is watched and who sees it, in the service's own words (`told`), and the last messages sent (`sent`)."""
    board = view.board
    lines: list[Line] = []
    for text in told:
        lines += [EMPTY, (Span(text[2:], "title"),)] if text.startswith("# ") else _point(text, columns)
    if board.phase == "live":
        lines += [EMPTY, (Span("This call", "title"),)]
        lines += [line for text in _this_call(view) for line in _point(text, columns)]
    lines += [EMPTY, (Span("What was sent last", "title"),)]
    for text in sent or ("Nothing was sent to anybody.",):
        lines += _point(text, columns, "text" if sent else "soft")
    return lines if lines[0] else lines[1:]


def _point(text: str, columns: int, role: Role = "soft") -> list[Line]:
    """One of several sentences: a mark before it, and its other rows below its first."""
    rows = wrap(plain(text), columns - 2, 60)
    return [(Span("- " if at == 0 else "  ", "soft"), Span(row, role)) for at, row in enumerate(rows)]


def _this_call(view: View) -> list[str]:
    board = view.board
    said = []
    if not board.shared:
        said.append("Sharing is off for this call: supervisors see only that you are in it, and a call for help.")
    if board.watchers:
        said.append(f"Open at {', '.join(plain(name) for name in board.watchers)} now.")
    if board.claimed_by:
        said.append(f"{plain(board.claimed_by)} looks after it.")
    if keys := view.keys["sharing"]:
        on_or_off = "off" if board.shared else "on"
        said.append(f"{sign(keys[0])} switches sharing {on_or_off} for this call, where that may be.")
    return said


def earlier_page(view: View, earlier: Sequence[Board], columns: int, zone: dt.tzinfo | None = None) -> list[Line]:
    """This call's nudges, then the agent's calls before it, the newest first, each with what became of its nudges."""
    lines = history_page(view, columns)
    if not earlier:
        return [*lines, EMPTY, (Span("No earlier call of this shift is kept.", "soft"),)]
    for board in earlier:
        items = board.items
        up, down = (sum(item.thumb == thumb for item in items) for thumb in ("helpful", "not_helpful"))
        thumbs = f"  +{up} -{down}" if up or down else ""
        count = f"{len(items)} hint{'' if len(items) == 1 else 's'}{thumbs}"
        started = board.started
        head = f"{_time_of_day(board, zone)}  {plain(started.queue) if started else ''}".rstrip()
        lines += [EMPTY, spread((Span(head, "title"),), (Span(f"{clock(board.at_ms)}  {count}", "soft"),), columns)]
        for item in items:
            _, word, reason = ending(item)
            left: Line = (
                Span(f"{clock(item.nudge.at_ms)} ", "soft"),
                Span(f"{MARKS[item.nudge.severity]:2} ", ROLES[item.nudge.severity]),
                Span(plain(item.nudge.title)),
            )
            right: Line = (Span(f"{reason or word.lower() or 'open'} ", "soft"), _thumb(item))
            lines.append(spread(left, right, columns))
    return lines


def _thumb(item: Item) -> Span:
    return {"": Span(" ", "soft"), "helpful": Span("+", "good"), "not_helpful": Span("-", "bad")}[item.thumb]


def _time_of_day(board: Board, zone: dt.tzinfo | None) -> str:
    """When a call began, by the agent's own clock."""
    try:
        moment = dt.datetime.fromisoformat(board.started.started_at if board.started else "")
    except ValueError:
        return "--:--"
    return moment.astimezone(zone).strftime("%H:%M")


def _paragraphs(texts: list[str], columns: int) -> list[Line]:
    lines: list[Line] = []
    for text in texts:
        lines += [EMPTY, *[(Span(line, "soft"),) for line in wrap(text, columns, 6)]]
    return lines
