"""Where one side's speech begins and ends: probabilities of 32 ms frames flow in, speech edges flow out.

All positions are samples at 16 kHz, so that how the sound was cut into packets cannot move an edge.
"""

import math
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from streams.engine import SAMPLE_RATE_HZ, Samples
from streams.settings import VadSettings

SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
FRAME_SAMPLES = 512
"""What Silero looks at in one step: 32 ms."""

SILENT_DB = -120.0
"""The level of a frame of zeros, dB relative to full scale."""

EdgeKind: TypeAlias = Literal["started", "ended"]


class Edge(NamedTuple):
    """Speech began, or ended, at a sample."""

    kind: EdgeKind
    at_sample: int


def level_db(frame: Samples) -> float:
    """Mean power of a frame, dB relative to full scale, not below -120."""
    return max(SILENT_DB, 10.0 * math.log10(float(np.dot(frame, frame)) / max(1, frame.size) + 1e-12))


class SpeakerLevel:
    """How loud this speaker is and how loud the line is between words: a second opinion where Silero hesitates.

    It knows nothing until a second of undoubted speech was heard, and it never speaks for sound that is no louder
    than what the line carries anyway, so steady noise and music do not become speech by being loud.
    """

    _LEARNED_FRAMES = 32
    _BELOW_SPEAKER_DB = 8.0
    _ABOVE_LINE_DB = 12.0
    # A frame's share in the speaker's running level, and how fast the line's level may rise (dB per 32 ms frame).
    _SPEAKER_SHARE = 0.05
    _LINE_RISE_DB = 0.1
    _LINE_SPREAD_DB = 3.0  # a voice so little above the line is not understood either

    def __init__(self) -> None:
        self._speaker_db = SILENT_DB
        self._line_db = 0.0
        self._frames = 0

    def learn_speech(self, db: float) -> None:
        """Take the level of a frame that is certainly speech."""
        self._frames += 1
        share = max(self._SPEAKER_SHARE, 1.0 / self._frames)
        self._speaker_db += (db - self._speaker_db) * share

    def learn_line(self, db: float) -> None:
        """Take the level of a frame that is not speech."""
        self._line_db = min(db, self._line_db + self._LINE_RISE_DB)

    def is_line(self, db: float) -> bool:
        """Whether a frame is no louder than what the line carries when nobody speaks."""
        return db <= self._line_db + self._LINE_SPREAD_DB

    def resembles_speech(self, db: float) -> bool:
        """Whether a frame is as loud as this speaker and clearly louder than the line."""
        return (
            self._frames >= self._LEARNED_FRAMES
            and db >= self._speaker_db - self._BELOW_SPEAKER_DB
            and db >= self._line_db + self._ABOVE_LINE_DB
        )


class Segmenter:
    """Speech edges of one channel.

    Speech is confirmed after `min_speech_ms` without a break and is dated back to its first frame; it ends when
    `end_pause_ms` passed without a voiced frame and is dated back to the end of the last one. A frame that only the
    second opinion takes for speech counts half towards the beginning.
    """

    _LINE_KNOWN = 1000 * SAMPLES_PER_MS  # so much silence tells the level of the line
    _LIKELY_PROBABILITY = 0.1  # below this Silero is sure that it is no voice, and loudness is not asked

    def __init__(self, settings: VadSettings, end_pause_ms: int) -> None:
        self._start_p = settings.start_probability
        self._stop_p = settings.stop_probability
        self._needed = settings.min_speech_ms * SAMPLES_PER_MS
        self._end_pause = end_pause_ms * SAMPLES_PER_MS
        self._level = SpeakerLevel()
        # Set from the first promising frame until speech is confirmed or the promise is broken.
        self._onset: int | None = None
        self._evidence = 0.0
        self.speaking = False
        self.voiced = False
        """Whether the last frame was voiced."""
        self.voiced_end = 0
        """Sample after the last voiced frame."""
        self.silent_samples = 0
        """How much silence was heard since anything stirred."""

    @property
    def stirring(self) -> bool:
        """Whether something began that may turn out to be speech."""
        return self._onset is not None

    def nothing_new(self, db: float) -> bool:
        """Whether a frame of this level goes on with a silence whose level is known, so that no model need be asked."""
        return self.silent_samples >= self._LINE_KNOWN and self._level.is_line(db)

    def can_wait(self, frames: int, end_sample: int) -> bool:
        """Whether no edge can hang on the next `frames` frames, the last of which ends there, whatever is in them."""
        if self.speaking:
            return end_sample - self.voiced_end < self._end_pause
        samples = frames * FRAME_SAMPLES
        return not self.stirring and samples < self._needed and self.silent_samples + samples < self._LINE_KNOWN

    def feed(self, start_sample: int, probability: float, db: float) -> Edge | None:
        """Take one frame of 512 samples; at most one edge becomes known with it."""
        engaged = self.speaking or self.stirring
        heard = probability >= (self._stop_p if engaged else self._start_p)
        likely = not heard and probability >= self._LIKELY_PROBABILITY and self._level.resembles_speech(db)
        self.voiced = heard or likely
        end_sample = start_sample + FRAME_SAMPLES
        if not self.voiced:
            self._level.learn_line(db)
            return self.skip(end_sample)
        if self.speaking:
            if probability >= self._start_p:
                self._level.learn_speech(db)
            self.voiced_end = end_sample
            return None
        if self._onset is None:
            self._onset, self._evidence = start_sample, 0.0
        self.silent_samples = 0
        self._evidence += FRAME_SAMPLES if heard else FRAME_SAMPLES / 2
        if self._evidence < self._needed:
            return None
        edge = Edge("started", self._onset)
        self._onset = None
        self.speaking = True
        self.voiced_end = end_sample
        return edge

    def skip(self, until_sample: int) -> Edge | None:
        """Let silence pass up to a sample, however long it is."""
        self.voiced = False
        self._onset = None
        if not self.speaking:
            self.silent_samples += FRAME_SAMPLES
            return None
        return self.close() if until_sample - self.voiced_end >= self._end_pause else None

    def close(self) -> Edge | None:
        """End speech where it was last heard, as when the source stopped sending."""
        self.voiced = False
        self._onset = None
        if not self.speaking:
            return None
        self.speaking = False
        self.silent_samples = 0
        return Edge("ended", self.voiced_end)
