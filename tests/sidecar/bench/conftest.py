"""What the benchmark's tests share: words, hypotheses and finals at given times."""

import pytest

from sidecar.bench.watch import Decode, Stamped
from streams.engine import DecodeJob, JobKind
from streams.events import Channel, Hypothesis, Utterance, Word


class Kit:
    """Under one name, since test modules cannot import one another."""

    @staticmethod
    def words(*spoken: tuple[str, int, int]) -> tuple[Word, ...]:
        return tuple(Word(*each) for each in spoken)

    @staticmethod
    def draft(at_ms: float, stable: str, tail: str = "", *, utterance: int = 0, started_ms: int = 0) -> Stamped:
        return Stamped(
            at_ms,
            Hypothesis(
                call_id="c",
                at_ms=round(at_ms),
                channel="customer",
                utterance=utterance,
                started_ms=started_ms,
                stable=stable,
                tail=tail,
            ),
        )

    @staticmethod
    def final(at_ms: float, text: str, *, utterance: int = 0, started_ms: int = 0, ended_ms: int = 1000) -> Stamped:
        return Stamped(
            at_ms,
            Utterance(
                call_id="c",
                at_ms=round(at_ms),
                channel="customer",
                utterance=utterance,
                started_ms=started_ms,
                ended_ms=ended_ms,
                text=text,
            ),
        )

    @staticmethod
    def job(kind: JobKind = JobKind.FINAL, *, utterance: int = 0, requested_ms: int = 0, call: str = "c") -> DecodeJob:
        channel: Channel = "customer"
        return DecodeJob(
            call_id=call,
            channel=channel,
            utterance=utterance,
            kind=kind,
            started_ms=0,
            ended_ms=requested_ms,
            requested_ms=requested_ms,
        )

    @classmethod
    def decode(cls, requested_ms: int, begun_ms: float, ended_ms: float, **which: object) -> Decode:
        return Decode(cls.job(requested_ms=requested_ms, **which), begun_ms, ended_ms)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def kit() -> type[Kit]:
    return Kit
