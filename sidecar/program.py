"""The programs `sidecar` and `sidecar-panel`, from their first moment to their last.

While the command line runs, it answers Ctrl-C itself, and a request to end (SIGTERM) leaves it by every block's end, so
that no folder of a benchmark and no half-fetched model stays behind. Before it is loaded and after it is done, both end
the program at once with the same exit code: there is nothing to tidy up then, and a traceback would tell nobody
anything.
"""

import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
TERMINATED = 128 + signal.SIGTERM


def main() -> NoReturn:
    """The `sidecar` program."""
    _run()


def panel_main() -> NoReturn:
    """The `sidecar-panel` program: `sidecar panel` under a name of its own."""
    _run("panel")


def _run(*first: str) -> NoReturn:
    signal.signal(signal.SIGINT, _leave)
    _open_closed_streams()
    from sidecar import cli  # noqa: PLC0415 - what takes its time to load comes after the line above

    code = INTERRUPTED
    with suppress(KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, _end)
        code = cli.run(cli.cli, [*first, *sys.argv[1:]])
    signal.signal(signal.SIGINT, _leave)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.exit(code)


def _open_closed_streams() -> None:
    """Point closed standard streams at the null device, before a file of ours gets their number and takes output in."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - lives on


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    # One more must not break off the ending.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(TERMINATED)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
