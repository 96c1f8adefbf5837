"""Levels for a person: up at once, down slowly, clipping remembered."""

import numpy as np

from sidecar.local.meter import LOWEST_DB, WIDTH, Meter


def tone(peak: float) -> bytes:
    return (np.sin(np.arange(320) / 5) * 32767 * peak).astype("<i2").tobytes()


def test_a_level_rises_at_once_and_falls_slowly() -> None:
    meter = Meter()
    assert meter.db(0) == LOWEST_DB
    meter.feed(1_000_000, tone(0.5))
    assert -6.5 < meter.db(1_000_000) < -5.5
    meter.feed(1_020_000, bytes(640))
    assert -8 < meter.db(1_020_000) < -6
    assert meter.db(2_020_000) < -25
    assert meter.db(60_000_000) == LOWEST_DB
    assert meter.heard_ms == 40


def test_a_bar_shows_it() -> None:
    meter = Meter()
    assert meter.bar(0) == f"[{'.' * WIDTH}]   silent "
    meter.feed(0, tone(0.5))
    assert meter.bar(0).startswith(f"[{'#' * 36}....]")
    assert not meter.clipped
    meter.feed(0, tone(1.0))
    assert meter.bar(0).endswith("dB clipped")
    meter.feed(0, b"")


def test_a_bar_is_as_long_as_there_is_room() -> None:
    meter = Meter()
    meter.feed(0, b"\x00\x40" * 320)
    assert meter.bar(0, 8) == "[#######.]   -6.0 dB"
