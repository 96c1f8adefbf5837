from concurrent.futures import ThreadPoolExecutor

import numpy as np

from streams.call_memory import CallLanguages, CallMels
from streams.engine import DecodeJob, JobKind, Samples
from streams.events import Channel
from streams.features import MelCache

NOISE: Samples = (np.random.default_rng(3).standard_normal(80_000) * 0.1).astype(np.float32)


def job(call_id: str = "c1", channel: Channel = "agent", started_ms: int = 0) -> DecodeJob:
    return DecodeJob(
        call_id=call_id,
        channel=channel,
        utterance=0,
        kind=JobKind.FINAL,
        started_ms=started_ms,
        ended_ms=started_ms + 1_000,
        requested_ms=0,
    )


def test_every_channel_of_every_call_has_its_own_columns() -> None:
    mels = CallMels(80)
    for call_id in ("c1", "c2"):
        for channel in ("agent", "customer"):
            start = 16 * (len(call_id + channel))
            samples = NOISE[start : start + 16_000]
            window = mels.window(job(call_id, channel), samples, 500)
            np.testing.assert_allclose(window, MelCache().window(0, samples, 500), atol=1e-5)


def test_calls_long_gone_are_forgotten() -> None:
    mels = CallMels(80)
    for number in range(50):
        mels.window(job(f"c{number}"), NOISE[:1_600], 500)
    assert len(mels._caches) == 32
    assert ("c49", "agent") in mels._caches


def test_workers_may_ask_for_one_channel_at_once() -> None:
    mels = CallMels(80)
    spans = [(start_ms, 16_000) for start_ms in range(0, 4_000, 130)]

    def window(span: tuple[int, int]) -> bool:
        start_ms, length = span
        samples = NOISE[start_ms * 16 : start_ms * 16 + length]
        got = mels.window(job(started_ms=start_ms), samples, 500)
        return bool(np.allclose(got, MelCache().window(0, samples, 500), atol=1e-5))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(window, spans))


def test_the_first_language_of_a_call_is_held() -> None:
    languages = CallLanguages()
    assert languages.of("c1") == ""
    assert languages.hold("c1", "de") == "de"
    assert languages.hold("c1", "fr") == "de"
    assert languages.of("c1") == "de"


def test_languages_of_calls_long_gone_are_forgotten() -> None:
    languages = CallLanguages()
    for number in range(100):
        languages.hold(f"c{number}", "en")
    assert len(languages._found) == 64
    assert languages.of("c99") == "en"


def test_findings_without_confidence_add_up_in_the_end() -> None:
    languages = CallLanguages()
    for number in range(7):
        asked = "nl" if number % 3 == 0 else "de"
        assert languages.doubt("c1", asked, 0.4 if asked == "de" else 0.5) == asked
        assert languages.of("c1") == ""
    assert languages.doubt("c1", "fr", 0.5) == "de"
    assert languages.of("c1") == "de"
    assert languages.doubt("c1", "fr", 0.5) == "de"
    assert languages.hold("c1", "fr") == "de"


def test_doubts_end_with_confidence_and_are_bounded() -> None:
    languages = CallLanguages()
    for number in range(100):
        languages.doubt(f"c{number}", "en", 0.3)
    assert len(languages._doubtful) == 64
    assert languages.hold("c99", "de") == "de"
    assert "c99" not in languages._doubtful
