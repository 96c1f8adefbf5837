"""Where work is done: items flow out, results flow back as they come, each with the number of its item."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Something that does the same work on many items; one that spreads it over machines can stand here."""

    def run(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[int, Result]]:
        """Every result once, in any order, with the number of its item; what an item raises is raised here."""
        ...


class Here:
    """One item after the other, in this process."""

    def run(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[int, Result]]:
        """Every result as it comes."""
        for number, item in enumerate(items):
            yield number, work(item)


class Cores:
    """A process for each core; `work` must stand at the top of a module, items and results must be picklable."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[int, Result]]:
        """Every result as it comes; left early, what has not begun is not done any more."""
        # Spawned, since a forked copy of a process with threads may hang.
        executor = ProcessPoolExecutor(self._workers, multiprocessing.get_context("spawn"))
        try:
            with _interrupts_ignored():
                numbers = {executor.submit(work, item): number for number, item in enumerate(items)}
            for future in as_completed(numbers):
                yield numbers[future], future.result()
        finally:
            executor.shutdown(cancel_futures=True)


def best(workers: int | None, count: int) -> Engine:
    """The engine for so many items: all cores unless told otherwise, and none but this process's for a single one."""
    used = min(workers or cores(), count)
    return Cores(used) if used > 1 else Here()


def cores() -> int:
    """How many cores this process may use."""
    allowed: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Processes started now take no notice of Ctrl-C: it reaches the whole group, and one of us is to answer it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
