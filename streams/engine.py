"""The seam between the streaming loop and whatever turns sound into words.

Jobs flow in (a span of one channel's media clock, and how hard to try), transcriptions flow out. The Whisper adapter
and the reference engine stand behind the same Protocol, so nothing else can tell them apart.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from streams.events import Channel, Word

SAMPLE_RATE_HZ = 16_000
"""All audio behind the tap is mono float32 in [-1, 1] at this rate."""

Samples = npt.NDArray[np.float32]


class JobKind(IntEnum):
    """What a decode is for, in the order in which the scheduler serves them (lowest first)."""

    FINAL = 0
    SPECULATIVE = 1
    CUSTOMER_PARTIAL = 2
    AGENT_PARTIAL = 3

    @property
    def is_partial(self) -> bool:
        """Whether a newer job of the channel may replace this one."""
        return self >= JobKind.CUSTOMER_PARTIAL


class DecodeJob(msgspec.Struct, frozen=True, kw_only=True):
    """A span of one channel to be turned into words: a descriptor into the ring, never a copy of audio.

    `started_ms` and `ended_ms` are on the media clock. `prompt` is what was said before, put before the start of
    transcript. `attempt` is 0, or 1 for the one retry at the next window size. `quick` asks for the smallest beam,
    because the machine is behind. `brief` asks for the words without their times, and `spoken` says that words were
    heard in this utterance before, so that nobody need ask how likely it is that nothing was said: the two take a
    seventh of a decode.
    """

    call_id: str
    channel: Channel
    utterance: int
    kind: JobKind
    started_ms: int
    ended_ms: int
    requested_ms: int
    prompt: str = ""
    attempt: int = 0
    quick: bool = False
    brief: bool = False
    spoken: bool = False


class Transcription(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine heard in a job's span, with the figures by which it is judged.

    `words` are on the media clock. `mean_logprob` is per token, `no_speech` and `align_p` are probabilities,
    `compression` is text bytes over zlib bytes (2.4 and more is a loop), `cap_hit` means that the token cap cut the
    text. `encode_ms`, `decode_ms` and `align_ms` are compute time.
    """

    text: str
    words: tuple[Word, ...] = ()
    mean_logprob: float = 0.0
    no_speech: float = 0.0
    align_p: float = 1.0
    compression: float = 1.0
    cap_hit: bool = False
    language: str = ""
    window_ms: int = 0
    encode_ms: float = 0.0
    decode_ms: float = 0.0
    align_ms: float = 0.0

    @property
    def compute_ms(self) -> float:
        """All of the compute time."""
        return self.encode_ms + self.decode_ms + self.align_ms


class Transcriber(Protocol):
    """Turns a job's samples into words; called from worker threads, so it must be thread-safe."""

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        """Decode `samples` (float32 mono 16 kHz, the job's span).

        Raises RecogniserError when this job cannot be decoded.
        """
        ...


class SpeechProbe(Protocol):
    """Says how likely it is that one frame of sound is speech; carries its own state from frame to frame."""

    def probabilities(self, frames: Sequence[Samples]) -> Sequence[float]:
        """The probability, 0 to 1, for each of some frames of 512 samples at 16 kHz that follow one another.

        The answers are the same however frames are put together.
        """
        ...

    def reset(self) -> None:
        """Forget what was heard, as at confirmed silence or after a gap."""
        ...
