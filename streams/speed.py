"""How fast a model is on this machine: a model's directory flows in, the compute time of speech flows out."""

from pathlib import Path

import msgspec
import numpy as np

from streams.engine import SAMPLE_RATE_HZ, DecodeJob, JobKind
from streams.whisper import WhisperSettings, WhisperTranscriber, load

_PARTIAL_S = 3  # an utterance when half of it was said
_FINAL_S = 5  # and when it is over
_TOKENS_PER_S = 4  # of conversation: three words, each a little more than a token
_TRIALS = 3


def measure(directory: Path, settings: WhisperSettings) -> float:
    """Seconds of one core that a second of one side's speech costs, partials and finals at the profile's cadence.

    Takes a few seconds. Raises ModelError when the model cannot be used.
    """
    ears = load(directory, msgspec.structs.replace(settings, workers=1))
    partial_s = _decode_s(ears, JobKind.AGENT_PARTIAL, _PARTIAL_S)
    final_s = _decode_s(ears, JobKind.FINAL, _FINAL_S)
    return partial_s * 1000 / settings.profile.partial_every_ms + final_s / _FINAL_S


def _decode_s(ears: WhisperTranscriber, kind: JobKind, audio_s: int) -> float:
    """The fastest of a few decodes: others are slowed by first allocations and by whatever else is running."""
    noise = (np.random.default_rng(0).standard_normal(audio_s * SAMPLE_RATE_HZ) * 0.1).astype(np.float32)
    job = DecodeJob(
        call_id="speed",
        channel="agent",
        utterance=0,
        kind=kind,
        started_ms=0,
        ended_ms=audio_s * 1000,
        requested_ms=0,
    )
    efforts = [ears.exercise(job, noise, audio_s * _TOKENS_PER_S) for _ in range(_TRIALS)]
    return min(effort.encode_ms + effort.decode_ms + effort.align_ms for effort in efforts) / 1000
