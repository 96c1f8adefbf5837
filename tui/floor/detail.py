"""One call whole: its words, its curves, its ledger, its hints and notes; a view and an open call in, lines out."""

from collections.abc import Mapping

from streams.floor import NudgeLine
from tui.actions import sign
from tui.floor.below import NOTE_ROLES, has_it, heat_line, hint_line, signal_line
from tui.floor.curves import ColorOf, Points, chart
from tui.floor.need import need
from tui.floor.rows import hidden, name_of, needs
from tui.floor.state import Opened, Seat
from tui.floor.view import FloorView
from tui.glyphs import MARKS, Glyphs
from tui.lines import EMPTY, Line, Role, Span, age, clip, clock, flow, plain, spread, width, wrap
from tui.meters import BAND_ROLES, LOW
from tui.words import WHO

OUTCOMES: Mapping[str, tuple[str, Role]] = {
    "": ("open", "warn"),
    "shown": ("open", "warn"),
    "done": ("done", "good"),
    "acknowledged": ("seen", "text"),
    "dismissed": ("dismissed", "soft"),
    "snoozed": ("off", "soft"),
    "superseded": ("overtaken", "soft"),
    "expired": ("expired", "soft"),
}
HINTS = (("claim", "claim"), ("note", "note"), ("answer", "answer help"), ("let_go", "back"))


def call_top(view: FloorView, columns: int, rows: int) -> list[Line]:  # noqa: ARG001  every paint function takes a size
    """Who, how long, what is needed and who has it."""
    seat = view.open_seat
    if seat is None:
        return [_bar((Span(" this call is gone ", "bar_strong"),), (), columns)]
    why, _ = needs(seat, need(seat, view.local_ms), view.local_ms)
    left: Line = (Span(" ", "bar"), Span(name_of(seat), "bar_strong"))
    if view.demo:
        left = (Span(" DEMO ", "bar_alarm"), *left)
    if view.still:
        left = (*left, Span(" ", "bar"), Span(" FROZEN ", "bar_alarm"))
    if view.link.state == "lost":
        left = (*left, Span(" ", "bar"), Span(f" NO LINK {age(view.link_age_ms)} ", "bar_alarm"))
    parts = [clock(seat.media_ms(view.local_ms)), why, plain(seat.state.queue), plain(seat.row.station)]
    if view.over(seat):
        parts[1] = "over"
    for part in parts:
        if part and width(left) + len(part) + 16 <= columns:
            left = (*left, Span(f"  {part}", "bar"))
    has = has_it(view, seat).text
    return [_bar(left, (Span(f"{has} ", "bar_strong"),) if has else (), columns)]


def call_words(view: FloorView, columns: int, rows: int) -> list[Line]:
    """The last words as far as they are shared; else that they are not."""
    seat, opened = view.open_seat, view.opened
    if seat is None:
        return [(Span("This call is no longer on your floor.", "soft"),)]
    if not seat.state.shared:
        said = "The agent has switched sharing off for this call."
        return [(Span(line, "soft"),) for line in wrap(said, columns, rows)]
    if not seat.state.shares_words:
        said = "Words are not shared by this workstation. Mood, heat and hints are; sound never is."
        return [(Span(line, "soft"),) for line in wrap(said, columns, rows)]
    if not opened.lines:
        return [(Span("What is said from now on shows here.", "soft"),)]
    lines: list[Line] = []
    for spoken in reversed(opened.lines):
        stamp = f"{clock(spoken.started_ms)}  " if columns >= 40 else ""
        who = "agent" if spoken.channel == "agent" else WHO[spoken.channel]
        head = (Span(stamp, "soft"), Span(f"{who:5}  ", "key" if spoken.channel == "agent" else "warn"))
        indent = (Span(" " * width(head)),)
        texts = flow((Span(plain(spoken.text)),), max(1, columns - width(head)))
        lines = [*[(*(head if number == 0 else indent), *line) for number, line in enumerate(texts)], *lines]
        if len(lines) >= rows:
            break
    return lines[-rows:]


def call_divider(view: FloorView, columns: int, rows: int) -> list[Line]:  # noqa: ARG001
    """A line between words and facts."""
    return [(Span(view.glyphs.down, "rule"),)] * rows


def call_facts(view: FloorView, columns: int, rows: int) -> list[Line]:
    """Curves, ledger, hints and notes, as far as there is room: what matters least goes first."""
    seat, opened = view.open_seat, view.opened
    if seat is None:
        return []
    parts = [_asked(view, seat), _notes(view, seat, columns, 4)]
    size = (columns, 4 if rows >= 34 else 3 if rows >= 24 else 2)
    heat_role = BAND_ROLES[seat.state.band]
    shown = "heat" not in hidden(seat)
    parts.append(_curve("mood", _moods(opened) if shown else (), size, view.glyphs, _mood_role))
    parts.append(_curve("heat", _heats(opened) if shown else (), size, view.glyphs, lambda _value: heat_role))
    parts.append([heat_line(view, seat, "why"), *_ledger(seat)])
    used = sum(len(part) for part in parts)
    parts.append(_hints(view, seat, opened, columns, max(2, rows - used)))
    return [line for part in parts for line in part][:rows]


