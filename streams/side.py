"""One side of a call: its sound and the outcome of its decodes flow in, its speech events and decode jobs flow out.

Voice activity decides when something is said; the pause and the words decide when it is over. Every decision is taken
at a block's edge on the sample clock.
"""

from streams.ear import Ear, Step
from streams.endpoint import pause_needed_ms
from streams.engine import DecodeJob, JobKind, Samples, SpeechProbe, Transcription
from streams.errors import RecogniserError
from streams.events import AudioFrame, Channel, Hypothesis, SpeechEnded, SpeechEvent, SpeechStarted
from streams.gates import showable
from streams.hypotheses import timed_words
from streams.pace import Pace
from streams.segments import FRAME_SAMPLES, SAMPLES_PER_MS, Edge
from streams.settings import LoopSettings
from streams.utterances import Closed, FinalLine, PendingFinal, Span, Speaking, Speculation, utterance_event

STALL_MS = 200
"""How late a source's sound may be before its missing counts as silence."""

LONGEST_PARTIAL_MS = 3_000
"""From here on stable words are not decoded again: each takes a step of the decoder, which costs more than the encoder
does. What is left is still some eight words long."""

SPECULATION_OFF_AT = 3
"""Degrade level from which only what is certainly final is decoded as such."""


class Outbox:
    """What one step of a side leads to, all at one media time."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms
        self.events: list[SpeechEvent] = []
        self.jobs: list[DecodeJob] = []


class Side:
    """Listens to one channel."""

    def __init__(self, call_id: str, channel: Channel, settings: LoopSettings, probe: SpeechProbe) -> None:
        self._call_id = call_id
        self._channel: Channel = channel
        self._endpoint = settings.endpoint
        self._pre_roll = settings.vad.pre_roll_ms * SAMPLES_PER_MS
        self._min_voiced = settings.vad.min_voiced_ms * SAMPLES_PER_MS
        self._longest = settings.endpoint.longest_s * 1000 * SAMPLES_PER_MS
        # A partial whose span stays below this fits the smallest window with a second to spare.
        room_ms = settings.profile.partial_floor_s * 1000 - settings.profile.partial_margin_ms - 1000
        self._trim_ms = min(room_ms, LONGEST_PARTIAL_MS)
        self._ear = Ear(settings.vad, settings.endpoint.soft_pause_ms, probe)
        self._pace = Pace(settings.profile, channel, settings.vad.min_voiced_ms)
        self._speech_start = 0
        # Sound before this sample belongs to utterances that are over.
        self._spent = 0
        self._next_number = 0
        self._utterance: Speaking | None = None
        self._finals = FinalLine()
        self._shown = ("", "")

    @property
    def speaking(self) -> bool:
        """Whether this side is heard speaking."""
        return self._ear.speaking

    @property
    def idle(self) -> bool:
        """Whether nothing is being said here and no final is outstanding."""
        return self._utterance is None and not self._finals

    def behind_ms(self, at_ms: int) -> int:
        """How long ago the oldest words were said that are not known yet."""
        known_ms = self._finals.oldest_ended_ms()
        if known_ms is None and self._utterance is not None:
            known_ms = self._utterance.known_until_ms
        return 0 if known_ms is None else max(0, at_ms - known_ms)

    def degrade(self, level: int) -> None:
        """Take how far the scheduler is behind, 0 (not at all) to 4."""
        self._pace.level = level

    def hear(self, frame: AudioFrame, out: Outbox, *, other_speaks: bool) -> None:
        """Take a frame of sound."""
        self._ear.patient = self._may_wait(out, frame.duration_ms * SAMPLES_PER_MS)
        for step in self._ear.feed(frame):
            self._take(step, out, other_speaks=other_speaks)
            self._ear.patient = self._may_wait(out)

    def advance(self, out: Outbox, *, other_speaks: bool) -> None:
        """Let time pass in which perhaps no sound came; sound that comes later is heard all the same."""
        now = self._time(out)
        if self._stalled(now):
            self._catch_up(out, other_speaks=other_speaks)
        if self._stalled(now):
            self._follow(self._ear.break_off(), out)
        self._end_if_due(now, out, other_speaks=other_speaks)

    def lose(self, lost_ms: int, out: Outbox, *, other_speaks: bool) -> None:
        """Take note that sound will never come; words on both sides of a real hole do not belong together."""
        self._catch_up(out, other_speaks=other_speaks)
        self._ear.forget_voice()
        if lost_ms >= self._endpoint.soft_pause_ms:
            self._follow(self._ear.break_off(), out)

    def finish(self, out: Outbox) -> None:
        """Hear out what is left, and close what is being said."""
        for step in self._ear.flush():
            self._take(step, out, other_speaks=False)
        self.reset(out)

    def reset(self, out: Outbox) -> None:
        """Close what is being said and forget the speaker."""
        self._catch_up(out, other_speaks=False)
        self._follow(self._ear.break_off(), out)
        self._ear.reset()
        if self._utterance is not None:
            self._close(self._utterance, out)

    def samples(self, job: DecodeJob) -> Samples:
        """The sound of a job's span, not to be written to.

        Raises LookupError when it is no longer kept, which cannot happen to a final that is outstanding.
        """
        pending = self._finals.get(job.utterance)
        if pending is not None and _span(job) == pending.closed.span:
            return pending.samples
        return self._ear.read(*_span(job))

    def decoded(
        self, job: DecodeJob, result: Transcription | RecogniserError, out: Outbox, *, other_speaks: bool
    ) -> None:
        """Take the outcome of a job; one that nobody waits for is ignored."""
        if job.kind.is_partial:
            self._pace.came_back(result.compute_ms if isinstance(result, Transcription) else None)
        pending = self._finals.get(job.utterance)
        if pending is not None:
            self._settle(pending, job, result, out)
        elif self._utterance is not None and self._utterance.number == job.utterance:
            self._learn(self._utterance, job, result, out, other_speaks=other_speaks)

    # --- sound ------------------------------------------------------------------------------------------------------

    def _take(self, step: Step, out: Outbox, *, other_speaks: bool) -> None:
        self._follow(step, out)
        self._end_if_due(step.now_sample, out, other_speaks=other_speaks)
        if self._utterance is None:
            return
        if step.edge is not None and step.edge.kind == "ended":
            self._speculate(self._utterance, out)
        if self._ear.voiced and self._pace.due(self._utterance.voiced_samples, out.at_ms):
            self._ask_partial(self._utterance, out)

    def _may_wait(self, out: Outbox, coming_samples: int = 0) -> bool:
        """Whether no decode can hang on what is in the frames that were not listened to yet and those that come."""
        if self._utterance is None or not self._ear.speaking:
            return self._utterance is None
        unheard = (self._ear.end_sample + coming_samples - self._ear.now_sample) // FRAME_SAMPLES * FRAME_SAMPLES
        return not self._pace.would_be_due(self._utterance.voiced_samples + unheard, out.at_ms)

    def _catch_up(self, out: Outbox, *, other_speaks: bool) -> None:
        for step in self._ear.catch_up():
            self._take(step, out, other_speaks=other_speaks)

    def _stalled(self, now: int) -> bool:
        return now - self._ear.now_sample >= self._endpoint.soft_pause_ms * SAMPLES_PER_MS

    def _follow(self, step: Step, out: Outbox) -> None:
        """Bring the utterance up to date with what was heard."""
        edge = step.edge
        if edge is not None and edge.kind == "started":
            self._speech_start = edge.at_sample
            self._say(edge, out)
            if self._utterance is None:
                sound_start = max(edge.at_sample - self._pre_roll, self._spent)
                self._begin(Speaking(self._next_number, edge.at_sample, sound_start))
        if self._utterance is not None:
            for heard in step.frames:
                self._utterance.feed(heard)
        if edge is not None and edge.kind == "ended":
            self._say(edge, out)

    def _begin(self, utterance: Speaking) -> None:
        self._utterance = utterance
        self._next_number = utterance.number + 1
        self._shown = ("", "")
        self._pace.begin()

    def _say(self, edge: Edge, out: Outbox) -> None:
        started_ms = self._speech_start // SAMPLES_PER_MS
        ended_ms = edge.at_sample // SAMPLES_PER_MS
        if edge.kind == "started":
            out.events.append(
                SpeechStarted(call_id=self._call_id, at_ms=out.at_ms, channel=self._channel, started_ms=started_ms)
            )
        else:
            out.events.append(
                SpeechEnded(
                    call_id=self._call_id,
                    at_ms=out.at_ms,
                    channel=self._channel,
                    started_ms=started_ms,
                    ended_ms=ended_ms,
                )
            )

    def _time(self, out: Outbox) -> int:
        """The sample up to which it is known whether anything was said: heard, or overdue."""
        return max(self._ear.now_sample, (out.at_ms - STALL_MS) * SAMPLES_PER_MS)

    # --- the end of an utterance ------------------------------------------------------------------------------------

    def _end_if_due(self, now: int, out: Outbox, *, other_speaks: bool) -> None:
        utterance = self._utterance
        if utterance is None or self._ear.stirring:
            return
        length = now - utterance.sound_start
        if self._ear.speaking:
            if length >= self._longest:
                closed, rest = utterance.split()
                self._begin(rest)
                self._finalise(closed, None, out)
            return
        needed_ms = pause_needed_ms(self._endpoint, utterance.text_if_complete, other_speaks=other_speaks)
        if length >= self._longest * 2 // 3:
            # Any pause is a better end than the cut that is near.
            needed_ms = min(needed_ms, self._endpoint.sentence_pause_ms)
        elif not other_speaks and utterance.awaits_speculation:
            # Nothing could be published before these words are there, and they may say that more is coming.
            needed_ms = max(needed_ms, self._endpoint.hesitation_pause_ms)
        if now - utterance.voice_end >= needed_ms * SAMPLES_PER_MS:
            self._close(utterance, out)

    def _close(self, utterance: Speaking, out: Outbox) -> None:
        self._utterance = None
        self._finalise(utterance.close(self._ear.end_sample), utterance.speculation, out)

    def _finalise(self, closed: Closed, speculation: Speculation | None, out: Outbox) -> None:
        self._spent = closed.span.end_sample
        pending = PendingFinal(closed, self._ear.read(*closed.span))
        self._finals.add(pending)
        if closed.voiced_samples < self._min_voiced:
            pending.settle(None)
        elif speculation is None or speculation.span != closed.span:
            self._ask(JobKind.FINAL, closed.number, closed.span, out, prompt=closed.lead)
        elif pending.take(0, speculation.result):
            self._ask(JobKind.FINAL, closed.number, closed.span, out, prompt=closed.lead, attempt=1)
        self._publish(out)

    def _settle(
        self, pending: PendingFinal, job: DecodeJob, result: Transcription | RecogniserError, out: Outbox
    ) -> None:
        closed = pending.closed
        # A partial of an utterance that is over says nothing that its final will not say better.
        if job.kind.is_partial or _span(job) != closed.span:
            return
        if pending.take(job.attempt, result):
            self._ask(JobKind.FINAL, closed.number, closed.span, out, prompt=closed.lead, attempt=1)
        self._publish(out)

    def _publish(self, out: Outbox) -> None:
        for pending in self._finals.ready():
            out.events.append(utterance_event(self._call_id, self._channel, pending, out.at_ms))

    # --- decodes ----------------------------------------------------------------------------------------------------

    def _learn(
        self,
        utterance: Speaking,
        job: DecodeJob,
        result: Transcription | RecogniserError,
        out: Outbox,
        *,
        other_speaks: bool,
    ) -> None:
        """Take a pass over an utterance that is not over."""
        if not job.kind.is_partial:
            utterance.speculation = Speculation(_span(job), result)
        if isinstance(result, Transcription) and showable(result):
            words = timed_words(result, job.started_ms, job.ended_ms)
            utterance.tracker.feed(words, job.started_ms, job.ended_ms)
            utterance.tracker.trim(self._trim_ms)
        self._end_if_due(self._time(out), out, other_speaks=other_speaks)
        tracker = utterance.tracker
        if self._utterance is not utterance or (tracker.stable, tracker.tail) == self._shown:
            return
        self._shown = (tracker.stable, tracker.tail)
        out.events.append(
            Hypothesis(
                call_id=self._call_id,
                at_ms=out.at_ms,
                channel=self._channel,
                utterance=utterance.number,
                started_ms=utterance.voice_start // SAMPLES_PER_MS,
                stable=tracker.stable,
                tail=tracker.tail,
                stable_until_ms=tracker.stable_until_ms,
                lag_ms=max(0, out.at_ms - job.ended_ms),
            )
        )

    def _speculate(self, utterance: Speaking, out: Outbox) -> None:
        """At a soft pause, decode the whole utterance in case that this was its end."""
        if utterance.voiced_samples >= self._min_voiced and self._pace.level < SPECULATION_OFF_AT:
            utterance.speculated = utterance.span(self._ear.end_sample)
            self._pace.superseded()
            self._ask(JobKind.SPECULATIVE, utterance.number, utterance.speculated, out, prompt=utterance.lead)

    def _ask_partial(self, utterance: Speaking, out: Outbox) -> None:
        kind = JobKind.AGENT_PARTIAL if self._channel == "agent" else JobKind.CUSTOMER_PARTIAL
        tracker = utterance.tracker
        span = Span(tracker.next_from_ms * SAMPLES_PER_MS, self._ear.now_sample)
        # No words before it go along: they cost as much as two steps, and a pass that leans on them repeats them.
        brief = not tracker.worth_timing(span.ended_ms, self._trim_ms)
        self._ask(kind, utterance.number, span, out, brief=brief, spoken=tracker.spoken)

    def _ask(
        self,
        kind: JobKind,
        number: int,
        span: Span,
        out: Outbox,
        *,
        prompt: str = "",
        attempt: int = 0,
        brief: bool = False,
        spoken: bool = False,
    ) -> None:
        out.jobs.append(
            DecodeJob(
                call_id=self._call_id,
                channel=self._channel,
                utterance=number,
                kind=kind,
                started_ms=span.started_ms,
                ended_ms=span.ended_ms,
                requested_ms=out.at_ms,
                prompt=prompt,
                attempt=attempt,
                brief=brief,
                spoken=spoken,
            )
        )


def _span(job: DecodeJob) -> Span:
    return Span(job.started_ms * SAMPLES_PER_MS, job.ended_ms * SAMPLES_PER_MS)
