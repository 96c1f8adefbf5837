"""Which function draws which region of the floor, by the region's name in the style sheet; a view in, paints out."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from tui.floor import below, detail, frame
from tui.floor.view import FloorView
from tui.lines import Line
from tui.region import Paint

Drawn: TypeAlias = Callable[[FloorView, int, int], list[Line]]

ROWS: Mapping[str, Drawn] = {
    "top": frame.top,
    "titles": frame.titles,
    "grid": frame.grid,
    "status": frame.status,
    "below": below.below,
    "foot": frame.foot,
}
CALL: Mapping[str, Drawn] = {
    "call-top": detail.call_top,
    "call-words": detail.call_words,
    "call-divider": detail.call_divider,
    "call-facts": detail.call_facts,
    "call-foot": detail.call_foot,
}


def paints(view: FloorView, *, call: bool) -> dict[str, Paint]:
    """What each region shows of a view: those of the rows, or of the screen of one call."""
    return {name: partial(drawn, view) for name, drawn in (CALL if call else ROWS).items()}
