"""What the pages over the floor say: keys, and the alerts since it was opened; a view in, lines of any number out."""

from collections.abc import Sequence

from tui.actions import clashes, sign
from tui.floor.actions import ACTIONS
from tui.floor.view import FloorView
from tui.lines import EMPTY, Line, Span, age, clip, plain, spread, wrap
from tui.meters import OUTLOOKS

ABOUT = (
    "Rows stand by need: risk first, then agents who wait for help, openings that nobody answered, silence.",
    "While a row is chosen, or the picture is frozen, no row changes its place; what would move is counted below.",
    "Marks: !! at risk, H asks for help, ! an opening or silence, i warming, ? nothing is heard.",
)


def help_page(view: FloorView, columns: int) -> list[Line]:
    """Every action with the keys in force."""
    lines = [_keys_line(view.keys.get(action.name, ()), action.title, action.tells, columns) for action in ACTIONS]
    lines.append(_keys_line(("ctrl+p",), "Menu", "Everything here, by name", columns))
    flat = {name: ",".join(keys) for name, keys in view.keys.items()}
    for text in clashes(flat, ACTIONS, "floor"):
        lines += [EMPTY, *((Span(line, "warn"),) for line in wrap(text, columns, 2))]
    marks = view.glyphs.outlook
    guess = (
        f"Before the heat: {marks['rising']} {OUTLOOKS['rising']}, {marks['boiling']} {OUTLOOKS['boiling']}, if it "
        "goes on as it went. A guess: it raises no alert and moves no row."
    )
    for text in (*ABOUT, guess):
        lines += [EMPTY, *((Span(line, "soft"),) for line in wrap(text, columns, 6))]
    return lines


def alerts_page(view: FloorView, columns: int) -> list[Line]:
    """What has called for a person since the floor was opened, the newest first."""
    if not view.episodes:
        return [(Span("Nothing has called for a person since you came.", "soft"),)]
    lines: list[Line] = []
    for episode in reversed(view.episodes):
        since = Span(f"{age(view.local_ms - episode.since_ms):>6} ago  ", "soft")
        open_ = "waits" if episode.standing else "over, nobody had it"
        has = Span(plain(episode.taken_by) or open_, "text" if episode.taken_by or not episode.standing else "warn")
        left = (since, Span(clip(plain(episode.who), 20), "strong"), Span(f"  {plain(episode.text)}"))
        lines.append(spread(left, (has,), columns))
    return lines


def _keys_line(keys: Sequence[str], title: str, tells: str, columns: int) -> Line:
    written = " ".join(sign(key) for key in keys) or "-"
    said = (Span(tells, "soft"),) if columns - 28 >= len(tells) else ()
    return (Span(f"{written:14} ", "key"), Span(f"{title:12} "), *said)
