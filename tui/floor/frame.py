"""The lines around the rows: totals above, column titles, how the rows are chosen, keys below; a view in, lines out."""

from rich.cells import cell_len

from tui.actions import sign
from tui.floor.columns import GAP, Name, layout, padded
from tui.floor.need import OrderName
from tui.floor.rows import row
from tui.floor.view import FloorView
from tui.lines import Line, Role, Span, age, clip, plain, spread, width, wrap

LATE_MS = 2_500
"""Words later than this are called late, as on the panel."""
SORTED: dict[OrderName, Name] = {"need": "need", "mood": "value", "time": "time", "agent": "agent", "queue": "queue"}
HINTS = (
    ("open", "open"), ("claim", "claim"), ("note", "note"), ("jump", "hottest"), ("filter", "filter"),
    ("hot_only", "hot only"), ("freeze", "freeze"), ("shift", "shift"), ("order", "order"), ("alerts", "alerts"),
)  # fmt: skip
"""The keys to know, the most important first: as many as there is room for."""


def top(view: FloorView, columns: int, rows: int) -> list[Line]:  # noqa: ARG001  every paint function takes a size
    """Whose floor it is and its totals on the left, lag and link on the right; what matters least goes first."""
    left: Line = (Span("FLOOR", "bar_strong"),)
    if view.demo:
        left = (Span(" DEMO ", "bar_alarm"),)
    if view.still:
        left = (*left, Span(" ", "bar"), Span(" FROZEN ", "bar_alarm"))
    if view.link.state == "lost":
        left = (*left, Span(" ", "bar"), Span(f" NO LINK {age(view.link_age_ms)} ", "bar_alarm"))
    right: Line = ()
    for at_left, part in _facts(view):
        if width((*left, *right)) + cell_len(part.text) + 5 <= columns:
            if at_left:
                left = (*left, Span("  ", "bar"), part)
            else:
                right = (*right, Span("  ", "bar"), part)
    return [_filled((Span(" ", "bar"), *left), (*right, Span(" ", "bar")), columns)]


def titles(view: FloorView, columns: int, rows: int) -> list[Line]:  # noqa: ARG001  every paint function takes a size
    """The columns' names; the one that the rows are sorted by stands out."""
    line: list[Span] = []
    for column, cells in layout(columns):
        role: Role = "key" if column.name == SORTED[view.by] else "soft"
        right = column.name in ("time", "lag")
        line.append(Span((" " * GAP if line else "") + padded(column.title, cells, right=right), role))
    return [tuple(line)]


def grid(view: FloorView, columns: int, rows: int) -> list[Line]:
    """The rows in the window, or what it means that there are none."""
    ids = view.sight.ids[view.sight.top : view.sight.top + rows]
    seats = [seat for seat in map(view.floor.seat, ids) if seat is not None]
    if seats:
        return [row(view, seat, columns) for seat in seats]
    return [
        (),
        *[(Span("  "), Span(text, "soft")) for text in wrap(empty(view), max(1, columns - 4), max(0, rows - 1))],
    ]


def empty(view: FloorView) -> str:
    """Why there is no row."""
    if not view.floor.whole:
        why = plain(view.link.text)
        return f"No link to the hub: {why}" if view.link.state == "lost" else "Waiting for the hub ..."
    if view.text:
        return f'No call holds "{plain(view.text)}". Filter again with nothing to see all.'
    if view.hot_only:
        return "Nothing is wrong: no call needs a person now."
    if not view.floor.seats:
        return "No calls now. They come by themselves."
    return "No calls of this team now."


def status(view: FloorView, columns: int, rows: int) -> list[Line]:  # noqa: ARG001  every paint function takes a size
    """The line below the rows: which of them are in the window, what was left out, what waits to be sorted."""
    across = view.glyphs.across
    count = len(view.sight.ids)
    parts: list[Span] = [Span(across, "rule")]

    def add(text: str, role: Role = "soft") -> None:
        parts.append(Span(f" {text} ", role))
        parts.append(Span(across, "rule"))

    if view.moved and view.keys.get("sort"):
        add(f"{sign(view.keys['sort'][0])} ({view.moved} moved)", "key")
    if count:
        add(f"{view.sight.top + 1}-{min(count, view.sight.top + max(1, view.rows))} of {count}")
    if view.text:
        add(f'filter "{clip(plain(view.text), 24)}"', "strong")
    if view.hot_only:
        add("hot only", "strong")
    if view.team:
        add(f"team {clip(plain(view.team), 20)}", "strong")
    add(f"by {view.by}")
    left = tuple(parts)
    return [(*left, Span(across * max(0, columns - width(left)), "rule"))]


def foot(view: FloorView, columns: int, rows: int) -> list[Line]:  # noqa: ARG001  every paint function takes a size
    """What just happened where something did, else the keys to know."""
    if view.flash:
        return [_filled((Span(" " + plain(view.flash), "bar_strong"),), (), columns)]
    asks = view.keys.get("help", ())
    right: Line = (Span(sign(asks[0]), "bar_strong"), Span(" help ", "bar")) if asks else ()
    left: Line = (Span(" ", "bar"),)
    for name, word in HINTS:
        keys = view.keys.get(name)
        if keys:
            hint = (Span(sign(keys[0]), "bar_strong"), Span(f" {word}  ", "bar"))
            if width((*left, *hint, *right)) < columns:
                left = (*left, *hint)
    return [_filled(left, right, columns)]


def _facts(view: FloorView) -> list[tuple[bool, Span]]:
    """What the top line says, the most important first, and whether it stands at the left."""
    count = view.totals
    facts = [(True, Span("what you see is old", "bar"))] if view.link.state == "lost" else []
    if view.demo:
        facts.append((True, Span("made-up calls", "bar")))
    facts.append((True, Span(f"{count.live} live", "bar_strong")))
    facts.append((True, Span(f"{count.hot} hot", "bar_strong" if count.hot else "bar")))
    if count.overdue:
        facts.append((True, Span(f" {count.waiting} waiting, {count.overdue} unclaimed ", "bar_alarm")))
    elif count.waiting:
        facts.append((True, Span(f"{count.waiting} waiting", "bar_strong")))
    link = {"up": "link ok", "connecting": "connecting", "lost": "", "over": "ended"}[view.link.state]
    if link:
        facts.append((False, Span(link, "bar")))
    facts.append((True, Span(f"{count.warm} warm", "bar")))
    if count.lag_ms:
        late = count.lag_ms > LATE_MS
        text = f"words {'late' if late else 'p95'} {count.lag_ms / 1000:.1f}s"
        facts.append((False, Span(text, "bar_strong" if late else "bar")))
    if count.away:
        facts.append((True, Span(f"{count.away} away", "bar")))
    teams = view.team or " + ".join(view.floor.teams)
    if teams:
        facts.append((True, Span(clip(plain(teams), 36), "bar")))
    if view.floor.you:
        facts.append((False, Span(clip(plain(view.floor.you), 20), "bar")))
    return facts


def _filled(left: Line, right: Line, columns: int) -> Line:
    return tuple(Span(span.text, "bar" if span.role == "text" else span.role) for span in spread(left, right, columns))
