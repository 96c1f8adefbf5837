"""Before the first call: settings flow in, and what every call needs has been loaded and used once.

The rule pack, the voice activity model and the coach's word lists take a third of a second the first time. A service
pays that in a thread before it says that it takes calls, so that its first call holds the event loop up no longer than
its hundredth.
"""

import gc

from sidecar.config_sections import Config
from sidecar.folded import fold
from sidecar.replay import context_of, make_call
from streams.events import AudioFrame, CallStarted, Channel

_CHANNELS: tuple[Channel, ...] = ("agent", "customer")
_FRAMES = 10
_NOISE = bytes(range(1, 161)) * 2
"""20 ms at 8 kHz, loud enough that the model is asked."""


def make_ready(config: Config) -> None:
    """Begin a call of two channels that nobody hears of; to be called in a thread.

    Raises PackError when the configured rule pack cannot be read, ModelError when there is no voice activity model.
    """
    started = CallStarted(call_id="", at_ms=0, channels=_CHANNELS)
    context = context_of(config, "")
    fold(context.pack)
    call = make_call(started, context, config, listens=True)
    call.begin()
    for number in range(_FRAMES):
        for channel in _CHANNELS:
            frame = AudioFrame(
                call_id="",
                at_ms=20 * (number + 1),
                channel=channel,
                pcm=_NOISE,
                rate_hz=8000,
                started_ms=20 * number,
                duration_ms=20,
            )
            call.feed(frame)
    call.interrupt()


def keep_for_good() -> None:
    """Take what has been loaded so far out of the garbage collector's sight.

    It stays for as long as the process does, and looking through it holds every thread up for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
