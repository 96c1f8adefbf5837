"""The engine that needs no model: releases the words of a timed transcript once their sound has been heard.

Jobs flow in as to any other engine; what comes back was never recognised but read from the transcript, so replay,
demo and tests need no weights. Everything around it (audio, voice activity, endpoints, lag) is real.

Words of a channel lie in the order of their midpoints and every utterance owns one run of that order: from where the
utterance before it stopped to the last word that had mostly been said by its end. So wherever voice activity cuts, no
word is lost and none comes twice; words said where no voice was found come with the next utterance.
"""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from streams.engine import DecodeJob, JobKind, Samples, Transcription
from streams.events import Channel, Word

_REMEMBERED = 16
"""Utterances of a channel whose run is kept for retries; older ones are settled for good."""


class ReferenceTranscriber:
    """Implements `streams.engine.Transcriber` over the timed words of one call, by channel; thread-safe.

    A channel without words of its own ("mixed") gets the words of all the others, in order of time.
    """

    def __init__(self, words: Mapping[Channel, Sequence[Word]]) -> None:
        self._words = {channel: tuple(spoken) for channel, spoken in words.items()}
        self._tracks: dict[tuple[str, Channel], _Track] = {}
        self._lock = threading.Lock()

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:  # noqa: ARG002  (the Protocol has them)
        """Release the words that the job's utterance owns up to the job's end."""
        with self._lock:
            track = self._tracks.get((job.call_id, job.channel))
            if track is None:
                track = self._tracks[job.call_id, job.channel] = _Track(self._spoken(job.channel))
            words = track.heard(job) if job.kind.is_partial else track.said(job)
        return Transcription(text=" ".join(word.text for word in words), words=words)

    def _spoken(self, channel: Channel) -> tuple[Word, ...]:
        if channel in self._words:
            return self._words[channel]
        return tuple(word for spoken in self._words.values() for word in spoken) if channel == "mixed" else ()


class _Track:
    """The words of one channel and which utterance owns which run of them."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        self._words = sorted(words, key=_twice_middle)
        self._middles = [_twice_middle(word) for word in self._words]
        # The latest end so far: a long word holds back those after it, so that partials only ever grow at their end.
        self._ends = list(accumulate((word.end_ms for word in self._words), max))
        self._runs: dict[int, tuple[int, int]] = {}
        self._closed: set[int] = set()
        self._settled = 0

    def heard(self, job: DecodeJob) -> tuple[Word, ...]:
        """The words wholly said within the job's span, which may begin within the utterance."""
        first, limit = self._room(job.utterance)
        first = max(first, bisect_left(self._middles, 2 * job.started_ms))
        return tuple(self._words[first : min(limit, bisect_right(self._ends, job.ended_ms))])

    def said(self, job: DecodeJob) -> tuple[Word, ...]:
        """The words mostly said by the job's end; from now on they belong to the job's utterance."""
        first, limit = self._room(job.utterance)
        last = max(first, min(limit, bisect_right(self._middles, 2 * job.ended_ms)))
        # A speculative final that comes after the final, or anything after a later utterance, must not move the run.
        late = job.utterance in self._closed and job.kind is JobKind.SPECULATIVE
        if late or max(self._runs, default=-1) > job.utterance:
            first, last = self._runs.get(job.utterance, (first, last))
        self._runs[job.utterance] = (first, last)
        if job.kind is JobKind.FINAL:
            self._closed.add(job.utterance)
        self._settle()
        return tuple(self._words[first:last])

    def _room(self, utterance: int) -> tuple[int, int]:
        before = [last for number, (_, last) in self._runs.items() if number < utterance]
        after = [first for number, (first, _) in self._runs.items() if number > utterance]
        return max(before, default=self._settled), min(after, default=len(self._words))

    def _settle(self) -> None:
        while len(self._runs) > _REMEMBERED:
            oldest = min(self._runs)
            self._settled = self._runs.pop(oldest)[1]
            self._closed.discard(oldest)


def _twice_middle(word: Word) -> int:
    return word.start_ms + word.end_ms
