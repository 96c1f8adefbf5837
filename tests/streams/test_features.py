import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.engine import Samples
from streams.features import HOP, Features, MelCache, allowed_frames

NOISE: Samples = (np.random.default_rng(7).standard_normal(40 * 16_000) * 0.1).astype(np.float32)
NOISE[16_000:20_000] = 0.0  # digital silence lies at the floor of the logarithm
EXTRACTORS = {bands: FeatureExtractor(feature_size=bands) for bands in (80, 128)}


def expected(samples: Samples, frames: int, bands: int = 80) -> Features:
    """What faster-whisper would give the encoder: all columns but the last, zeros behind."""
    features = EXTRACTORS[bands](samples)[:, :-1]
    return np.pad(features, ((0, 0), (0, frames - features.shape[1])))


def span(start: int, length: int) -> Samples:
    return NOISE[start : start + length]


def close(got: Features, wanted: Features) -> None:
    assert got.dtype == np.float32
    assert got.flags["C_CONTIGUOUS"]
    np.testing.assert_allclose(got, wanted, atol=2e-5)


@pytest.mark.parametrize("length", [0, 1, 100, 159, 160, 161, 359, 360, 519, 520, 521, 4_800, 80_000, 80_077])
@pytest.mark.parametrize("bands", [80, 128])
def test_a_window_is_what_faster_whisper_would_compute(length: int, bands: int) -> None:
    close(MelCache(bands).window(16, span(16, length), 1_000), expected(span(16, length), 1_000, bands))


def test_sound_is_followed_by_zeros() -> None:
    window = MelCache().window(0, span(0, 16_000), 500)
    assert window.shape == (80, 500)
    assert not window[:, 100:].any()


def test_a_growing_window_keeps_its_columns() -> None:
    cache = MelCache()
    for length in range(4_000, 120_000, 6_400):
        close(cache.window(320, span(320, length), 1_000), expected(span(320, length), 1_000))


def test_a_window_may_grow_by_less_than_a_column() -> None:
    cache = MelCache()
    for length in (16_000, 16_001, 16_100, 16_161):
        close(cache.window(0, span(0, length), 500), expected(span(0, length), 500))


def test_a_window_may_begin_later_end_earlier_and_come_again() -> None:
    cache = MelCache()
    for start, length in [(0, 64_000), (16_000, 64_000), (0, 32_000), (0, 96_000), (24_000, 16_000)]:
        close(cache.window(start, span(start, length), 1_000), expected(span(start, length), 1_000))


def test_sound_that_changed_is_not_taken_from_the_cache() -> None:
    cache = MelCache()
    cache.window(0, span(0, 32_000), 500)
    close(cache.window(0, span(8_000, 32_000), 500), expected(span(8_000, 32_000), 500))


def test_a_long_stream_keeps_half_a_minute_at_most() -> None:
    cache = MelCache()
    for start in range(0, 28 * 16_000, 16_000):
        samples = span(start, 10 * 16_000)
        close(cache.window(start, samples, 1_000), expected(samples, 1_000))
        assert len(cache._samples) <= 30 * 16_000
        assert cache._columns.shape[1] <= 3_000


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_windows_equal_a_computation_from_nothing_whatever_was_asked_before(data: st.DataObject) -> None:
    cache = MelCache()
    for _ in range(data.draw(st.integers(1, 5))):
        step = data.draw(st.sampled_from([1, HOP]))
        start = data.draw(st.integers(0, 64_000 // step)) * step
        length = data.draw(st.integers(0, 48_000))
        close(cache.window(start, span(start, length), 500), expected(span(start, length), 500))


def test_columns_of_known_sound_are_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = MelCache()
    cache.window(0, span(0, 96_000), 1_000)
    computed: list[int] = []
    columns_of = cache._columns_of

    def counted(samples: Samples, count: int) -> Features:
        computed.append(count)
        return columns_of(samples, count)

    monkeypatch.setattr(cache, "_columns_of", counted)
    cache.window(0, span(0, 102_400), 1_000)
    assert sum(computed) <= 40 + 2 + 3  # what is new, the two first, the ones that lean on silence


@pytest.mark.parametrize("frames", [159, 160])
def test_a_window_that_would_be_encoded_twice_is_refused(frames: int) -> None:
    assert not allowed_frames(frames, 80)
    assert allowed_frames(frames, 128)
    with pytest.raises(ValueError, match="must never reach the encoder"):
        MelCache().window(0, span(0, 1_600), frames)


@pytest.mark.parametrize(("frames", "bands"), [(0, 80), (3_001, 80), (255, 128), (256, 128)])
def test_other_windows_that_no_encoder_may_see(frames: int, bands: int) -> None:
    assert not allowed_frames(frames, bands)


def test_sound_longer_than_its_window_is_refused() -> None:
    with pytest.raises(ValueError, match="101 frames of sound do not fit a window of 100"):
        MelCache().window(0, span(0, 101 * HOP), 100)
