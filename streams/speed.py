"""How fast a model is on this machine: a model's directory flows in, what speech takes flows out."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import numpy as np

from streams.engine import SAMPLE_RATE_HZ, DecodeJob, JobKind
from streams.events import Channel
from streams.keeping_up import Speed
from streams.whisper import WhisperSettings, WhisperTranscriber, load

_PARTIAL_S = 3  # an utterance when half of it was said
_FINAL_S = 5  # and when it is over
_TOKENS_PER_S = 4  # of conversation: three words, each a little more than a token
_TRIALS = 3
_BUDGET_S = 4.0  # no further trial begins after so long: a model that needs more is too slow anyway
_SIDES: tuple[Channel, ...] = get_args(Channel)[:2]


def measure(directory: Path, settings: WhisperSettings, clock_s: Callable[[], float] = time.perf_counter) -> Speed:
    """What a second of one side's speech takes, partials and finals at the profile's cadence, with both sides talking.

    Takes a few seconds. Raises ModelError when the model cannot be used.
    """
    ears = load(directory, settings)
    end_s = clock_s() + _BUDGET_S
    partials_s: list[float] = []
    finals_s: list[float] = []
    with ThreadPoolExecutor(min(len(_SIDES), settings.workers)) as pool:
        while not finals_s or (len(finals_s) < _TRIALS and clock_s() < end_s):
            partials_s.append(_decode_s(ears, pool, JobKind.AGENT_PARTIAL, _PARTIAL_S))
            finals_s.append(_decode_s(ears, pool, JobKind.FINAL, _FINAL_S))
    # The fastest trial: others are slowed by first allocations and by whatever else is running.
    final_s = min(finals_s)
    cost = min(partials_s) * 1000 / settings.profile.partial_every_ms + final_s / _FINAL_S
    return Speed(round(cost, 3), round(final_s * 1000, 1))


def _decode_s(ears: WhisperTranscriber, pool: ThreadPoolExecutor, kind: JobKind, audio_s: int) -> float:
    """How long a decode takes when both sides ask for one at once."""
    noise = (np.random.default_rng(0).standard_normal(audio_s * SAMPLE_RATE_HZ) * 0.1).astype(np.float32)
    jobs = [
        DecodeJob(
            call_id="speed",
            channel=channel,
            utterance=0,
            kind=kind,
            started_ms=0,
            ended_ms=audio_s * 1000,
            requested_ms=0,
        )
        for channel in _SIDES
    ]
    efforts = list(pool.map(lambda job: ears.exercise(job, noise, audio_s * _TOKENS_PER_S), jobs))
    return sum(effort.encode_ms + effort.decode_ms + effort.align_ms for effort in efforts) / len(efforts) / 1000
