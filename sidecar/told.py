"""What a platform is told of its own call: the call's events flow in, those that it may have flow to its connection.

The words are masked already, as everything behind the redactor is.
"""

from collections.abc import Callable

from sidecar.call import Passing
from sidecar.config_sections import SendConfig
from streams.events import Nudge, Utterance


class Told:
    """One of a call's sinks; `tell` hands an event to whoever carries the call."""

    def __init__(self, tell: Callable[[Utterance | Nudge], None], config: SendConfig) -> None:
        self._tell = tell
        self._config = config

    def write(self, event: Passing) -> None:
        """Hand on what the settings allow."""
        match event:
            case Utterance() if self._config.transcript and event.text:
                self._tell(event)
            case Nudge() if self._config.nudges:
                self._tell(event)
