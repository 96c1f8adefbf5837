"""How loud a device is just now, for a person who chooses one: blocks flow in, a bar flows out."""

import math

import numpy as np

from streams.audio import pcm_to_float

LOWEST_DB = -60.0
WIDTH = 40
FALL_DB_PER_S = 24.0
_CLIPPED_DB = -0.2


class Meter:
    """Peak level of one device: rises at once, falls slowly, remembers that it clipped and how much was heard."""

    def __init__(self) -> None:
        self._db = LOWEST_DB
        self._stamp_us = 0
        self.clipped = False
        self.heard_ms = 0

    def feed(self, stamp_us: int, pcm: bytes) -> None:
        """Take a block."""
        self._fall(stamp_us)
        self.heard_ms += len(pcm) // 32
        if pcm:
            peak = float(np.max(np.abs(pcm_to_float(pcm))))
            db = 20 * math.log10(peak) if peak > 0 else LOWEST_DB
            self.clipped = self.clipped or db >= _CLIPPED_DB
            self._db = max(self._db, db)

    def db(self, now_us: int) -> float:
        """The level now, dB of full scale, not below -60."""
        self._fall(now_us)
        return self._db

    def bar(self, now_us: int, width: int = WIDTH) -> str:
        """The level as a bar of so many columns and a number."""
        db = self.db(now_us)
        filled = round((db - LOWEST_DB) / -LOWEST_DB * width)
        level = f"{db:6.1f} dB" if db > LOWEST_DB else "  silent "
        return f"[{'#' * filled}{'.' * (width - filled)}] {level}{' clipped' if self.clipped else ''}"

    def _fall(self, now_us: int) -> None:
        gone_us = max(0, now_us - self._stamp_us)
        self._stamp_us = max(self._stamp_us, now_us)
        self._db = max(LOWEST_DB, self._db - FALL_DB_PER_S * gone_us / 1e6)
