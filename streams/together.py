"""Work that is cheaper done together: rows flow in one by one from many threads, each one's answer flows back to it.

As many rows as may run begin at once, alone. Those that come while all of that is taken wait, and go together with
others of their shape as soon as something ends: nobody waits for company while there is room.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")
Answer = TypeVar("Answer")

PATIENCE_S = 10.0
"""A row that waited for so long goes alone: what runs may hang, and must not take the others with it."""


class _Seat(Generic[Row, Answer]):
    """One row and what became of it."""

    def __init__(self, row: Row, shape: Hashable) -> None:
        self.row = row
        self.shape = shape
        self.taken = False
        self.answers: list[Answer] = []
        self.failure: Exception | None = None
        self.done = False


class Together(Generic[Row, Answer]):
    """Does rows of equal shape in one go, `most` at once; `running` goes may be under way at the same time.

    Bounded by the threads that wait in it: each brings one row.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Row]], Sequence[Answer]],
        shape: Callable[[Row], Hashable],
        *,
        running: int,
        most: int,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._work = work
        self._shape = shape
        self._room = running
        self._most = most
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._waiting: deque[_Seat[Row, Answer]] = deque()

    def do(self, row: Row) -> Answer:
        """Do one row, perhaps with others, and wait for its answer.

        Raises whatever the work raises for this row; one that failed in company is done once more alone.
        """
        seat: _Seat[Row, Answer] = _Seat(row, self._shape(row))
        with self._changed:
            self._waiting.append(seat)
            begins = self._changed.wait_for(lambda: seat.taken or self._first(seat), self._patience_s)
            if seat.taken:
                self._changed.wait_for(lambda: seat.done)
            elif begins:
                self._room -= 1
            seats = [] if seat.taken else self._take(seat, alone=not begins)
        if seats:
            self._go(seats, had_room=begins)
        if seat.failure is not None:
            raise seat.failure
        return seat.answers[0] if seat.answers else self._work([row])[0]

    def _first(self, seat: _Seat[Row, Answer]) -> bool:
        return self._room > 0 and self._waiting[0] is seat

    def _take(self, seat: _Seat[Row, Answer], *, alone: bool) -> list[_Seat[Row, Answer]]:
        mine = [seat] if alone else [other for other in self._waiting if other.shape == seat.shape][: self._most]
        for one in mine:
            one.taken = True
            self._waiting.remove(one)
        self._changed.notify_all()
        return mine

    def _go(self, seats: list[_Seat[Row, Answer]], *, had_room: bool) -> None:
        try:
            for one, answer in zip(seats, self._work([one.row for one in seats]), strict=True):
                one.answers.append(answer)
        except Exception as error:  # noqa: BLE001 - handed to the thread whose row it was
            if len(seats) == 1:
                seats[0].failure = error
        finally:
            with self._changed:
                for one in seats:
                    one.done = True
                self._room += had_room
                self._changed.notify_all()
