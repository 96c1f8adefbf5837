"""The way from the loudspeaker to the microphone: learned alone, kept in double talk, found where there is none."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from streams.taps.local_path import BLOCK, PATH_HZ, EchoPath, Halved, Spectrum
from streams.taps.local_slots import SLOT

Sound = npt.NDArray[np.float64]
SECOND = PATH_HZ // BLOCK


def noise(blocks: int, level: float = 0.1, seed: int = 11) -> Sound:
    return np.random.default_rng(seed).standard_normal((blocks, BLOCK)) * level


def delayed(played: Sound, by: int, gain: float) -> Sound:
    whole = played.ravel()
    return (np.concatenate([np.zeros(by), whole[: len(whole) - by]]) * gain).reshape(played.shape)


def power(spectra: Sequence[Spectrum]) -> float:
    return sum(float(np.square(np.abs(one)).sum()) for one in spectra)


def left_db(path: EchoPath, played: Sound, heard: Sound) -> float:
    """How much of what the microphone heard is left over all, dB."""
    came = [path.feed(*both) for both in zip(played, heard, strict=True)]
    return 10 * float(np.log10(power([one.left for one in came]) / power([one.whole for one in came])))


@pytest.mark.parametrize(("by", "gain"), [(0, 0.5), (480, 0.2), (2_000, 0.03)])
def test_an_echo_is_learned_within_a_second_and_taken_away(by: int, gain: float) -> None:
    path = EchoPath()
    played = noise(3 * SECOND)
    heard = delayed(played, by, gain)
    left_db(path, played[:SECOND], heard[:SECOND])
    assert left_db(path, played[SECOND:], heard[SECOND:]) < -12
    assert path.delay_ms is not None
    assert abs(path.delay_ms - by * 1000 // PATH_HZ) <= 20


def test_who_speaks_as_well_is_what_is_left() -> None:
    path = EchoPath()
    played = noise(3 * SECOND)
    heard = delayed(played, 300, 0.2)
    left_db(path, played[:SECOND], heard[:SECOND])
    other = noise(2 * SECOND, 0.02, seed=12)
    came = [path.feed(*both) for both in zip(played[SECOND:], heard[SECOND:] + other, strict=True)]
    spoken = power([np.fft.rfft(np.concatenate([np.zeros(BLOCK), one])) for one in other])
    # Noise takes some of the path's knowledge with it; most of what is left is nevertheless who speaks.
    assert 0.8 < power([one.left for one in came]) / spoken < 2


def test_where_nothing_is_alike_nothing_is_taken_away() -> None:
    path = EchoPath()
    left_db(path, noise(SECOND, seed=12), noise(SECOND, seed=13))
    assert left_db(path, noise(SECOND, seed=14), noise(SECOND, seed=15)) == pytest.approx(0, abs=1.5)


def test_without_a_loudspeaker_there_is_no_path() -> None:
    path = EchoPath()
    assert path.delay_ms is None
    path.rest()
    came = path.feed(np.zeros(BLOCK), noise(1)[0])
    assert np.array_equal(came.left, came.whole)
    assert not came.echo.any()


def test_after_a_rest_what_was_played_before_is_forgotten() -> None:
    path = EchoPath()
    played = noise(SECOND)
    left_db(path, played, delayed(played, 100, 0.5))
    path.rest()
    assert not path.feed(np.zeros(BLOCK), noise(1)[0]).echo.any()


def test_a_path_that_turned_round_is_learned_anew() -> None:
    path = EchoPath()
    played = noise(2 * SECOND)
    left_db(path, played, delayed(played, 100, 0.9))
    turned = delayed(played, 100, -0.9)
    left_db(path, played, turned)
    assert left_db(path, played, turned) < -10


def test_slots_are_halved_without_what_a_telephone_has_not() -> None:
    at = np.arange(SLOT * 20) / 16_000
    for pitch_hz, gain in ((1000, 1.0), (7000, 0.0)):
        halved = Halved()
        slots = (np.sin(2 * np.pi * pitch_hz * at) * 16_384).astype(np.int16).reshape(-1, SLOT)
        out = np.concatenate([halved.feed(slot) for slot in slots])[BLOCK:]
        assert len(out) == 19 * BLOCK
        assert float(np.sqrt(2 * np.mean(out**2))) == pytest.approx(gain / 2, abs=0.02)
