"""What listening alone costs: both sides of a conversation flow in at their own pace, a share of one core flows out.

Counted is what stands between a tap's frame and a decode: resampling, ring, voice activity, segmentation and the mel
columns of every decode that is asked for; every decode is answered at once, with no words. Between frames the process
sleeps as it would live, so that the caches are as cold as they are then: played as fast as it goes, the same work takes
a third.
"""

import time
from collections.abc import Callable, Iterable
from itertools import groupby

from sidecar.bench.conversation import Conversation
from streams.engine import SAMPLE_RATE_HZ, DecodeJob, Transcription
from streams.events import AudioFrame, Channel
from streams.features import HOP, MelCache
from streams.loop import ListeningLoop, Output
from streams.settings import LoopSettings
from streams.vad import SileroProbe

WARM_MS = 2_000
"""Before this everything is taken into use, and not counted."""

_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000


def core_share(
    talk: Conversation,
    settings: LoopSettings,
    until_ms: int,
    *,
    warm_ms: int = WARM_MS,
    now_s: Callable[[], float] = time.monotonic,
    worked_s: Callable[[], float] = time.thread_time,
    sleep: Callable[[float], None] = time.sleep,
) -> float:
    """The share of one core that listening to the conversation up to `until_ms` takes."""
    listener = _Listener(talk.channels, settings)
    spent_s = counted_ms = 0.0
    began_s = now_s()
    for at_ms, frames in groupby(talk.frames("ingest"), key=lambda frame: frame.at_ms):
        if at_ms > until_ms:
            break
        together = list(frames)
        sleep(max(0.0, began_s + at_ms / 1000 - now_s()))
        before_s = worked_s()
        listener.hear(together)
        if at_ms > warm_ms:
            spent_s += worked_s() - before_s
            counted_ms = at_ms - warm_ms
    return round(spent_s * 1000 / counted_ms, 4) if counted_ms else 0.0


class _Listener:
    """The ears of one call, with the mel columns of what they want decoded."""

    def __init__(self, channels: tuple[Channel, ...], settings: LoopSettings) -> None:
        self._loop = ListeningLoop("ingest", channels, settings, {channel: SileroProbe() for channel in channels})
        self._windows_s = settings.profile.windows_s
        self._mels = {channel: MelCache() for channel in channels}

    def hear(self, frames: Iterable[AudioFrame]) -> None:
        for frame in frames:
            self._answer(self._loop.hear(frame), frame.at_ms)

    def _answer(self, output: Output, at_ms: int) -> None:
        for job in output.jobs:
            self._look(job)
            self._answer(self._loop.decoded(job, Transcription(text=""), at_ms), at_ms)

    def _look(self, job: DecodeJob) -> None:
        samples = self._loop.samples(job)
        window_s = next(one for one in self._windows_s if one * SAMPLE_RATE_HZ >= len(samples))
        self._mels[job.channel].window(job.started_ms * _SAMPLES_PER_MS, samples, window_s * SAMPLE_RATE_HZ // HOP)
