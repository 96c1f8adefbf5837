"""A dialect with its timeline, as the listener puts them together: messages in, events and replies out."""

from streams.clock import CallClock, ManualClock
from streams.taps.dialect import Began, Dialect, Piece, Remark, Reply, Telling
from streams.taps.timeline import TapEvent, Timeline


class Tapped:
    """One connection that carries a whole call; without a clock time is counted in samples alone."""

    def __init__(self, dialect: Dialect, clock: CallClock | None = None) -> None:
        self.dialect = dialect
        self.began: Began | None = None
        self.remarks: list[str] = []
        self._clock = clock or CallClock(ManualClock())
        self._timeline: Timeline | None = None

    def text(self, text: str) -> list[TapEvent | Reply]:
        return self._placed(self.dialect.receive_text(text))

    def binary(self, data: bytes) -> list[TapEvent | Reply]:
        return self._placed(self.dialect.receive_bytes(data))

    def closed(self) -> list[TapEvent | Reply]:
        return self._placed(self.dialect.closed())

    def _placed(self, pieces: list[Piece]) -> list[TapEvent | Reply]:
        placed: list[TapEvent | Reply] = []
        for piece in pieces:
            match piece:
                case Began():
                    assert self.began is None, "a connection begins once"
                    self.began = piece
                    self._timeline = Timeline(piece, self._clock)
                case Reply():
                    placed.append(piece)
                case Remark(remark):
                    assert remark.isprintable()
                    self.remarks.append(remark)
                case _:
                    assert self._timeline is not None, "no call has begun"
                    placed += self._timeline.feed(piece)
        if isinstance(self.dialect, Telling) and self.dialect.ended:
            placed += self.dialect.goodbye()
        return placed
