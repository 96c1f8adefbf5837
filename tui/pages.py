"""What the pages over the panel say: help, history, evidence, what is watched; a view in, lines of any number out."""

from collections.abc import Sequence

from tui.actions import ACTIONS, clashes, sign
from tui.cards import ROLES, ending
from tui.glyphs import MARKS, WORDS
from tui.lines import EMPTY, Line, Span, clock, plain, spread, wrap
from tui.state import Item
from tui.view import View

WATCHED = (
    "The words of both sides, as text, to know what was said.",
    "When each side speaks and for how long: silence, overlap, balance of talk.",
    "The customer's mood, from the customer's words alone.",
    "Nothing about how you feel, neither from your words nor from your voice: there is no such figure anywhere.",
)


def help_page(view: View, columns: int) -> list[Line]:
    """Every action with the keys in force."""
    lines: list[Line] = [_keys_line(view.keys[action.name], action.title, action.tells, columns) for action in ACTIONS]
    lines.append(_keys_line(("ctrl+p",), "Menu", "Everything here, by name", columns))
    flat = {name: ",".join(keys) for name, keys in view.keys.items()}
    wrong = [(Span(line, "warn"),) for text in clashes(flat) for line in wrap(text, columns, 2)]
    about = [
        "No key is ever needed: a hint goes when you have done it, or when its moment has passed.",
        "Marks: !! HIGH cannot wait, ! MED soon, i INFO when it suits, + NICE well done.",
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


def watched_page(view: View, columns: int) -> list[Line]:
    """What is listened for, and what left this machine about this call."""
    board = view.board
    sent = [plain(what) for what in board.sharing] or ["Nothing was sent to anybody in this call."]
    if board.claimed_by:
        sent.append(f"{plain(board.claimed_by)} has this call open.")
    lines: list[Line] = [(Span("What is watched", "title"),), *_paragraphs(list(WATCHED), columns), EMPTY]
    return [*lines, (Span("What was sent", "title"),), *_paragraphs(sent, columns)]


def _paragraphs(texts: list[str], columns: int) -> list[Line]:
    lines: list[Line] = []
    for text in texts:
        lines += [EMPTY, *[(Span(line, "soft"),) for line in wrap(text, columns, 6)]]
    return lines
