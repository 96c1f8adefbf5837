"""Whether agent and customer stand for each other: a call's words flow in, at most one doubt flows out.

The side that answers the phone with the company's greeting is the agent. Whoever set up the platform decides which side
is which, and a mistake would charge the agent with the customer's mood.
"""

import re
from collections.abc import Callable

from sidecar.call import Passing
from streams.events import Doubt, SidesSwapped, Utterance

OPENING_MS = 60_000
"""Greetings later than this come from somebody who was put through."""
TEXT = "the greeting is heard on the customer's side"
_GREETING = re.compile(
    r"\b(?:thank(?:s| you) for (?:calling|contacting|getting in touch|holding)|how (?:can|may) (?:i|we) (?:help|assist)"
    r"|what can i (?:do|help) (?:for )?you|you(?:'re| are) (?:through to|speaking (?:to|with))|welcome to)\b",
    re.IGNORECASE,
)


class LikelySwap:
    """Watches one call's opening; one of its sinks. `tell` gets the doubt, once, if there is one."""

    def __init__(self, tell: Callable[[Doubt], object]) -> None:
        self._tell = tell
        self._settled = False

    def write(self, event: Passing) -> None:
        """Follow the call until its sides are known."""
        if self._settled:
            return
        if isinstance(event, SidesSwapped) or event.at_ms > OPENING_MS:
            self._settled = True
        elif isinstance(event, Utterance) and event.channel != "mixed" and _GREETING.search(event.text):
            self._settled = True
            if event.channel == "customer":
                self._tell(Doubt(call_id=event.call_id, at_ms=event.at_ms, about="sides", text=TEXT))
