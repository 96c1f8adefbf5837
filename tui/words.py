"""The tail of what is being said: a board in, so many lines of so many cells out, the newest at the end.

Words are text and nothing else: no markup, no controls. What may still change is drawn as such and ends in "...".
"""

from streams.events import Channel
from tui.lines import EMPTY, Line, Span, clock, flow, plain
from tui.state import Board, Said

WHO: dict[Channel, str] = {"agent": "you", "customer": "cust", "mixed": "both"}
ROOMY = 60
"""Columns from which the time of each utterance is shown."""


def words(board: Board, columns: int, rows: int) -> list[Line]:
    """The last utterances, each on lines of its own with the speaker before it."""
    if not board.said:
        empty = "Timing only: no words here." if board.words_from == "none" else "What is said will show here."
        return [(Span(empty, "soft"),)] if board.phase == "live" else [EMPTY]
    lines: list[Line] = []
    for said in reversed(board.said):
        lines = [*_spoken(said, columns), *lines]
        if len(lines) >= rows:
            break
    return lines[-rows:]


def _spoken(said: Said, columns: int) -> list[Line]:
    stamp = f"{clock(said.started_ms)}  " if columns >= ROOMY else ""
    head = (Span(stamp, "soft"), Span(f"{WHO[said.channel]:4}  ", "key" if said.channel == "agent" else "warn"))
    indent = (Span(" " * sum(len(span.text) for span in head)),)
    spans = [Span(plain(said.stable))]
    if not said.final:
        spans.append(Span(plain(said.tail) + "...", "tail"))
    lines = flow(tuple(spans), max(1, columns - len(stamp) - 6))
    return [(*(head if number == 0 else indent), *line) for number, line in enumerate(lines)]
