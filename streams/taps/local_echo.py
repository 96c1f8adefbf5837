"""What the loudspeaker says into the microphone: slots of both sides flow in, the agent's without the echo flow out.

With open speakers the microphone hears the customer too, and the customer's anger must never be charged to the agent.
How the room carries the loudspeaker to the microphone is learned as a filter (`EchoPath`), and so it is known of every
slot how much of it is the loudspeaker's sound carried over, however loud that is, and what is left. A slot with nothing
left but what the filter commonly leaves over is silenced. Whoever speaks at the same time is in what is left, however
quietly; and a microphone that has nothing of the loudspeaker in it is let through whole.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from streams.taps.local_clock import Pcm
from streams.taps.local_path import BLOCK, PATH_HZ, TAIL, EchoPath, Halved, Spectrum
from streams.taps.local_slots import SLOT_MS

Bands = npt.NDArray[np.float64]

EDGES_HZ = (200, 400, 600, 850, 1150, 1550, 2100, 2850, 3800)
"""Bands of about equal weight for speech, within what a telephone carries."""
STICKS_OUT_DB = 7.0
STICKS_OUT_BANDS = 2
STICKS_OUT_SLOTS = 2
"""So many bands louder by this much than what is commonly left of an echo, in so many slots after one another, are
somebody who speaks."""
NOISE_DB = 6.0
"""The noise of a room moves by this much."""
RINGS_ON = 10 ** (-2.2 / 10)
"""How much of the sound in a room is left after 20 ms: it falls by 60 dB in 0.55 s."""
HANGOVER = 10
"""Slots for which a voice that was let through stays so: the ends of its words are quiet."""
EXPLAINS = 0.4
"""A filter that takes away more than the half of a slot which it had not heard before knows something of the room."""
PROVEN, FOR, AGAINST, MOST = 15, 3, 1, 300
"""Slots that the filter explained count for it, those that it did not against it; so many must be left over."""
UNKNOWN_SLOTS = 40
"""Before the filter can prove anything: 0.8 s of the loudspeaker, once and for all."""
UNKNOWN_DB = -14.0
"""Until then a microphone that is so far below the loudspeaker is taken for its echo."""

_LOUD_DB = -50.0  # a loudspeaker below this has no echo worth asking about
_FLOOR = 10 ** (-80.0 / 10)
_LEFT_MOST_DB, _LEFT_LEAST_DB = 3.0, -25.0
_LEFT_STEP_DB = 0.3


class EchoGate:
    """Silences the agent's side while it holds nothing but the customer's voice."""

    def __init__(self) -> None:
        edges = np.searchsorted(np.fft.rfftfreq(2 * BLOCK, 1 / PATH_HZ), EDGES_HZ)
        self._edges = [(int(low), int(high)) for low, high in pairwise(edges)]
        self._microphone, self._speaker = Halved(), Halved()
        self._path = EchoPath()
        self._noise: Bands = np.full(len(self._edges), _FLOOR)
        # How far what is left of an echo commonly is below the echo, dB.
        self._left_db: Bands = np.full(len(self._edges), _LEFT_MOST_DB)
        self._ringing: Bands = np.full(len(self._edges), _FLOOR)
        self._quiet_for = TAIL
        self._played = 0
        self._proof = 0
        self._sticking = 0
        self._open_for = 0
        self._silenced = 0

    @property
    def silenced_ms(self) -> int:
        """How much of the agent's side was taken for an echo."""
        return self._silenced * SLOT_MS

    @property
    def delay_ms(self) -> int | None:
        """How long after the loudspeaker the microphone hears it; None while no echo was found."""
        return self._path.delay_ms

    def feed(self, agent: Pcm, customer: Pcm) -> Pcm:
        """The agent's slot, or silence in its place."""
        played = self._speaker.feed(customer)
        loud = float(np.dot(played, played)) / BLOCK > 10 ** (_LOUD_DB / 10)
        self._quiet_for = 0 if loud else self._quiet_for + 1
        heard = self._microphone.feed(agent)
        if self._quiet_for > TAIL:
            # No echo can be left of what was played, and looking for one costs something.
            self._path.rest()
            self._open_for = 0
            return agent
        self._played += loud
        whole, echo, left = (self._bands(one) for one in self._path.feed(played, heard))
        # The quietest of a while is the room; it may rise by half a decibel a second.
        self._noise = np.minimum(whole, self._noise * 1.0023 + _FLOOR * 0.001)
        if self._speaks(whole, echo, left, float(np.dot(played, played)) / BLOCK):
            return agent
        self._silenced += 1
        return np.zeros_like(agent)

    def _speaks(self, whole: Bands, echo: Bands, left: Bands, played: float) -> bool:
        """Whether more is left than the filter commonly leaves over."""
        self._ringing = np.maximum(echo, self._ringing * RINGS_ON)
        all_of_it = float(whole.sum())
        if all_of_it > 4 * float(self._noise.sum()):
            explains = float(left.sum()) < EXPLAINS * all_of_it
            self._proof = max(0, min(MOST, self._proof + (FOR if explains else -AGAINST)))
        if self._played < UNKNOWN_SLOTS:
            return all_of_it > played * 10 ** (UNKNOWN_DB / 10)
        if self._proof < PROVEN:
            return True
        margin = 10 ** ((self._left_db + STICKS_OUT_DB) / 10)
        explained = self._ringing * margin + self._noise * 10 ** (NOISE_DB / 10) + _FLOOR
        self._sticking = self._sticking + 1 if np.count_nonzero(left > explained) >= STICKS_OUT_BANDS else 0
        self._learn(echo, left)
        if self._sticking >= STICKS_OUT_SLOTS:
            self._open_for = HANGOVER
        elif self._open_for:
            self._open_for -= 1
        return self._open_for > 0

    def _learn(self, echo: Bands, left: Bands) -> None:
        """Follow the middle of what is left: half of all slots have more, so who speaks in fewer does not move it."""
        audible = echo > self._noise * 4
        below_db = 10 * np.log10((left + _FLOOR) / (echo + _FLOOR))
        step = np.where(below_db > self._left_db, _LEFT_STEP_DB, -_LEFT_STEP_DB) * audible
        self._left_db = np.clip(self._left_db + step, _LEFT_LEAST_DB, _LEFT_MOST_DB)

    def _bands(self, spectrum: Spectrum) -> Bands:
        """Mean square of each band, by Parseval's theorem."""
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        sums = np.add.reduceat(power, [low for low, _ in self._edges] + [self._edges[-1][1]])[:-1]
        return sums / (BLOCK * BLOCK)
