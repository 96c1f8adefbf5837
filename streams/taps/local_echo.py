"""What the loudspeaker says into the microphone: slots of both sides flow in, the agent's without the echo flow out.

With open speakers the microphone hears the customer too, and the customer's anger must never be charged to the agent.
Loudness in eight bands of speech is compared: where the microphone's follows the loudspeaker's at some delay, the way
between them is learned, band by band, and a slot in which no band holds more than that way explains is silenced. Who
speaks at the same time sticks out of it in some band and is let through. Until a way is known, a microphone that is
far below the loudspeaker is taken for its echo.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from streams.taps.local_clock import Pcm
from streams.taps.local_slots import SLOT, SLOT_MS
from streams.taps.local_wire import RATE_HZ

Bands = npt.NDArray[np.float64]

EDGES_HZ = (200, 400, 600, 850, 1150, 1550, 2100, 2850, 3800)
"""Bands of about equal weight for speech, within what a telephone carries."""
LAGS = 16
"""An echo comes within so many slots: 320 ms, a wireless loudspeaker included."""
KEPT = 60
"""Slots that the way is learned from: 1.2 s."""
ALIKE = 0.6
"""Loudness that rises and falls together by this much (correlation) is the same sound; two people stay below 0.4."""
PRIOR_DB = -14.0
"""How loud an echo may be, relative to the loudspeaker, as long as nothing is known."""
MARGIN_DB = 6.0
"""Rooms ring: an echo may be so much louder than learned."""
STICKS_OUT_DB = 6.0
STICKS_OUT_BANDS = 2
STICKS_OUT_SLOTS = 2
"""So many bands louder than the echo by this much, in so many slots after one another, are somebody who speaks."""
RINGS_ON = 10 ** (-2.2 / 10)
"""How much of the sound in a room is left after 20 ms: it falls by 60 dB in 0.55 s."""
HANGOVER = 10
"""Slots for which a voice that was let through stays so: the ends of its words are quiet."""

_LOOK_EVERY = 5
_LOUD_DB = -50.0  # a loudspeaker below this has no echo worth asking about
_FLOOR = 10 ** (-75.0 / 10)
_LEARN_SHARE = 0.3


class EchoGate:
    """Silences the agent's side while it holds nothing but the customer's voice."""

    def __init__(self) -> None:
        edges = np.searchsorted(np.fft.rfftfreq(SLOT, 1 / RATE_HZ), EDGES_HZ)
        self._edges = [(int(low), int(high)) for low, high in pairwise(edges)]
        self._window = np.hanning(SLOT)
        shape = (KEPT + LAGS, len(self._edges))
        self._speaker: Bands = np.full(shape, _FLOOR)
        self._microphone: Bands = np.full(shape, _FLOOR)
        self._noise: Bands = np.full(len(self._edges), _FLOOR)
        self._way: Bands = np.full(len(self._edges), 10 ** (PRIOR_DB / 10))
        self._lag: int | None = None
        self._slots = 0
        self._ringing: Bands = np.full(len(self._edges), _FLOOR)
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
        return None if self._lag is None else self._lag * SLOT_MS

    def feed(self, agent: Pcm, customer: Pcm) -> Pcm:
        """The agent's slot, or silence in its place."""
        heard, played = self._bands(agent), self._bands(customer)
        self._microphone = np.concatenate([self._microphone[1:], heard[None]])
        self._speaker = np.concatenate([self._speaker[1:], played[None]])
        self._slots += 1
        # The quietest of a while is the room; it may rise by half a decibel a second.
        self._noise = np.minimum(heard, self._noise * 1.0023 + _FLOOR * 0.001)
        if self._slots % _LOOK_EVERY == 0:
            self._learn()
        echo = self._echo()
        if echo is None:
            self._open_for = 0
            return agent
        explained = echo * 10 ** (STICKS_OUT_DB / 10) + self._noise * 10 ** (MARGIN_DB / 10)
        if int(np.count_nonzero(heard > explained)) >= STICKS_OUT_BANDS:
            self._sticking += 1
        else:
            self._sticking = 0
        if self._sticking >= STICKS_OUT_SLOTS:
            self._open_for = HANGOVER
        elif self._open_for:
            self._open_for -= 1
        if self._open_for:
            return agent
        self._silenced += 1
        return np.zeros_like(agent)

    def _echo(self) -> Bands | None:
        """The most that the way lets through of what was played just now; None when hardly anything was."""
        if self._lag is None:
            recent = self._speaker[-LAGS // 2 :]
        else:
            end = len(self._speaker) - max(0, self._lag - 1)
            recent = self._speaker[end - 3 : end]
        self._ringing = np.maximum(recent.max(axis=0), self._ringing * RINGS_ON)
        if float(self._ringing.sum()) < 10 ** (_LOUD_DB / 10):
            return None
        return self._ringing * self._way

    def _learn(self) -> None:
        """Look for the delay at which both are alike, and how much of each band comes through there."""
        microphone = self._microphone[LAGS:]
        loud = self._speaker.sum(axis=1) > 10 ** (_LOUD_DB / 10)
        if int(loud[-KEPT:].sum()) < KEPT // 3:
            return
        best, lag = max(
            (_alike(microphone, self._speaker[LAGS - lag : LAGS - lag + KEPT]), -lag) for lag in range(LAGS)
        )
        lag = -lag
        if best < ALIKE:
            self._unlearn(microphone, loud)
            return
        self._lag = lag
        played = self._speaker[LAGS - lag : LAGS - lag + KEPT]
        audible = played.sum(axis=1) > 10 ** (_LOUD_DB / 10)
        way = np.quantile(microphone[audible] / played[audible], 0.75, axis=0)
        self._way += (way - self._way) * _LEARN_SHARE

    def _unlearn(self, microphone: Bands, loud: npt.NDArray[np.bool_]) -> None:
        """A microphone that stays at the noise of the room while the loudspeaker is loud hears little of it."""
        playing = loud[-KEPT:]
        most = np.quantile(microphone[playing] / self._speaker[-KEPT:][playing], 0.9, axis=0)
        self._way = np.where(most < self._way, self._way + (most - self._way) * _LEARN_SHARE, self._way)

    def _bands(self, slot: Pcm) -> Bands:
        spectrum = np.fft.rfft(slot * (self._window / 32768.0))
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        sums = [float(power[low:high].sum()) for low, high in self._edges]
        # By Parseval's theorem, and for a window that keeps three eighths of the power: mean square of the band.
        return np.array(sums) * (2 / (SLOT * SLOT * 0.375)) + _FLOOR


def _alike(one: Bands, other: Bands) -> float:
    """Correlation of two loudnesses over time and bands, each band by itself brought to its own mean."""
    first, second = np.log(one), np.log(other)
    first, second = first - first.mean(axis=0), second - second.mean(axis=0)
    scale = float(np.sqrt(np.square(first).sum() * np.square(second).sum()))
    return float((first * second).sum()) / scale if scale > 0 else 0.0
