"""How a room carries the loudspeaker to the microphone: blocks of both flow in, the echo and what is left flow out.

A Kalman filter in the frequency domain, its state the room's response in pieces of 20 ms (Kuech, Mabande and Enzner,
"State-space architecture of the partitioned-block-based acoustic echo controller", ICASSP 2014): it learns fast while
only the loudspeaker is heard and hardly at all while somebody else speaks, without being told which of both it is.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.taps.local_clock import Pcm
from streams.taps.local_slots import SLOT, SLOT_MS

Block = npt.NDArray[np.float64]
Spectrum = npt.NDArray[np.complex128]

PATH_HZ = 8_000
"""A telephone carries no more, and two clocks that are some samples apart still agree on it."""
BLOCK = SLOT // 2
TAIL = 18
"""Blocks after which nothing is left of an echo: 360 ms, a wireless loudspeaker included."""

_STAYS = 0.995  # of the path from block to block; what moves is people, and two clocks by up to 50 millionths
_UNSURE = 1.0  # how loud any piece of the path may be as long as nothing is known, as power
_SMOOTH = 0.7
_WORSE_BLOCKS = 15
_TAPS = 24
_EPSILON = 1e-10


class Heard(NamedTuple):
    """A block of the microphone, how much of it is echo, and the rest, as spectra of as much silence and the block."""

    whole: Spectrum
    echo: Spectrum
    left: Spectrum


class Halved:
    """Slots at 16 kHz become blocks at 8 kHz, full scale 1."""

    def __init__(self) -> None:
        at = np.arange(_TAPS) - (_TAPS - 1) / 2
        taps = np.sinc(at / 2) * np.hamming(_TAPS)
        self._taps: Block = taps / taps.sum() / 32768
        self._before: Block = np.zeros(_TAPS - 1)

    def feed(self, slot: Pcm) -> Block:
        """The next block."""
        samples = np.concatenate([self._before, slot])
        self._before = samples[-(_TAPS - 1) :]
        return np.convolve(samples, self._taps, "valid")[::2]


class EchoPath:
    """The path from one loudspeaker to one microphone."""

    def __init__(self) -> None:
        self._speaker: Block = np.zeros(2 * BLOCK)
        self._played: Spectrum = np.zeros((TAIL, BLOCK + 1), np.complex128)
        self._forget()

    def _forget(self) -> None:
        self._path: Spectrum = np.zeros((TAIL, BLOCK + 1), np.complex128)
        self._unsure: Block = np.full((TAIL, BLOCK + 1), _UNSURE)
        self._others: Block = np.zeros(BLOCK + 1)
        self._worse = 0

    @property
    def delay_ms(self) -> int | None:
        """After how long the most of an echo comes; None where there is none."""
        strength = np.square(np.abs(self._path)).sum(axis=1) / (BLOCK + 1)
        strongest = int(np.argmax(strength))
        return strongest * SLOT_MS if strength[strongest] > 10 ** (-50 / 10) else None

    def rest(self) -> None:
        """Nothing has been playing for so long that nothing of it can be heard."""
        if self._speaker.any():
            self._speaker[:] = 0.0
            self._played[:] = 0.0

    def feed(self, speaker: Block, microphone: Block) -> Heard:
        """Take a block of both; the path is the better known the more of the loudspeaker was heard alone."""
        self._speaker = np.concatenate([self._speaker[BLOCK:], speaker])
        self._played = np.concatenate([np.fft.rfft(self._speaker)[None], self._played[:-1]])
        echo = np.fft.irfft((self._played * self._path).sum(axis=0))[BLOCK:]
        left = _spectrum(microphone - echo)
        heard = Heard(_spectrum(microphone), _spectrum(echo), left)
        self._learn(left)
        self._doubt(microphone, microphone - echo)
        return heard

    def _learn(self, left: Spectrum) -> None:
        power = np.square(np.abs(left))
        self._others = _SMOOTH * self._others + (1 - _SMOOTH) * power
        played = np.square(np.abs(self._played))
        # Half of each transform is new sound, so what is unsure is seen with half its power.
        gain = self._unsure / ((self._unsure * played).sum(axis=0) * 0.5 + self._others + _EPSILON)
        path = self._path + gain * np.conj(self._played) * left
        response = np.fft.irfft(path)
        response[:, BLOCK:] = 0.0
        self._path = np.fft.rfft(response) * _STAYS
        known = self._unsure * (1 - np.minimum(1.0, 0.5 * gain * played))
        self._unsure = _STAYS**2 * known + (1 - _STAYS**2) * np.square(np.abs(self._path))

    def _doubt(self, microphone: Block, left: Block) -> None:
        """A filter that adds to what it is to take away has learned wrongly, or another path, and begins anew."""
        worse = float(np.dot(left, left)) > 1.2 * float(np.dot(microphone, microphone)) + _EPSILON
        self._worse = self._worse + 1 if worse else 0
        if self._worse >= _WORSE_BLOCKS:
            self._forget()


def _spectrum(block: Block) -> Spectrum:
    return np.fft.rfft(np.concatenate([np.zeros(BLOCK), block]))
