"""A process of its own for each sound device: blocks flow in from the system, stamped messages flow out on stdout.

Sound libraries keep state for as long as a process lives, and lose it with the sound server; some calls never come
back. So the service starts a process for each device, listens to it, and ends it when it says nothing more: whatever
breaks here breaks neither the service nor the other side. `python -m sidecar.local.capture KIND WANTED LIBRARY`.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn, cast

from sidecar.local.devices import DEFAULT, Device, Kind, SoundSystem, choose
from sidecar.local.systems import BLOCK, Library, open_system
from streams.clock import monotonic_us
from streams.errors import TapError
from streams.taps.local_wire import EAGER, RATE_HZ, Alive, Captured, Closed, Message, Opened, pack

LOOK_S = 0.5
"""How often it is looked whether the device is still there and still the one that is meant."""
IDLE_BLOCKS = 10
"""While no call goes on so many blocks are taken at once: waking up fifty times a second is what listening costs."""
REST_S = (IDLE_BLOCKS - 1) * BLOCK / RATE_HZ


class Capture:
    """Records one device until it goes away or another takes its place.

    `say` takes messages from two threads at once; `eager` is set while somebody waits for each block.
    """

    def __init__(
        self,
        system: SoundSystem,
        kind: Kind,
        wanted: str,
        say: Callable[[Message], None],
        *,
        now_us: Callable[[], int],
        eager: threading.Event,
    ) -> None:
        self._system = system
        self._kind: Kind = kind
        self._wanted = wanted
        self._say = say
        self._now_us = now_us
        self._eager = eager
        self._device: Device | None = None

    def record(self) -> None:
        """Record without end.

        Raises TapError when there is no such device, or no more.
        """
        device = choose(self._system.devices(), self._kind, self._wanted)
        with self._system.record(device) as next_block:
            self._device = device
            self._say(Opened(self._now_us(), device.id, device.name))
            while True:
                # The library wakes for every block while it waits for many, so it is not asked before they are there.
                pcm = next_block(BLOCK if self._eager.wait(REST_S) else BLOCK * IDLE_BLOCKS)
                self._say(Captured(self._now_us(), pcm))

    def look(self) -> None:
        """Say that the device is there.

        Raises TapError when it is gone or another is meant now.
        """
        before = self._device
        if before is not None:
            meant = choose(self._system.devices(), self._kind, self._wanted if self._wanted == DEFAULT else before.id)
            if meant.id != before.id:
                raise TapError(f"{meant.name} is the default {self._kind} now")
        self._say(Alive(self._now_us()))


def main(arguments: list[str]) -> NoReturn:
    """Record the device that the arguments name, until it is gone or nobody reads any more."""
    kind, wanted, library = arguments
    # Ctrl-C in the terminal is the service's to answer; it ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out, lock = sys.stdout.buffer, threading.Lock()

    def say(message: Message) -> None:
        try:
            with lock:
                out.write(pack(message))
                out.flush()
        except OSError:
            os._exit(0)

    def leave(error: TapError) -> NoReturn:
        say(Closed(monotonic_us(), str(error)))
        # The library's own tidying up may wait for a server that is gone.
        os._exit(1)

    def until_gone(work: Callable[[], None]) -> NoReturn:
        try:
            while True:
                work()
        except TapError as error:
            leave(error)

    eager, never = threading.Event(), threading.Event()
    eager.set()
    try:
        system = open_system(cast("Library", library))
    except TapError as error:
        leave(error)

    capture = Capture(system, cast("Kind", kind), wanted, say, now_us=monotonic_us, eager=eager)

    def look() -> None:
        never.wait(LOOK_S)
        capture.look()

    def listen() -> None:
        while told := sys.stdin.buffer.read(1):
            (eager.set if told == EAGER else eager.clear)()
        # Whoever started this process is gone.
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    threading.Thread(target=until_gone, args=(look,), daemon=True).start()
    until_gone(capture.record)


if __name__ == "__main__":
    main(sys.argv[1:])
