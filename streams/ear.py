"""One channel's hearing: packets of sound flow in, frames known to be voiced or not, and speech edges, flow out.

A frame at the possible beginning of speech is held back until it is known whether speech began there, so that what is
behind never has to take anything back. Where nothing hangs on them yet, frames wait for those that follow, because the
model hears several at once for little more than one; an edge is found neither elsewhere nor later for it.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from streams.endpoint import Heard
from streams.engine import Samples, SpeechProbe
from streams.events import AudioFrame
from streams.intake import Block, Hole, Intake
from streams.segments import FRAME_SAMPLES, SAMPLES_PER_MS, SILENT_DB, Edge, Segmenter, level_db
from streams.settings import VadSettings

_INAUDIBLE_DB = -75.0  # digital silence and dither: no model is asked
_HEARD_AFTERWARDS = 16
"""Frames of a silence that the model hears when it is over: with half a second it finds the same edges as with all."""

_HEARD_AT_ONCE = 6
"""No more frames wait, so that hearing them keeps the event loop for no longer than four tenths of a millisecond."""

_FORGET_EVERY = 2000 * SAMPLES_PER_MS // FRAME_SAMPLES * FRAME_SAMPLES
"""The model's state drifts on long silence, so it starts anew about every two seconds of it."""


class Step(NamedTuple):
    """What one block made known: frames in order, at most one speech edge, and up to which sample that reaches."""

    frames: tuple[Heard, ...]
    edge: Edge | None
    now_sample: int


class Ear:
    """Intake, voice activity and segmentation of one channel."""

    def __init__(self, settings: VadSettings, end_pause_ms: int, probe: SpeechProbe) -> None:
        self._settings = settings
        self._end_pause_ms = end_pause_ms
        self._probe = probe
        self._intake = Intake()
        self._segmenter = Segmenter(settings, end_pause_ms)
        self._uncertain: list[Heard] = []
        self._now = 0
        self._waiting: list[Block] = []
        self.patient = False
        """Whether nobody needs to know what is in a frame before an edge hangs on it."""
        # The last frames about which the model was not asked.
        self._unasked: deque[Samples] = deque(maxlen=_HEARD_AFTERWARDS)

    @property
    def speaking(self) -> bool:
        """Whether speech was confirmed and has not ended."""
        return self._segmenter.speaking

    @property
    def voiced(self) -> bool:
        """Whether the last frame of confirmed speech was voiced."""
        return self._segmenter.speaking and self._segmenter.voiced

    @property
    def stirring(self) -> bool:
        """Whether something began that may turn out to be speech."""
        return self._segmenter.stirring

    @property
    def now_sample(self) -> int:
        """Up to where sound was listened to."""
        return self._now

    @property
    def end_sample(self) -> int:
        """Up to where there is sound to read."""
        return self._intake.end_sample

    def feed(self, frame: AudioFrame) -> Iterator[Step]:
        """Listen to a frame; to be run to its end before the next one.

        Raises AudioInputError for a frame that is not 16-bit sound at 8 or 16 kHz.
        """
        return self._listen(self._intake.feed(frame))

    def flush(self) -> Iterator[Step]:
        """Listen to what is left of the last block."""
        return self._listen(self._intake.flush())

    def read(self, start_sample: int, end_sample: int) -> Samples:
        """A copy of the sound between two samples.

        Raises LookupError when some of it is not there, or no more.
        """
        return self._intake.ring.read(start_sample, end_sample)

    def forget_voice(self) -> None:
        """Start the model anew, as after sound was lost."""
        self._probe.reset()

    def catch_up(self) -> Iterator[Step]:
        """Listen to what waits; to be done before time or sound is said to be missing."""
        blocks, self._waiting = self._waiting, []
        if not blocks:
            return
        levels_db = [level_db(block.samples) for block in blocks]
        for block, db, probability in zip(blocks, levels_db, self._probabilities(blocks, levels_db), strict=True):
            edge = self._segmenter.feed(block.start_sample, probability, db)
            heard = Heard(block.start_sample, db, self._segmenter.voiced)
            yield self._step(heard, edge, block.start_sample + FRAME_SAMPLES)

    def break_off(self) -> Step:
        """End what is being said where it was last heard: the source fell silent."""
        edge = self._segmenter.close()
        return Step(self._resolve(began=False), edge, self._now)

    def reset(self) -> None:
        """Forget the speaker as well, as when another person takes over."""
        self._intake.reset()
        self._probe.reset()
        self._segmenter = Segmenter(self._settings, self._end_pause_ms)

    def _listen(self, pieces: Iterator[Block | Hole]) -> Iterator[Step]:
        for piece in pieces:
            if isinstance(piece, Hole):
                yield from self.catch_up()
                self._probe.reset()
                edge = self._segmenter.skip(piece.end_sample)
                yield self._step(Heard(piece.start_sample, SILENT_DB, voiced=False), edge, piece.end_sample)
            else:
                self._waiting.append(piece)
                if not self._can_wait(piece.start_sample + FRAME_SAMPLES):
                    yield from self.catch_up()

    def _can_wait(self, end_sample: int) -> bool:
        waiting = len(self._waiting)
        return self.patient and waiting < _HEARD_AT_ONCE and self._segmenter.can_wait(waiting, end_sample)

    def _step(self, heard: Heard, edge: Edge | None, now_sample: int) -> Step:
        self._now = now_sample
        if self._segmenter.stirring:
            self._uncertain.append(heard)
            return Step((), edge, now_sample)
        began = edge is not None and edge.kind == "started"
        return Step((*self._resolve(began=began), heard), edge, now_sample)

    def _resolve(self, *, began: bool) -> tuple[Heard, ...]:
        frames = tuple(frame._replace(voiced=began) for frame in self._uncertain)
        self._uncertain.clear()
        return frames

    def _probabilities(self, blocks: Sequence[Block], levels_db: Sequence[float]) -> list[float]:
        silent = self._segmenter.silent_samples
        if silent and silent % _FORGET_EVERY == 0:
            self._probe.reset()
        asked = [self._asks(block, db) for block, db in zip(blocks, levels_db, strict=True)]
        if not any(asked):
            return [0.0] * len(blocks)
        # The model must have heard the line to tell a voice from it.
        frames = [*self._unasked, *(block.samples for block, asks in zip(blocks, asked, strict=True) if asks)]
        answers = iter(self._probe.probabilities(frames)[len(self._unasked) :])
        self._unasked.clear()
        return [next(answers) if asks else 0.0 for asks in asked]

    def _asks(self, block: Block, db: float) -> bool:
        if db < _INAUDIBLE_DB:
            return False
        if self._segmenter.nothing_new(db):
            self._unasked.append(block.samples)
            return False
        return True
