"""Counts of calls, without a word of what was said."""

from prometheus_client import generate_latest

from sidecar.call import Passing
from sidecar.metrics import Metrics
from streams.events import (
    AudioLost,
    CallEnded,
    CallStarted,
    Empathy,
    FloorAlert,
    Health,
    Hypothesis,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    StageLag,
    Utterance,
)

CALL: dict[str, str | int] = {"call_id": "secret-id", "at_ms": 1}
EVENTS: tuple[Passing, ...] = (
    CallStarted(call_id="secret-id", at_ms=0, agent_name="Hannah", source="twilio"),
    AudioLost(call_id="secret-id", at_ms=1, channel="agent", lost_ms=1_500, reason="reconnected"),
    AudioLost(call_id="secret-id", at_ms=1, channel="agent", lost_ms=500, reason="late"),
    StageLag(call_id="secret-id", at_ms=1, stage="decode", p50_ms=120, p95_ms=300, count=9),
    Health(call_id="secret-id", at_ms=1, queued=3, degrade=1, words_behind_ms=900),
    Hypothesis(call_id="secret-id", at_ms=1, channel="agent", utterance=0, started_ms=0, stable="whispered", tail=""),
    Utterance(
        call_id="secret-id", at_ms=1, channel="agent", utterance=0, started_ms=0, ended_ms=1, text="whispered words"
    ),
    Utterance(call_id="secret-id", at_ms=1, channel="agent", utterance=1, started_ms=0, ended_ms=1, text=""),
    Empathy(call_id="secret-id", at_ms=1, opening="o1", state="open", strength="weak", quote="whispered", said_ms=0),
    Empathy(call_id="secret-id", at_ms=1, opening="o1", state="given", strength="weak", quote="whispered", said_ms=0),
    FloorAlert(call_id="secret-id", at_ms=1, rule="deesc.hot", severity="critical", text="whispered"),
    Nudge(
        call_id="secret-id",
        at_ms=1,
        nudge="n1",
        rule="empathy.missed",
        family="empathy",
        severity="warn",
        title="whispered",
        text="whispered",
    ),
    NudgeResolved(call_id="secret-id", at_ms=1, nudge="n1", rule="empathy.missed", outcome="done"),
    NudgeAnswered(call_id="secret-id", at_ms=1, nudge="n1", answer="helpful", by="Hannah"),
)


def text(metrics: Metrics) -> str:
    return generate_latest(metrics.registry).decode()


def test_a_call_in_figures() -> None:
    metrics = Metrics()
    meter = metrics.call()
    for event in EVENTS:
        meter.write(event)
    said = text(metrics)
    for line in (
        "sidecar_calls 1.0",
        'sidecar_calls_begun_total{source="twilio"} 1.0',
        'sidecar_audio_lost_seconds_total{channel="agent"} 2.0',
        "sidecar_reconnects_total 1.0",
        'sidecar_stage_lag_seconds{quantile="0.95",stage="decode"} 0.3',
        "sidecar_decode_queue 3.0",
        "sidecar_degrade_level 1.0",
        "sidecar_words_behind_seconds 0.9",
        'sidecar_utterances_total{channel="agent",words="none"} 1.0',
        'sidecar_openings_total{state="given"} 1.0',
        'sidecar_floor_alerts_total{rule="deesc.hot"} 1.0',
        'sidecar_nudges_total{rule="empathy.missed",severity="warn"} 1.0',
        'sidecar_nudge_outcomes_total{outcome="done",rule="empathy.missed"} 1.0',
        'sidecar_nudge_answers_total{answer="helpful"} 1.0',
    ):
        assert line in said
    assert 'state="open"' not in said
    for private in ("whispered", "Hannah", "secret-id"):
        assert private not in said


def test_a_call_is_over_once_however_it_ends() -> None:
    metrics = Metrics()
    for ended in (True, False):
        meter = metrics.call()
        meter.write(CallStarted(call_id="c", at_ms=0))
        if ended:
            meter.write(CallEnded(call_id="c", at_ms=9, reason="hung_up"))
        meter.close()
    metrics.call().close()
    assert "sidecar_calls 0.0" in text(metrics)
    assert 'sidecar_calls_begun_total{source="other"} 2.0' in text(metrics)
    assert 'sidecar_calls_ended_total{reason="hung_up"} 1.0' in text(metrics)
    assert 'sidecar_calls_ended_total{reason="failed"} 1.0' in text(metrics)


def test_what_a_client_writes_is_no_name_of_a_figure() -> None:
    metrics = Metrics()
    for number in range(3):
        meter = metrics.call()
        meter.write(CallStarted(call_id="c", at_ms=0, source=f"Hannah's {number}"))
        meter.write(CallEnded(call_id="c", at_ms=9, reason=f"whispered {number}"))
    assert 'sidecar_calls_begun_total{source="other"} 3.0' in text(metrics)
    assert 'sidecar_calls_ended_total{reason="other"} 3.0' in text(metrics)


def test_a_connection_that_comes_back_with_both_sides_came_back_once() -> None:
    metrics = Metrics()
    meter = metrics.call()
    for at_ms in (7, 7, 9):
        meter.write(AudioLost(call_id="c", at_ms=at_ms, channel="agent", lost_ms=1, reason="reconnected"))
    assert "sidecar_reconnects_total 2.0" in text(metrics)


def test_waits_of_frames_are_counted_by_length() -> None:
    metrics = Metrics()
    for wait_us in (400, 4_500, 30_000):
        metrics.waited(wait_us)
    text = generate_latest(metrics.registry).decode()
    assert 'sidecar_frame_wait_seconds_bucket{le="0.0005"} 1.0' in text
    assert 'sidecar_frame_wait_seconds_bucket{le="0.005"} 2.0' in text
    assert "sidecar_frame_wait_seconds_count 3.0" in text


def test_words_that_nobody_hears_are_not_late() -> None:
    metrics = Metrics()
    meter = metrics.call()
    meter.write(CallStarted(call_id="c", at_ms=0, words_from="none"))
    meter.write(Health(call_id="c", at_ms=1, queued=0, degrade=0, words_behind_ms=4_200))
    assert "sidecar_words_behind_seconds 0.0" in generate_latest(metrics.registry).decode()
