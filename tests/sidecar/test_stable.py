"""Which events decide anything."""

from sidecar.stable import StableOnly
from streams.events import AudioFrame, Health, Hypothesis, Tick, Utterance


def partial(stable: str, tail: str = "", utterance: int = 0, until_ms: int = 0) -> Hypothesis:
    return Hypothesis(
        call_id="c",
        at_ms=0,
        channel="agent",
        utterance=utterance,
        started_ms=0,
        stable=stable,
        tail=tail,
        stable_until_ms=until_ms,
    )


def test_hypotheses_decide_when_their_stable_part_moved() -> None:
    deciding = StableOnly()
    heard = [
        (partial("", "so"), False),
        (partial("so", "I"), True),
        (partial("so", "I am"), False),
        (partial("so", "I am", until_ms=9), True),
        (partial("", "well", utterance=1), False),
        (partial("so", "I am", utterance=0, until_ms=9), False),
        (partial("well", utterance=1), True),
    ]
    assert [deciding.decides(event) for event, _ in heard] == [expected for _, expected in heard]


def test_time_sound_and_health_decide_nothing() -> None:
    deciding = StableOnly()
    frame = AudioFrame(call_id="c", at_ms=0, channel="agent", pcm=b"", rate_hz=8000, started_ms=0, duration_ms=0)
    assert not deciding.decides(frame)
    assert not deciding.decides(Tick(call_id="c", at_ms=0))
    assert not deciding.decides(Health(call_id="c", at_ms=0, queued=0, degrade=0, words_behind_ms=0))
    assert deciding.decides(
        Utterance(call_id="c", at_ms=0, channel="agent", utterance=0, started_ms=0, ended_ms=0, text="")
    )