def call_foot(view: FloorView, columns: int, rows: int) -> list[Line]:  # noqa: ARG001  every paint function takes a size
    """What just happened where something did, else the keys of this screen."""
    if view.flash:
        return [_bar((Span(" " + plain(view.flash), "bar_strong"),), (), columns)]
    left: Line = (Span(" ", "bar"),)
    for name, word in HINTS:
        if keys := view.keys.get(name):
            left = (*left, Span(sign(keys[0]), "bar_strong"), Span(f" {word}  ", "bar"))
    return [_bar(left, (), columns)]


def _asked(view: FloorView, seat: Seat) -> list[Line]:
    lines: list[Line] = []
    if seat.state.help is not None:
        since = age(seat.age_ms(view.local_ms, seat.state.help.since_ms))
        said = plain(seat.state.help.text) or "no words with it"
        lines += [(Span("help ", "critical"), Span(f"{since:>5}  "), Span(said, "strong"))]
    if seat.row.alert is not None:
        since = age(view.local_ms - seat.alert_ms)
        lines += [(Span("alert", "bad"), Span(f"{since:>5}  "), Span(plain(seat.row.alert.text)))]
    watched = [plain(name) for name in seat.row.watched_by if name != view.floor.you]
    if watched:
        lines.append((Span(f"also open at {', '.join(watched)}", "soft"),))
    return lines


def _notes(view: FloorView, seat: Seat, columns: int, most: int) -> list[Line]:
    lines: list[Line] = []
    for note in view.notes(seat)[-most:]:
        by = "you" if note.by == view.floor.you else plain(note.by)
        state = Span(f" {note.state}", NOTE_ROLES[note.state])
        lines.append(spread((Span(f"{by}: ", "soft"), Span(plain(note.text))), (state,), columns))
    return [(Span("notes", "title"),), *lines, EMPTY] if lines else []


def _curve(name: str, points: Points, size: tuple[int, int], glyphs: Glyphs, role: ColorOf) -> list[Line]:
    """A course with its lowest value at the left and its newest at the right; moods are hundredths."""
    (columns, rows), label = size, f"{name:5}"
    if not points:
        return [(Span(label, "soft"), Span("not shared", "soft"))]
    limits, low, figure = (0, 100), "0", f"{points[-1][1]}"
    if name == "mood":
        limits, low, figure = (-100, 100), "-1", f"{points[-1][1] / 100:+.2f}"
    drawn = chart(points, limits, (max(1, columns - len(label) - 7), rows), glyphs, role)
    lefts = [label, *[" " * 5] * (rows - 2), f"{low:>4} "]
    rights = [Span(f" {figure}", role(points[-1][1])), *[Span("")] * (rows - 1)]
    return [(Span(left, "soft"), *line, right) for left, line, right in zip(lefts, drawn, rights, strict=True)]


def _moods(opened: Opened) -> Points:
    if opened.detail and opened.detail.moods:
        return _continued(opened.detail.moods, opened.moods)
    return opened.moods


def _heats(opened: Opened) -> Points:
    if opened.detail and opened.detail.heats:
        return _continued(opened.detail.heats, opened.heats)
    return opened.heats


def _continued(told: Points, seen: Points) -> Points:
    return (*told, *(point for point in seen if point[0] > told[-1][0]))


def _mood_role(value: int) -> Role:
    return "bad" if value <= LOW * 100 else "good" if value >= -LOW * 100 else "text"


def _ledger(seat: Seat) -> list[Line]:
    state = seat.state
    thumbs = f"   thumbs {state.helpful} up {state.not_helpful} down" if state.helpful or state.not_helpful else ""
    counts = (
        Span("ledger  ", "soft"),
        Span(f"{state.openings_given} answered", "good" if state.openings_given else "text"),
        Span("  "),
        Span(f"{state.openings_bare} bare"),
        Span("  "),
        Span(f"{state.openings_missed} missed", "bad" if state.openings_missed else "text"),
        Span(thumbs, "soft"),
    )
    return [counts, signal_line(seat)]


def _hints(view: FloorView, seat: Seat, opened: Opened, columns: int, rows: int) -> list[Line]:
    told = opened.detail.nudges if opened.detail and "nudge" not in hidden(seat) else ()
    if not told:
        return [EMPTY, hint_line(view, seat)]
    lines: list[Line] = [EMPTY, (Span("hints", "title"), Span(f"  {len(told)}, the newest first", "soft"))]
    for nudge in reversed(told):
        lines += _hint(nudge, columns)
    return lines[:rows]


def _hint(nudge: NudgeLine, columns: int) -> list[Line]:
    word, role = OUTCOMES.get(nudge.outcome, (plain(nudge.outcome), "soft"))
    left = (Span(f"{clock(nudge.at_ms)} ", "soft"), Span(f"{MARKS[nudge.severity]:2} "), Span(plain(nudge.title)))
    because = ", ".join(plain(cause).replace("_", " ") for cause in nudge.because)
    why: list[Line] = [(Span(" " * 9, "soft"), Span(clip(because, columns - 9), "soft"))] if because else []
    return [spread(left, (Span(word, role),), columns), *why]


def _bar(left: Line, right: Line, columns: int) -> Line:
    return tuple(Span(span.text, "bar" if span.role == "text" else span.role) for span in spread(left, right, columns))
