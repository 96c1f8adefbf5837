"""The panel's first and last line: how the call and the link stand, and what keys there are; a view in, a line out."""

from streams.events import Channel, WordsFrom
from tui import notes
from tui.actions import sign
from tui.lines import Line, Role, Span, age, clip, clock, plain, spread, width
from tui.meters import ledger
from tui.view import View

BEHIND_MS = 2_500
"""Words later than this are called late: nudges that need them would come after their moment."""
ROOMY = 60
"""Columns from which those who look on are named in the top line of a low panel."""
LOST_SHOWN_MS = 10_000
"""Lost sound is spoken of so long, media ms."""
_WORDS: dict[WordsFrom, str] = {
    "recogniser": "",
    "reference": "words: transcript",
    "text": "words: transcript",
    "none": "no words",
}
SIDES: dict[Channel, str] = {"agent": "you", "customer": "customer", "mixed": "both"}


def top(view: View, columns: int, rows: int) -> list[Line]:  # noqa: ARG001  every paint function takes a size
    """State and time of the call on the left, link and lag on the right; what matters least goes first."""
    left, right = _state(view), _right(view)
    details = _details(view, columns)
    if _WORDS[view.board.words_from] and not _fits((*left, *right, details[0]), columns):
        # Where the words come from, or that there are none, must be said; a link that is well need not be.
        right = right[1:]
    if not _fits((*left, *right), columns) and len(right) > 1:
        right = right[1:]
    for part in details:
        if _fits((*left, *right, part), columns):
            left = (*left, Span("  ", "bar"), part)
    return [_filled((Span(" ", "bar"), *left), (*right, Span(" ", "bar")), columns)]


def _fits(line: Line, columns: int) -> bool:
    """Whether a line fits with a margin at both ends, a gap before its last part and one before its right."""
    return width(line) + 5 <= columns


def foot(view: View, columns: int, rows: int) -> list[Line]:  # noqa: ARG001  every paint function takes a size
    """What just happened where something did, else the keys to know."""
    if view.flash:
        return [_filled((Span(" " + plain(view.flash), "bar_strong"),), (), columns)]
    hints = [(view.keys["quiet"], "quiet"), (view.keys["history"], "history"), (("^p",), "menu")]
    left: Line = (Span(" ", "bar"),)
    for keys, word in hints:
        if keys:
            left = (*left, Span(sign(keys[0]), "bar_strong"), Span(f" {word}  ", "bar"))
    asks = view.keys["help"]
    right: Line = (Span(sign(asks[0]), "bar_strong"), Span(" help ", "bar")) if asks else ()
    return [_filled(left, right, columns)]


def rule(view: View, label: str, right: str, columns: int) -> Line:
    """A dividing line with a name at its left and a remark at its right."""
    across = view.glyphs.across
    left = f"{across} {label} " if label else across
    end = f" {clip(plain(right), columns - len(left) - 5)} {across}" if right else across
    return (Span(left + across * (columns - width((Span(left), Span(end)))) + end, "rule"),)


def people_rule(view: View, columns: int) -> Line:
    """A dividing line that says who looks on and who has the call in hand, or that nobody is shown it."""
    board = view.board
    label = notes.seen_by(view) if board.phase == "live" else ""
    with_whom = f"with {board.claimed_by}" if board.claimed_by and board.phase == "live" else ""
    room = columns // 2 if with_whom else columns - 6
    return rule(view, clip(label, room), with_whom, columns)


def words_rule(view: View, columns: int) -> Line:
    """The dividing line above the words; the ledger's count gives way to a remark that needs the room."""
    remark = words_remark(view)
    count = ledger(view.board) if view.board.phase == "live" else ""
    return rule(view, count if width((Span(count), Span(plain(remark)))) + 8 <= columns else "", remark, columns)


def words_remark(view: View) -> str:
    """What should be known about the words below: where they come from, how late they are, who speaks."""
    board = view.board
    if board.paused_from_before:
        return "paused since before the break"
    if board.late_ms > BEHIND_MS:
        return f"{board.late_ms / 1000:.1f}s late"
    if _lost(view):
        return f"{board.lost_ms / 1000:.1f}s of sound lost"
    if "sides" in board.doubts:
        keys = view.keys["swap_sides"]
        return f"sides swapped? {sign(keys[0])} swaps them" if keys else "sides swapped?"
    if board.doubts:
        return next(iter(board.doubts.values()))
    if _WORDS[board.words_from]:
        return _WORDS[board.words_from]
    speaking = [SIDES[side] for side in ("customer", "agent", "mixed") if side in board.speaking]
    return f"{' and '.join(speaking)} speaking" if speaking else ""


