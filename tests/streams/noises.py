"""Sounds that are no speech, as a telephone line brings them: names flow in, samples at 16 kHz flow out."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
Sound = npt.NDArray[np.float32]

_DTMF_LOW_HZ = (697, 770, 852, 941)
_DTMF_HIGH_HZ = (1_209, 1_336, 1_477, 1_633)
_SCALE_HZ = (261.6, 293.7, 329.6, 392.0, 440.0, 523.3)


def white(seconds: float, level: float) -> Sound:
    """Hiss."""
    return (np.random.default_rng(11).standard_normal(round(seconds * RATE_HZ)) * level).astype(np.float32)


def coloured(seconds: float, level: float, power: float) -> Sound:
    """Noise whose level falls with frequency: 1 is pink (an office), 2 is brown (traffic, a fan)."""
    noise = np.fft.rfft(np.random.default_rng(12).standard_normal(round(seconds * RATE_HZ)))
    hz = np.maximum(np.fft.rfftfreq(round(seconds * RATE_HZ), 1 / RATE_HZ), 20.0)
    shaped = np.fft.irfft(noise / hz ** (power / 2), round(seconds * RATE_HZ))
    return (shaped / shaped.std() * level).astype(np.float32)


def tones(seconds: float, level: float, *hz: float) -> Sound:
    """Steady tones at once: hum, a dial tone, a fax."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (sum(np.sin(2 * np.pi * each * time_s) for each in hz) * level / len(hz)).astype(np.float32)


def gated(sound: Sound, on_s: float, off_s: float) -> Sound:
    """A sound that comes and goes, as ringing does."""
    time_s = np.arange(len(sound)) / RATE_HZ
    return sound * (time_s % (on_s + off_s) < on_s).astype(np.float32)


def dtmf(seconds: float, level: float) -> Sound:
    """Keys pressed one after the other, 120 ms each and as long a pause."""
    pieces = []
    for number in range(round(seconds / 0.24)):
        pair = (_DTMF_LOW_HZ[number % 4], _DTMF_HIGH_HZ[number * 3 % 4])
        pieces += [tones(0.12, level, *pair), np.zeros(round(0.12 * RATE_HZ), np.float32)]
    return np.concatenate(pieces)


def music(seconds: float, level: float, seed: int = 0) -> Sound:
    """Notes with overtones over a chord, as hold music has them."""
    random = np.random.default_rng(seed)
    note_s = 0.4
    pieces = []
    for number in range(round(seconds / note_s)):
        time_s = np.arange(round(note_s * RATE_HZ)) / RATE_HZ
        fade = np.minimum(1.0, np.minimum(time_s, note_s - time_s) / 0.02) * np.exp(-2.0 * time_s)
        root_hz = _SCALE_HZ[number // 4 % len(_SCALE_HZ)] / 2
        lead_hz = _SCALE_HZ[int(random.integers(len(_SCALE_HZ)))]
        sung = sum(_note(time_s, hz) for hz in (root_hz, root_hz * 1.26, root_hz * 1.5, lead_hz))
        pieces.append(sung * fade)
    return (np.concatenate(pieces) / 4 * level).astype(np.float32)


def breathing(seconds: float, level: float) -> Sound:
    """In and out through the mouth: bands of noise that swell, four seconds a breath."""
    sound = np.fft.rfft(np.random.default_rng(13).standard_normal(round(seconds * RATE_HZ)))
    hz = np.fft.rfftfreq(round(seconds * RATE_HZ), 1 / RATE_HZ)
    band = np.fft.irfft(sound * np.exp(-(((hz - 1_200) / 900) ** 2)), round(seconds * RATE_HZ))
    time_s = np.arange(len(band)) / RATE_HZ
    swell = np.maximum(0.0, np.sin(2 * np.pi * time_s / 2.0)) ** 2
    return (band / band.std() * swell * level).astype(np.float32)


def clicks(seconds: float, level: float) -> Sound:
    """A keyboard, a pen, a headset that is touched."""
    random = np.random.default_rng(14)
    sound = np.zeros(round(seconds * RATE_HZ), np.float32)
    for first in random.integers(0, len(sound) - 400, round(seconds * 6)):
        decay = np.exp(-np.arange(400) / 60)
        sound[first : first + 400] += (random.standard_normal(400) * decay * level).astype(np.float32)
    return sound


def _note(time_s: npt.NDArray[np.float64], hz: float) -> npt.NDArray[np.float64]:
    return np.asarray(sum(np.sin(2 * np.pi * hz * part * time_s) / part for part in (1, 2, 3, 4)))


def all_noises(seconds: float) -> Mapping[str, Sound]:
    """Every kind at the levels at which a line carries it."""
    kinds: Sequence[tuple[str, Sound]] = (
        ("silence", np.zeros(round(seconds * RATE_HZ), np.float32)),
        ("faint hiss", white(seconds, 0.002)),
        ("loud hiss", white(seconds, 0.1)),
        ("an office", coloured(seconds, 0.05, 1.0)),
        ("traffic", coloured(seconds, 0.1, 2.0)),
        ("bursts of noise", gated(coloured(seconds, 0.1, 1.0), 0.6, 0.9)),
        ("hum", tones(seconds, 0.1, 50.0, 150.0, 250.0)),
        ("dial tone", tones(seconds, 0.3, 350.0, 440.0)),
        ("ringing", gated(tones(seconds, 0.3, 440.0, 480.0), 2.0, 4.0)),
        ("busy", gated(tones(seconds, 0.3, 480.0, 620.0), 0.5, 0.5)),
        ("keys pressed", dtmf(seconds, 0.3)),
        ("a fax", gated(tones(seconds, 0.3, 1_100.0), 0.5, 3.0)),
        ("music", music(seconds, 0.3)),
        ("other music", music(seconds, 0.15, seed=5)),
        ("breathing", breathing(seconds, 0.05)),
        ("heavy breathing", breathing(seconds, 0.2)),
        ("clicks", clicks(seconds, 0.3)),
    )
    return dict(kinds)
