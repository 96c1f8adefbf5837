"""What a run amounts to: a run and its truth flow in, the report's figures flow out under names that stay."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sidecar.bench.conversation import Conversation
from sidecar.bench.holds import Held
from sidecar.bench.machine import Machine
from sidecar.bench.score import Final, Score, score
from sidecar.bench.session import Run, Sample, decodes_of
from sidecar.bench.spread import Spread, slope, spread
from streams.events import Channel, Word

_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000


class SplitSpread(Spread, frozen=True):
    """Words or finals after their true end, ms, and what the time was spent on."""

    wait: Spread = Spread()
    queue: Spread = Spread()
    compute: Spread = Spread()


class Holds(msgspec.Struct, frozen=True):
    """How long the turns of the event loop took, ms; `work` is what of it the loop itself did."""

    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    count: int = 0
    most: float = 0.0
    work_p99: float = 0.0
    work_most: float = 0.0


class Drift(msgspec.Struct, frozen=True):
    """How much more each hour brings: memory in MB, final latency in ms, CPU seconds per audio second."""

    rss_mb_per_hour: float
    final_ms_per_hour: float
    cpu_per_hour: float


class Overload(msgspec.Struct, frozen=True, kw_only=True):
    """A spell in which more was asked than the machine can do; `recovery_s` counts from its end."""

    asked: float
    calls: int
    spell_s: float
    most_degraded: int
    finals: int
    finals_lost: int
    final_after_speech_ms: Spread
    recovery_s: float


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """The usual way on the same conversation."""

    about: str
    word_shown_ms: Spread
    word_committed_ms: Spread
    turn_final_ms: Spread
    cpu_s_per_audio_s: float
    rss_mb: float
    passes: int


class Ratio(msgspec.Struct, frozen=True):
    """The usual way's figure over ours: 5 means five times as much CPU, or five times as late."""

    cpu: float
    turn_final_p50: float
    turn_final_p95: float
    word_committed_p50: float
    word_shown_p50: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one `sidecar bench` found; latencies are ms after the true end of a word or of speech."""

    about: str
    model: str
    profile: str
    minutes: float
    background_load: int
    machine: Machine
    word_shown_ms: SplitSpread
    word_committed_ms: SplitSpread
    final_after_speech_ms: SplitSpread
    turn_final_ms: Spread
    cpu_s_per_audio_s: float
    cpu_s_per_channel_s: float
    rss_mb: float
    unstable_word_ratio: float
    committed_changed: int
    finals: int
    finals_lost: int
    words_said: int
    words_lost: int
    words_invented_per_silent_minute: float
    partials: int
    partials_skipped: int
    most_degraded: int
    frames_sent_late: int
    loop_hold_ms: Holds = Holds()
    ingest_core_share: float = 0.0
    drift: Drift | None = None
    overload: Overload | None = None
    stock: Stock | None = None
    stock_over_ours: Ratio | None = None


def figures(run: Run, call_id: str, talk: Conversation, **given: Any) -> tuple[Report, Score]:
    """The report of one call that had the machine for itself, and the latencies behind it."""
    heard = run.calls[call_id]
    scored = score(talk.words, heard.words, run.decodes, heard.begun)
    partials = sum(decode.job.kind.is_partial for decode in run.decodes)
    cpu = run.cpu_s * 1000 / talk.duration_ms
    report = Report(
        word_shown_ms=_split(scored.shown),
        word_committed_ms=_split(scored.committed),
        final_after_speech_ms=_split(scored.finals),
        turn_final_ms=spread(scored.turn_finals_ms),
        cpu_s_per_audio_s=round(cpu, 3),
        cpu_s_per_channel_s=round(cpu / len(talk.channels), 3),
        rss_mb=round(max(sample.resident_mb for sample in run.samples), 1),
        unstable_word_ratio=round(scored.words_changed / max(1, scored.words_drawn), 3),
        committed_changed=scored.committed_changed,
        finals=len(scored.finals),
        finals_lost=scored.finals_lost,
        words_said=scored.words_said,
        words_lost=scored.words_lost,
        words_invented_per_silent_minute=round(scored.words_invented / silent_minutes(talk.words, talk.duration_ms), 2),
        partials=partials,
        partials_skipped=heard.partials_asked - partials,
        most_degraded=heard.most_degraded,
        frames_sent_late=heard.sent_late,
        loop_hold_ms=_holds(run.held),
        **given,
    )
    return report, scored


def drift(samples: Sequence[Sample], finals: Sequence[Final]) -> Drift:
    """How the figures went up or down; the first minute, in which everything is taken into use, does not count."""
    settled = [sample for sample in samples if sample.at_ms >= _MINUTE_MS]
    minutes: dict[int, list[Sample]] = {}
    for sample in settled:
        minutes.setdefault(int(sample.at_ms) // _MINUTE_MS, []).append(sample)
    rates = [
        (many[0].at_ms / _HOUR_MS, (many[-1].cpu_s - many[0].cpu_s) * 1000 / (many[-1].at_ms - many[0].at_ms))
        for many in minutes.values()
        if many[-1].at_ms - many[0].at_ms > _MINUTE_MS / 2
    ]
    late = [(final.at_ms / _HOUR_MS, final.total_ms) for final in finals if final.at_ms >= _MINUTE_MS]
    return Drift(
        rss_mb_per_hour=round(slope([(sample.at_ms / _HOUR_MS, sample.resident_mb) for sample in settled]), 2),
        final_ms_per_hour=round(slope(late), 1),
        cpu_per_hour=round(slope(rates), 4),
    )


def overload(
    runs: Run, talks: Mapping[str, Conversation], starts_ms: Mapping[str, int], main: str, asked: float
) -> Overload:
    """What became of a spell in which the calls besides `main` came on top of it."""
    scores = {
        call_id: score(
            talk.words,
            runs.calls[call_id].words,
            decodes_of(runs.decodes, call_id, starts_ms[call_id]),
            runs.calls[call_id].begun,
        )
        for call_id, talk in talks.items()
    }
    extra = [call_id for call_id in talks if call_id != main]
    began_ms = min(starts_ms[call_id] for call_id in extra)
    ended_ms = max(starts_ms[call_id] + talks[call_id].duration_ms for call_id in extra)
    finals = [
        (starts_ms[call_id] + final.at_ms, final.total_ms) for call_id, one in scores.items() for final in one.finals
    ]
    return Overload(
        asked=round(asked, 2),
        calls=len(talks),
        spell_s=(ended_ms - began_ms) / 1000,
        most_degraded=max(sample.level for sample in runs.samples),
        finals=len(finals),
        finals_lost=sum(one.finals_lost for one in scores.values()),
        final_after_speech_ms=spread(late for at_ms, late in finals if began_ms <= at_ms - late <= ended_ms),
        recovery_s=recovery_s(runs.samples, finals, ended_ms),
    )


def recovery_s(samples: Sequence[Sample], finals: Sequence[tuple[float, float]], ended_ms: float) -> float:
    """Seconds from the end of an overload until nothing is degraded and all that was said in it is final.

    `finals` are when each was published and how long after its speech.
    """
    degraded = [sample.at_ms for sample in samples if sample.level and sample.at_ms >= ended_ms]
    left_over = [at_ms for at_ms, late in finals if at_ms - late <= ended_ms <= at_ms]
    return round((max([ended_ms, *degraded, *left_over]) - ended_ms) / 1000, 1)


def ratio(report: Report, stock: Stock) -> Ratio:
    """How much more the usual way takes."""

    def over(theirs: float, ours: float) -> float:
        return round(theirs / ours, 1) if ours > 0 else 0.0

    return Ratio(
        cpu=over(stock.cpu_s_per_audio_s, report.cpu_s_per_audio_s),
        turn_final_p50=over(stock.turn_final_ms.p50, report.turn_final_ms.p50),
        turn_final_p95=over(stock.turn_final_ms.p95, report.turn_final_ms.p95),
        word_committed_p50=over(stock.word_committed_ms.p50, report.word_committed_ms.p50),
        word_shown_p50=over(stock.word_shown_ms.p50, report.word_shown_ms.p50),
    )


def silent_minutes(words: Mapping[Channel, Sequence[Word]], duration_ms: int) -> float:
    """Minutes in which a side says nothing, over all sides; never 0."""
    voiced_ms = sum(word.end_ms - word.start_ms for spoken in words.values() for word in spoken)
    return max(1.0, duration_ms * len(words) - voiced_ms) / _MINUTE_MS


def _holds(held: Sequence[Held]) -> Holds:
    turns = spread(turn.held_ms for turn in held)
    work = spread(turn.worked_ms for turn in held)
    return Holds(
        turns.p50,
        turns.p95,
        turns.p99,
        turns.count,
        most=round(max((turn.held_ms for turn in held), default=0.0), 1),
        work_p99=work.p99,
        work_most=round(max((turn.worked_ms for turn in held), default=0.0), 1),
    )


def _split(late: Sequence[Final]) -> SplitSpread:
    total = spread(one.total_ms for one in late)
    return SplitSpread(
        total.p50,
        total.p95,
        total.p99,
        total.count,
        wait=spread(one.wait_ms for one in late),
        queue=spread(one.queue_ms for one in late),
        compute=spread(one.compute_ms for one in late),
    )
