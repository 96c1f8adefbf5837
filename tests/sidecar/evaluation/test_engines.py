import os
import signal
import threading

import pytest

from sidecar.evaluation import engines
from sidecar.evaluation.engines import Cores, Here
from streams.errors import PackError


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    raise PackError(f"{number} is no good")


def takes_interrupts(_: int) -> bool:
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def test_here() -> None:
    assert list(Here().run(double, [1, 2, 3])) == [(0, 2), (1, 4), (2, 6)]


def test_on_cores() -> None:
    before = signal.getsignal(signal.SIGINT)
    assert dict(Cores(2).run(double, range(20))) == {number: 2 * number for number in range(20)}
    assert signal.getsignal(signal.SIGINT) is before


def test_what_an_item_raises_is_raised_here() -> None:
    with pytest.raises(PackError, match="is no good"):
        list(Cores(2).run(fail, [1, 2, 3]))


def test_ctrl_c_is_for_the_first_process_alone() -> None:
    assert [found for _, found in Cores(1).run(takes_interrupts, [0])] == [False]


def test_left_early() -> None:
    results = Cores(1).run(double, range(50))
    assert next(iter(results))[1] % 2 == 0
    results.close()  # type: ignore[attr-defined]
    assert list(results) == []


def test_from_another_thread() -> None:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.extend(Cores(1).run(double, [4])))
    thread.start()
    thread.join()
    assert found == [(0, 8)]


def test_the_best_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(engines.best(None, 1), Here)
    assert isinstance(engines.best(1, 100), Here)
    assert isinstance(engines.best(2, 100), Cores)
    assert engines.cores() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert engines.cores() == 1