def _state(view: View) -> Line:
    board, time = view.board, clock(view.now_ms)
    if view.link.state == "lost":
        word = f" RECONNECT in {-(-view.link.retry_ms // 1000)}s " if view.link.retry_ms else " RECONNECT "
        return (Span(word, "bar_alarm"), Span(f" link lost {age(view.link_age_ms)} ago", "bar"))
    if board.phase == "idle":
        idle = {"connecting": "finding the service", "over": "nothing more to come"}
        return (Span("IDLE", "bar_strong"), Span(f"  {idle.get(view.link.state, 'waiting for a call')}", "bar"))
    word, role, text = _word(view)
    return (Span(f" {word} " if role == "bar_alarm" else word, role), Span(f" {text or time}", "bar"))


def _word(view: View) -> tuple[str, Role, str]:
    """The one word for the call's state, its role, and what stands behind it where that is not the time."""
    board, time = view.board, clock(view.now_ms)
    if board.phase == "wrap_up":
        return "WRAP-UP", "bar_strong", ""
    if view.still:
        return "STILL", "bar_alarm", f"{time}  {sign(view.keys['pause'][0])} goes on" if view.keys["pause"] else ""
    if board.audio_paused:
        keys = view.keys["pause_listening"] if board.paused_by_agent else ()
        return "PAUSED", "bar_alarm", f"{sign(keys[0])} listens again" if keys else ""
    if board.on_hold:
        return "HOLD", "bar_strong", ""
    if board.late_ms > BEHIND_MS:
        return "BEHIND", "bar_alarm", f"{board.late_ms / 1000:.1f}s late"
    if view.quiet():
        left = "rest of call" if board.quiet_until_ms == -1 else f"{clock(board.quiet_until_ms - view.now_ms)} left"
        return "QUIET", "bar_strong", f"{left}  {board.held} held" if board.held else left
    if board.muted:
        return "MUTED", "bar_strong", f"{time}  {' and '.join(SIDES[side] for side in board.muted)}"
    if view.speed is not None or _from_file(view):
        return "REPLAY", "bar_strong", f"x{view.speed:g} {time}" if view.speed else ""
    return "LIVE", "bar_strong", ""


def _from_file(view: View) -> bool:
    started = view.board.started
    return started is not None and (
        view.board.words_from in ("reference", "text") or started.source.startswith("replay")
    )


def _details(view: View, columns: int) -> list[Span]:
    """What else there is to say, the most important first; shown as far as there is room."""
    board, time = view.board, clock(view.now_ms)
    spans: list[Span] = []
    if _WORDS[board.words_from]:
        spans.append(Span(_WORDS[board.words_from], "bar"))
    if view.calls > 1:
        spans.append(_calls(view))
    if view.low:
        # What stands between card and rows elsewhere has no other place here.
        said = (notes.help_word(view), notes.seen_by(view, names=columns >= ROOMY))
        spans += [Span(text, "bar_strong") for text in said if text]
    if view.link.state == "lost":
        return [*spans, Span("what you see is old", "bar")]
    if _lost(view):
        spans.append(Span("sound lost", "bar_strong"))
    if board.phase == "live" and time not in _word(view)[2] and _word(view)[2]:
        spans.append(Span(time, "bar"))
    if board.started and board.started.queue:
        spans.append(Span(clip(plain(board.started.queue), 20), "bar"))
    return spans


def _calls(view: View) -> Span:
    """Which of several calls this is; whether another one wants the agent."""
    wanting = any(
        item.open and item.nudge.severity in {"critical", "warn"} for board in view.others for item in board.items
    )
    return (
        Span(f" call {view.call} of {view.calls} ! ", "bar_alarm")
        if wanting
        else Span(f"call {view.call} of {view.calls}", "bar_strong")
    )


def _lost(view: View) -> bool:
    return view.board.lost_ms > 0 and view.now_ms - view.board.lost_at_ms <= LOST_SHOWN_MS


def _right(view: View) -> Line:
    link = {"up": "link ok", "connecting": "connecting", "lost": "", "over": "ended"}[view.link.state]
    if not link:
        return ()
    lag = view.board.seen_lag_ms if view.board.phase == "live" else None
    return (Span(f"{link}  ", "bar"), Span(f"{lag / 1000:.1f}s", "bar")) if lag is not None else (Span(link, "bar"),)


def _filled(left: Line, right: Line, columns: int) -> Line:
    return tuple(Span(span.text, "bar" if span.role == "text" else span.role) for span in spread(left, right, columns))
