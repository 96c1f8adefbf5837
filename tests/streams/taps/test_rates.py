"""From any telephony rate to one that is taken."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.taps.rates import KNOWN_HZ, Resampling, check_rate


def tone(rate_hz: int, duration_ms: int, frequency_hz: int = 440) -> bytes:
    at = np.arange(rate_hz * duration_ms // 1000) / rate_hz
    return (8000 * np.sin(2 * np.pi * frequency_hz * at)).astype("<i2").tobytes()


@pytest.mark.parametrize("rate_hz", KNOWN_HZ)
def test_a_tone_keeps_its_length_and_pitch(rate_hz: int) -> None:
    way = Resampling(check_rate(rate_hz))
    heard = np.frombuffer(way.feed(tone(rate_hz, 1000)) + way.flush(), "<i2")
    assert way.rate_hz in (8000, 16_000)
    assert abs(len(heard) - way.rate_hz) <= 1
    peak_hz = np.argmax(np.abs(np.fft.rfft(heard))) * way.rate_hz / len(heard)
    assert abs(peak_hz - 440) < 1


@given(st.lists(st.integers(0, 400), min_size=1, max_size=20))
@settings(deadline=None)
def test_how_it_is_cut_changes_nothing(cuts: list[int]) -> None:
    sound = tone(24_000, 300)
    whole, sliced = Resampling(24_000), Resampling(24_000)
    pieces, at = b"", 0
    for cut in cuts:
        pieces += sliced.feed(sound[at : at + 2 * cut])
        at += 2 * cut
    pieces += sliced.feed(sound[at:]) + sliced.flush()
    assert pieces == whole.feed(sound) + whole.flush()


def test_after_a_flush_it_is_as_new() -> None:
    way = Resampling(48_000)
    first = way.feed(tone(48_000, 100)) + way.flush()
    assert way.feed(tone(48_000, 100)) + way.flush() == first


def test_other_rates_are_refused() -> None:
    with pytest.raises(ProtocolError, match="7000 Hz cannot be taken"):
        check_rate(7000)
