"""One call's ears: audio frames flow in, speech edges, hypotheses, utterances and decode jobs flow out.

Sans-I/O. The driver must

* bring frames, passing time (`advance`) and the outcome of every job (`decoded`), in the order of media time;
* fetch a job's sound with `samples` when it takes the job over, before it brings anything else;
* at the end call `finish`, and go on delivering outcomes until the loop is `idle`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streams.engine import DecodeJob, Samples, SpeechProbe, Transcription
from streams.errors import ProtocolError, RecogniserError
from streams.events import AudioFrame, Channel, Health, Hypothesis, SpeechEvent, SpeechStarted, Telemetry, Utterance
from streams.lags import LagMeter, Stage
from streams.settings import LoopSettings
from streams.side import Outbox, Side

DEGRADE_TEXTS = (
    "",
    "words come less often",
    "words come less often and are decoded more roughly",
    "the agent's words come only when a sentence is over",
    "words come only when a sentence is over",
)
"""What each degrade level means to the agent."""


class Output(NamedTuple):
    """What one step led to: events in the order in which they were emitted, and decodes that are wanted."""

    events: tuple[SpeechEvent | Telemetry, ...] = ()
    jobs: tuple[DecodeJob, ...] = ()


class ListeningLoop:
    """Listens to every channel of one call.

    Speech edges tell who speaks, sooner than any words; an utterance may span several of them, and long speech is
    several utterances. Every utterance that began comes to exactly one `Utterance` event, in order per channel.
    """

    def __init__(
        self,
        call_id: str,
        channels: Sequence[Channel],
        settings: LoopSettings,
        probes: Mapping[Channel, SpeechProbe],
    ) -> None:
        self._call_id = call_id
        self._sides = {channel: Side(call_id, channel, settings, probes[channel]) for channel in channels}
        self._now_ms = 0
        self._level = 0
        self._queued = 0
        self._lags = LagMeter(call_id)

    @property
    def idle(self) -> bool:
        """Whether nothing is being said and no final is outstanding."""
        return all(side.idle for side in self._sides.values())

    def hear(self, frame: AudioFrame) -> Output:
        """Take one frame; its `at_ms` is the time of whatever it leads to.

        Raises AudioInputError for a frame that is not 16-bit sound at 8 or 16 kHz.
        """
        side, out = self._side(frame.channel), self._outbox(frame.at_ms)
        side.hear(frame, out, other_speaks=self._other_speaks(frame.channel))
        return self._output(out)

    def lost(self, channel: Channel, lost_ms: int, at_ms: int) -> Output:
        """Take note that `lost_ms` of a channel's sound will never come; its place shows in the next frame's time."""
        out = self._outbox(at_ms)
        self._side(channel).lose(lost_ms, out, other_speaks=self._other_speaks(channel))
        return self._output(out)

    def advance(self, at_ms: int) -> Output:
        """Let media time pass, so that a side whose source sends nothing still comes to its endpoint."""
        out = self._outbox(at_ms)
        for channel, side in self._sides.items():
            side.advance(out, other_speaks=self._other_speaks(channel))
        return self._output(out)

    def decoded(self, job: DecodeJob, result: Transcription | RecogniserError, at_ms: int) -> Output:
        """Take the outcome of a job; late and repeated outcomes are ignored."""
        out = self._outbox(at_ms)
        if isinstance(result, Transcription):
            self._measure(job, result)
        side = self._side(job.channel)
        side.decoded(job, result, out, other_speaks=self._other_speaks(job.channel))
        return self._output(out)

    def degrade(self, level: int, queued: int, at_ms: int) -> Output:
        """Take how far the scheduler is behind (0 not at all to 4), so that fewer decodes are asked for."""
        out = self._outbox(at_ms)
        changed = level != self._level
        self._level, self._queued = level, queued
        for side in self._sides.values():
            side.degrade(level)
        return Output((self._health(),)) if changed else self._output(out)

    def measured(self, stage: Stage, lag_ms: float) -> None:
        """Take a latency that only the driver or a screen can measure; it is reported with the others."""
        self._lags.add(stage, lag_ms, self._now_ms)

    def reset(self, channel: Channel) -> Output:
        """Close what is being said on a channel and forget its voice, as when another person takes over."""
        out = self._outbox(self._now_ms)
        self._side(channel).reset(out)
        return self._output(out)

    def finish(self, at_ms: int) -> Output:
        """Close every channel; the finals of what was being said are still to come by `decoded`."""
        out = self._outbox(at_ms)
        for side in self._sides.values():
            side.finish(out)
        return self._output(out)

    def samples(self, job: DecodeJob) -> Samples:
        """The sound of a job's span, float32 mono 16 kHz, not to be written to.

        Raises LookupError when it is no longer kept, which cannot happen to a final that is outstanding.
        """
        return self._side(job.channel).samples(job)

    def _side(self, channel: Channel) -> Side:
        try:
            return self._sides[channel]
        except KeyError:
            known = ", ".join(self._sides)
            raise ProtocolError(f"call {self._call_id} has no channel {channel!r}; it began with {known}") from None

    def _other_speaks(self, channel: Channel) -> bool:
        return any(side.speaking for other, side in self._sides.items() if other != channel)

    def _outbox(self, at_ms: int) -> Outbox:
        self._now_ms = max(self._now_ms, at_ms)
        return Outbox(self._now_ms)

    def _output(self, out: Outbox) -> Output:
        events: list[SpeechEvent | Telemetry] = [*out.events]
        for event in out.events:
            match event:
                case SpeechStarted():
                    self._lags.add("vad", out.at_ms - event.started_ms, out.at_ms)
                case Hypothesis():
                    self._lags.add("words", event.lag_ms, out.at_ms)
                case Utterance():
                    self._lags.add("finals", event.lag_ms, out.at_ms)
                case _:
                    pass
        if self._lags.due(out.at_ms):
            events += self._lags.report(out.at_ms)
            events.append(self._health())
        return Output(tuple(events), tuple(out.jobs))

    def _measure(self, job: DecodeJob, result: Transcription) -> None:
        self._lags.add("queue", self._now_ms - job.requested_ms - result.compute_ms, self._now_ms)
        self._lags.add("encode", result.encode_ms, self._now_ms)
        self._lags.add("decode", result.decode_ms, self._now_ms)
        self._lags.add("align", result.align_ms, self._now_ms)

    def _health(self) -> Health:
        return Health(
            call_id=self._call_id,
            at_ms=self._now_ms,
            queued=self._queued,
            degrade=self._level,
            words_behind_ms=max((side.behind_ms(self._now_ms) for side in self._sides.values()), default=0),
            text=DEGRADE_TEXTS[self._level],
        )
