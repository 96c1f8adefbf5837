"""What the recogniser remembers of each call between jobs: recent mel columns per channel, and the language spoken.

Jobs' sound flows in, features and languages flow out. Worker threads ask at once, so both are guarded; both forget the
calls asked for longest ago, so neither grows.
"""

import threading
from collections import OrderedDict

from streams.engine import SAMPLE_RATE_HZ, DecodeJob, Samples
from streams.events import Channel
from streams.features import Features, MelCache

_CHANNELS = 32  # half a minute of sound and its columns each: some 3 MB
_CALLS = 64
_MOST_LOOKS = 8  # findings without confidence, after which the likeliest of them is kept
_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000


class CallMels:
    """Features of any job's sound, from one cache per channel of a call."""

    def __init__(self, bands: int) -> None:
        self._bands = bands
        self._caches: OrderedDict[tuple[str, Channel], tuple[MelCache, threading.Lock]] = OrderedDict()
        self._lock = threading.Lock()

    def window(self, job: DecodeJob, samples: Samples, frames: int) -> Features:
        """The job's samples as a window of `frames`; see `MelCache.window`."""
        key = (job.call_id, job.channel)
        with self._lock:
            cache, lock = self._caches.setdefault(key, (MelCache(self._bands), threading.Lock()))
            self._caches.move_to_end(key)
            if len(self._caches) > _CHANNELS:
                self._caches.popitem(last=False)
        # A final and a partial of one channel may be decoded at once; other channels need not wait for them.
        with lock:
            return cache.window(job.started_ms * _SAMPLES_PER_MS, samples, frames)


class CallLanguages:
    """The language found for each call, both sides alike: kept once it was found with confidence, or often enough."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, str] = OrderedDict()
        self._doubtful: OrderedDict[str, list[tuple[str, float]]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, call_id: str) -> str:
        """The language held for a call; empty while there is none."""
        return self._found.get(call_id, "")

    def hold(self, call_id: str, language: str) -> str:
        """Keep the language of a call, unless another job was first, and return the one that is held."""
        with self._lock:
            return self._keep(call_id, language)

    def doubt(self, call_id: str, language: str, p: float) -> str:
        """Take a finding without confidence, and return the language to go on with.

        After so many of them looking again tells no more: the one that they add up to is kept.
        """
        with self._lock:
            if call_id in self._found:
                return self._found[call_id]
            looks = self._doubtful.setdefault(call_id, [])
            looks.append((language, p))
            if len(self._doubtful) > _CALLS:
                self._doubtful.popitem(last=False)
            if len(looks) < _MOST_LOOKS:
                return language
            sums = {each: sum(share for other, share in looks if other == each) for each, _ in looks}
            return self._keep(call_id, max(sums, key=lambda each: sums[each]))

    def _keep(self, call_id: str, language: str) -> str:
        self._doubtful.pop(call_id, None)
        held = self._found.setdefault(call_id, language)
        if len(self._found) > _CALLS:
            self._found.popitem(last=False)
        return held
