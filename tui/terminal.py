"""Whether the terminal that a screen is drawn on is still there.

A terminal that closes sends a hangup to what it controls; to a screen that it does not control it just goes away, and
drawing on nothing would go on for ever.
"""

import select
import sys

GONE_LOOK_S = 1.0
"""How often a screen looks."""
LEFT_BY_HANGUP = 129
"""What shells report of a program that a hangup ended."""


def is_gone() -> bool:
    """Whether standard input was a terminal and hung up; always false where that cannot be told."""
    if sys.platform == "win32" or sys.__stdin__ is None:
        return False
    try:
        number = sys.__stdin__.fileno()
    except (OSError, ValueError):
        return False
    look = select.poll()
    look.register(number, 0)
    return any(happened & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, happened in look.poll(0))
