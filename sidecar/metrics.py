"""What the service tells a monitoring system: calls' events flow in, counts and lags under stable names flow out.

Counts only: no words, no names of people, no ids of calls. What a client may write as it likes (the source of a call,
why it ended) is counted under names that are known, and under "other". The Prometheus text is served together with
`/healthz` by `sidecar.monitor`.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from sidecar.call import Passing
from sidecar.config_sections import DialectsConfig
from streams.events import (
    AudioLost,
    CallEnded,
    CallStarted,
    Empathy,
    FloorAlert,
    Health,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    StageLag,
    Utterance,
)

SOURCES = frozenset({*DialectsConfig.__struct_fields__, "local", "replay"})
ENDINGS = frozenset(
    {"hung_up", "closed", "disconnected", "platform_error", "idle", "too_long", "connection_lost", "failed", "silence"}
)
OTHER = "other"

WAIT_BUCKETS_S = (0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.5)


class Metrics:
    """All counts of one run of the service; `call` gives the sink that counts one call."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        make = self.registry
        self.calls = Gauge("sidecar_calls", "Calls that are going on.", registry=make)
        self.begun = Counter("sidecar_calls_begun", "Calls since the start.", ["source"], registry=make)
        self.ended = Counter("sidecar_calls_ended", "Calls that are over.", ["reason"], registry=make)
        self.reconnects = Counter("sidecar_reconnects", "Connections that came back to their call.", registry=make)
        self.lost = Counter(
            "sidecar_audio_lost_seconds", "Sound that should have come and did not.", ["channel"], registry=make
        )
        self.lag = Gauge(
            "sidecar_stage_lag_seconds", "Delay of a stage in the last minute.", ["stage", "quantile"], registry=make
        )
        self._waited = Histogram(
            "sidecar_frame_wait_seconds", "From a frame's arrival to its place.", buckets=WAIT_BUCKETS_S, registry=make
        )
        self.queued = Gauge("sidecar_decode_queue", "Decode jobs that wait.", registry=make)
        self.degrade = Gauge("sidecar_degrade_level", "How far the loop has cut back; 0: not at all.", registry=make)
        self.behind = Gauge("sidecar_words_behind_seconds", "How late words are.", registry=make)
        self.finals = Counter("sidecar_utterances", "Final utterances.", ["channel", "words"], registry=make)
        self.nudges = Counter("sidecar_nudges", "Nudges shown.", ["rule", "severity"], registry=make)
        self.outcomes = Counter("sidecar_nudge_outcomes", "What became of nudges.", ["rule", "outcome"], registry=make)
        self.answers = Counter("sidecar_nudge_answers", "What agents said to nudges.", ["answer"], registry=make)
        self.openings = Counter("sidecar_openings", "What became of openings for empathy.", ["state"], registry=make)
        self.alerts = Counter("sidecar_floor_alerts", "Calls for a person beside the agent.", ["rule"], registry=make)

    def waited(self, wait_us: int) -> None:
        """A frame of sound got from its connection to where it is listened to."""
        self._waited.observe(wait_us / 1_000_000)

    def call(self) -> "CallMeter":
        """A sink for one call."""
        return CallMeter(self)


class CallMeter:
    """Counts one call; a sink of its runner."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._going = False
        self._has_words = True
        self._back_at_ms: int | None = None

    def write(self, event: Passing) -> None:
        """Count an event."""
        count = self._metrics
        match event:
            case CallStarted():
                self._going = True
                self._has_words = event.words_from != "none"
                count.calls.inc()
                count.begun.labels(event.source if event.source in SOURCES else OTHER).inc()
            case CallEnded():
                self._end(event.reason if event.reason in ENDINGS else OTHER)
            case AudioLost():
                count.lost.labels(event.channel).inc(event.lost_ms / 1000)
                if event.reason == "reconnected" and event.at_ms != self._back_at_ms:
                    # It is said for each channel that came back.
                    self._back_at_ms = event.at_ms
                    count.reconnects.inc()
            case StageLag():
                count.lag.labels(event.stage, "0.5").set(event.p50_ms / 1000)
                count.lag.labels(event.stage, "0.95").set(event.p95_ms / 1000)
            case Health():
                count.queued.set(event.queued)
                count.degrade.set(event.degrade)
                count.behind.set(event.words_behind_ms / 1000 if self._has_words else 0)
            case Utterance():
                count.finals.labels(event.channel, "some" if event.text else "none").inc()
            case Empathy() if event.state != "open":
                count.openings.labels(event.state).inc()
            case FloorAlert():
                count.alerts.labels(event.rule).inc()
            case Nudge() | NudgeResolved() | NudgeAnswered():
                self._nudge(event)

    def close(self) -> None:
        """The call is over; one that has not said so broke."""
        self._end("failed")

    def _end(self, reason: str) -> None:
        if self._going:
            self._going = False
            self._metrics.calls.dec()
            self._metrics.ended.labels(reason).inc()

    def _nudge(self, event: Nudge | NudgeResolved | NudgeAnswered) -> None:
        match event:
            case Nudge():
                self._metrics.nudges.labels(event.rule, event.severity).inc()
            case NudgeResolved():
                self._metrics.outcomes.labels(event.rule, event.outcome).inc()
            case _:
                self._metrics.answers.labels(event.answer).inc()
