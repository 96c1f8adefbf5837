"""The panel's first and last line: how the call and the link stand, and what keys there are; a view in, a line out."""

from streams.events import Channel, WordsFrom
from tui.actions import sign
from tui.lines import Line, Role, Span, age, clip, clock, plain, spread, width
from tui.view import View

BEHIND_MS = 2_500
"""Words later than this are called late: nudges that need them would come after their moment."""
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
    details = _details(view)
    if _WORDS[view.board.words_from] and not _fits((*left, *right, details[0]), columns):
        # Where the words come from, or that there are none, must be said; a link that is well need not be.
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
    end = f" {clip(plain(right), columns - len(left) - 6)} {across}" if right else across
    return (Span(left + across * (columns - width((Span(left), Span(end)))) + end, "rule"),)


def words_remark(view: View) -> str:
    """What should be known about the words below: where they come from, how late they are, who speaks."""
    board = view.board
    if board.behind_ms > BEHIND_MS:
        return f"{board.behind_ms / 1000:.1f}s late"
    if _lost(view):
        return f"{board.lost_ms / 1000:.1f}s of sound lost"
    if _WORDS[board.words_from]:
        return _WORDS[board.words_from]
    speaking = [SIDES[side] for side in ("customer", "agent", "mixed") if side in board.speaking]
    return f"{' and '.join(speaking)} speaking" if speaking else ""


def _state(view: View) -> Line:
    board, time = view.board, clock(view.now_ms)
    if view.link.state == "lost":
        return (Span(" RECONNECT ", "bar_alarm"), Span(f" link lost {age(view.link_age_ms)} ago", "bar"))
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
        return "PAUSED", "bar_alarm", ""
    if board.on_hold:
        return "HOLD", "bar_strong", ""
    if board.behind_ms > BEHIND_MS:
        return "BEHIND", "bar_alarm", f"{board.behind_ms / 1000:.1f}s late"
    if view.quiet():
        left = "rest of call" if board.quiet_until_ms == -1 else f"{clock(board.quiet_until_ms - view.now_ms)} left"
        return "QUIET", "bar_strong", left
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


def _details(view: View) -> list[Span]:
    """What else there is to say, the most important first; shown as far as there is room."""
    board, time = view.board, clock(view.now_ms)
    spans: list[Span] = []
    if _WORDS[board.words_from]:
        spans.append(Span(_WORDS[board.words_from], "bar"))
    if view.link.state == "lost":
        return [*spans, Span("what you see is old", "bar")]
    if _lost(view):
        spans.append(Span("sound lost", "bar_strong"))
    if board.phase == "live" and time not in _word(view)[2] and _word(view)[2]:
        spans.append(Span(time, "bar"))
    if board.started and board.started.queue:
        spans.append(Span(clip(plain(board.started.queue), 20), "bar"))
    return spans


def _lost(view: View) -> bool:
    return view.board.lost_ms > 0 and view.now_ms - view.board.lost_at_ms <= LOST_SHOWN_MS


def _right(view: View) -> Line:
    link = {"up": "link ok", "connecting": "connecting", "lost": "", "over": "ended"}[view.link.state]
    if not link:
        return ()
    lag = view.board.lag_ms if view.board.phase == "live" else None
    return (Span(f"{link}  ", "bar"), Span(f"{lag / 1000:.1f}s", "bar")) if lag is not None else (Span(link, "bar"),)


def _filled(left: Line, right: Line, columns: int) -> Line:
    return tuple(Span(span.text, "bar" if span.role == "text" else span.role) for span in spread(left, right, columns))
