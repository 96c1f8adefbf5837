"""Whether sound comes at the rate that its source declared: samples and wall time flow in, a doubt flows out. Pure.

Nothing on the wire of most platforms tells 8 kHz from 16 kHz or one channel from two, so a wrong setting gives sound at
half or double speed and words that nobody said.
"""

WINDOW_MS = 2_500
"""Two windows that agree, five seconds together, make a doubt: a network that stalls and catches up never agrees."""
AGREE = 0.08
"""How far the two may lie from each other and from a ratio below, as a share."""
RATIOS = (0.25, 1 / 3, 0.5, 2 / 3, 1.5, 2.0, 3.0, 4.0, 6.0)
"""What a wrong rate or number of channels amounts to; any other ratio has other reasons."""


class RateCheck:
    """One source's sound. A `sparse` one sends nothing in silence, so that too little of it says nothing."""

    def __init__(self, *, sparse: bool = False) -> None:
        self._sparse = sparse
        self._began_ms: int | None = None
        self._heard_ms = 0.0
        self._before = 1.0
        self._said = False

    def feed(self, samples: int, rate_hz: int, now_ms: int) -> str:
        """Count one channel's sound; the doubt in one line, once, else nothing."""
        if self._began_ms is None:
            # What came first may have been gathered for a while, so counting begins behind it.
            self._began_ms = now_ms
            return ""
        self._heard_ms += samples * 1000 / rate_hz
        passed_ms = now_ms - self._began_ms
        if passed_ms < WINDOW_MS:
            return ""
        ratio, before = self._heard_ms / passed_ms, self._before
        self._began_ms, self._heard_ms, self._before = now_ms, 0.0, ratio
        if self._said or abs(ratio - before) > AGREE * before or (self._sparse and ratio < 1):
            return ""
        if not any(abs(ratio - wrong) <= AGREE * wrong for wrong in RATIOS):
            return ""
        self._said = True
        return (
            f"sound comes {ratio:.2f} times as fast as its declared {rate_hz} Hz; "
            f"it may be {round(rate_hz * ratio, -2):.0f} Hz, or have another number of channels"
        )
