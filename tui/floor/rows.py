"""One call as one line of the floor: a seat and the moment in, a line of exactly so many cells out.

Every sign is carried by a word as well as by its colour. Names and words come from other machines: they are cut by
cells, and nothing in them is obeyed.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from rich.cells import cell_len

from streams.events import Forecast
from streams.floor import Speaking
from tui.floor.columns import GAP, Name, layout, padded
from tui.floor.need import Need, called_ms, calls_for_someone, need, unclaimed
from tui.floor.state import Seat
from tui.floor.view import FloorView
from tui.lines import Line, Role, Span, age, plain
from tui.meters import ARROWS, BAND_ROLES, LOW, foreseen, spark

Cell: TypeAlias = tuple[str, Role]

WHO: Mapping[Speaking, str] = {"agent": "agent", "customer": "cust", "both": "both", "nobody": "--"}
BANDS: Mapping[str, str] = {"calm": "calm", "watch": "watch", "warm": "warm", "hot": "HOT", "critical": "CRIT"}
MARKS: Mapping[str, Cell] = {
    "risk": ("!!", "critical"),
    "help": ("H", "critical"),
    "opening": ("!", "warn"),
    "silence": ("!", "warn"),
    "warm": ("i", "info"),
    "away": ("?", "soft"),
}


_KINDS: Mapping[str, tuple[Name, ...]] = {
    "mood": ("mood", "value", "trend", "heat"),
    "nudges": ("nudge",),
    "alerts": ("signal",),
}


def name_of(seat: Seat) -> str:
    """Whom a row is about, fit to be drawn."""
    return plain(seat.state.agent_name or seat.state.agent_id or seat.row.station) or "?"


def row(view: FloorView, seat: Seat, columns: int) -> Line:
    """The line of a call; under the cursor it is drawn as one bar."""
    why = need(seat, view.local_ms)
    over = view.over(seat)
    picked = seat.state.call_id == view.sight.cursor
    quiet = over or why.reason in ("over", "away")
    spans: list[Span] = []
    for column, width in layout(columns):
        text, role = _cell(view, seat, column.name, why, width)
        shown: Role = "picked" if picked else "soft" if quiet and role == "text" else role
        right = column.name in ("time", "lag")
        spans.append(Span((" " * GAP if spans else "") + padded(text, width, right=right, cut=view.glyphs.cut), shown))
    return tuple(spans)


def needs(seat: Seat, why: Need, local_ms: int) -> Cell:
    """What is asked for, in words, with how long already; help before risk, which the heat says anyway."""
    state = seat.state
    if seat.row.presence != "here":
        return f"{seat.row.presence} {age(seat.silent_ms(local_ms))}", "warn"
    if state.help is not None:
        return f"help {age(called_ms(seat, local_ms))}", "critical"
    if state.phase != "live":
        return {"hold": "on hold", "no_audio": "no audio", "wrap_up": "wrap-up", "ended": "over"}[state.phase], "text"
    if not state.shared:
        return "not shared", "soft"
    since = age(local_ms - why.since_ms)
    if seat.row.alert is not None:
        return f"alert {age(called_ms(seat, local_ms))}", "bad"
    texts: Mapping[str, Cell] = {
        "risk": ("at risk", "bad"),
        "opening": (f"opening {since}", "warn"),
        "silence": (f"silent {since}", "warn"),
        "warm": ("warming", "text"),
    }
    return texts.get(why.reason, ("ok", "soft"))


def holder(view: FloorView, seat: Seat) -> Cell:
    """Who has the call; where somebody is asked for and nobody has it, that."""
    by = seat.row.claimed_by
    if by:
        return ("you", "key") if by == view.floor.you else (plain(by), "text")
    if not calls_for_someone(seat):
        return "", "text"
    return ("NOBODY", "critical") if unclaimed(seat, view.local_ms) else ("nobody", "warn")


def _mark(_view: FloorView, seat: Seat, why: Need, _width: int) -> Cell:
    if why.reason == "risk" and seat.state.help is not None:
        return "!H", "critical"
    return MARKS.get(why.reason, ("", "text"))


def _agent(_view: FloorView, seat: Seat, why: Need, _width: int) -> Cell:
    return name_of(seat), "strong" if why.reason in ("risk", "help") else "text"


def _time(view: FloorView, seat: Seat, _why: Need, width: int) -> Cell:
    seconds = seat.media_ms(view.local_ms) // 1000
    text = f"{seconds // 60:02}:{seconds % 60:02}"
    return (text if len(text) <= width else f"{seconds // 3600}h{seconds // 60 % 60:02}"), "text"


def _who(_view: FloorView, seat: Seat, _why: Need, _width: int) -> Cell:
    if not seat.running or seat.state.phase == "hold":
        return "--", "soft"
    return WHO[seat.state.speaking], "soft" if seat.state.speaking == "nobody" else "text"


def _mood_role(seat: Seat) -> Role:
    return "bad" if seat.state.mood <= LOW else "good" if seat.state.mood >= -LOW else "text"


def _mood(view: FloorView, seat: Seat, _why: Need, width: int) -> Cell:
    course = spark([value / 100 for value in seat.state.spark], view.glyphs.spark, width)
    return padded(course, width, right=True), _mood_role(seat)


def _value(_view: FloorView, seat: Seat, _why: Need, _width: int) -> Cell:
    if not seat.state.spark:
        return "--", "soft"
    return f"{seat.state.mood:+.2f} {ARROWS.get(seat.state.trend, ' ')}", _mood_role(seat)


def _trend(_view: FloorView, seat: Seat, _why: Need, _width: int) -> Cell:
    return (seat.state.trend, "text") if seat.state.spark else ("", "text")


def _heat(view: FloorView, seat: Seat, _why: Need, _width: int) -> Cell:
    """Band and figure, and between them where it may be going; a figure of three digits has no need of that."""
    figure = f"{view.glyphs.outlook[outlook(seat)]}{seat.state.heat:2}"
    return f"{BANDS[seat.state.band]:5}{figure:>3}", BAND_ROLES[seat.state.band]


def outlook(seat: Seat) -> Forecast:
    """Where the heat may be going, of a call that goes on and is heard."""
    goes_on = seat.running and seat.state.phase == "live"
    return foreseen(seat.state.forecast, seat.state.band) if goes_on else "steady"


def _need(view: FloorView, seat: Seat, why: Need, _width: int) -> Cell:
    return needs(seat, why, view.local_ms)


def _nudge(view: FloorView, seat: Seat, _why: Need, width: int) -> Cell:
    nudge = seat.state.nudge
    if nudge is None:
        return "", "text"
    tail = f" {age(seat.age_ms(view.local_ms, nudge.since_ms))}"
    more = f" +{seat.state.nudges_open - 1}" if seat.state.nudges_open > 1 else ""
    role: Role = "text" if nudge.severity in ("info", "praise") else "warn"
    title = plain(nudge.title)
    room = max(0, width - len(tail) - len(more))
    return (title if cell_len(title) <= room else padded(title, room, cut=view.glyphs.cut).rstrip()) + more + tail, role


def _lag(_view: FloorView, seat: Seat, _why: Need, _width: int) -> Cell:
    return (f"{seat.state.lag_ms / 1000:.1f}", "text") if seat.running and seat.state.lag_ms else ("--", "soft")


def _cell(view: FloorView, seat: Seat, name: Name, why: Need, width: int) -> Cell:
    if view.over(seat):
        return {"agent": name_of(seat), "need": "over"}.get(name, ""), "soft"
    if name in hidden(seat):
        return "--", "soft"
    return _CELLS[name](view, seat, why, width)


def hidden(seat: Seat) -> frozenset[Name]:
    """The columns of which the workstation tells nothing, by its settings or because its agent switched sharing off."""
    kinds = tuple(_KINDS) if not seat.state.shared else seat.state.withheld
    return frozenset(name for kind in kinds for name in _KINDS.get(kind, ()))


_CELLS: Mapping[Name, Callable[[FloorView, Seat, Need, int], Cell]] = {
    "mark": _mark,
    "agent": _agent,
    "queue": lambda _view, seat, _why, _width: (plain(seat.state.queue), "text"),
    "time": _time,
    "who": _who,
    "mood": _mood,
    "value": _value,
    "trend": _trend,
    "heat": _heat,
    "need": _need,
    "nudge": _nudge,
    "signal": lambda _view, seat, _why, _width: (plain(seat.state.signal), "text"),
    "lag": _lag,
    "by": lambda view, seat, _why, _width: holder(view, seat),
}
