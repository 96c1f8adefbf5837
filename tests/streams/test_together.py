import threading
from collections.abc import Sequence

import pytest

from streams.together import Together

LONG_S = 30.0  # how long a test waits for what must come


class Machine:
    """Does rows when it is let to, and remembers which went together."""

    def __init__(self) -> None:
        self.goes: list[list[str]] = []
        self.broken: set[str] = set()
        self.together_breaks = False
        self._arrived, self._let = threading.Semaphore(0), threading.Semaphore(0)
        self._line = threading.Lock()

    def work(self, rows: Sequence[str]) -> list[str]:
        with self._line:
            self.goes.append(list(rows))
        self._arrived.release()
        assert self._let.acquire(timeout=LONG_S)
        if self.broken & set(rows) or (self.together_breaks and len(rows) > 1):
            raise RuntimeError(f"broke on {' '.join(rows)}")
        return [row.upper() for row in rows]

    def reached(self) -> None:
        assert self._arrived.acquire(timeout=LONG_S)

    def let(self, times: int = 1) -> None:
        self._let.release(times)


class Callers:
    """One thread for each row, each begun when the one before it stands in the line."""

    def __init__(self, together: Together[str, str]) -> None:
        self._together = together
        self.answers: dict[str, str | Exception] = {}
        self._threads: list[threading.Thread] = []

    def bring(self, *rows: str, standing: bool = True) -> None:
        for row in rows:
            before = len(self._together._waiting)
            self._threads.append(threading.Thread(target=self._call, args=(row,), daemon=True))
            self._threads[-1].start()
            while standing and len(self._together._waiting) == before:
                threading.Event().wait(0.001)

    def end(self) -> dict[str, str | Exception]:
        for thread in self._threads:
            thread.join(LONG_S)
            assert not thread.is_alive()
        return self.answers

    def _call(self, row: str) -> None:
        try:
            self.answers[row] = self._together.do(row)
        except RuntimeError as error:
            self.answers[row] = error


@pytest.fixture
def machine() -> Machine:
    return Machine()


def first_letter(row: str) -> str:
    return row[0]


def test_a_row_with_room_goes_alone_at_once(machine: Machine) -> None:
    machine.let()
    assert Together(machine.work, first_letter, running=1, most=4).do("a1") == "A1"
    assert machine.goes == [["a1"]]


def test_rows_that_had_to_wait_go_together_by_shape_in_order(machine: Machine) -> None:
    together = Together(machine.work, first_letter, running=1, most=2)
    callers = Callers(together)
    callers.bring("a0", standing=False)
    machine.reached()
    callers.bring("a1", "b2", "a3", "a4")
    machine.let(4)
    assert callers.end() == {row: row.upper() for row in ("a0", "a1", "b2", "a3", "a4")}
    assert machine.goes == [["a0"], ["a1", "a3"], ["b2"], ["a4"]]


def test_as_many_as_may_run_never_wait_for_each_other(machine: Machine) -> None:
    callers = Callers(Together(machine.work, first_letter, running=2, most=4))
    callers.bring("a0", standing=False)
    machine.reached()
    callers.bring("a1", standing=False)
    machine.reached()
    assert machine.goes == [["a0"], ["a1"]]
    machine.let(2)
    callers.end()


def test_a_failure_in_company_is_tried_alone_and_blames_only_its_own_row(machine: Machine) -> None:
    machine.together_breaks, machine.broken = True, {"a2"}
    callers = Callers(Together(machine.work, first_letter, running=1, most=4))
    callers.bring("a0", standing=False)
    machine.reached()
    callers.bring("a1", "a2")
    machine.let(4)
    answers = callers.end()
    assert answers["a1"] == "A1"
    assert str(answers["a2"]) == "broke on a2"
    assert sorted(machine.goes[2:]) == [["a1"], ["a2"]]


def test_a_failure_alone_is_raised_and_leaves_the_room_free(machine: Machine) -> None:
    machine.broken = {"a1"}
    machine.let(2)
    together = Together(machine.work, first_letter, running=1, most=4)
    with pytest.raises(RuntimeError, match="broke on a1"):
        together.do("a1")
    assert together.do("a2") == "A2"


def test_whoever_waited_too_long_behind_one_that_hangs_goes_alone(machine: Machine) -> None:
    callers = Callers(Together(machine.work, first_letter, running=1, most=4, patience_s=0.01))
    callers.bring("a0", standing=False)
    machine.reached()
    callers.bring("a1", "a2", standing=False)
    machine.reached()
    machine.reached()
    assert sorted(machine.goes) == [["a0"], ["a1"], ["a2"]]
    machine.let(3)
    assert set(callers.end().values()) == {"A0", "A1", "A2"}
