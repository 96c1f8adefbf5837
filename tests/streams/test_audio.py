"""Audio arithmetic: G.711, 16-bit samples, channels, and the live 8 to 16 kHz step."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.audio import (
    Upsampler,
    alaw_to_pcm,
    deinterleave,
    float_to_pcm,
    interleave,
    pcm_to_float,
    ulaw_to_pcm,
)
from streams.errors import AudioInputError


def values(pcm: bytes) -> list[int]:
    return np.frombuffer(pcm, "<i2").tolist()


def tone(hz: float, rate_hz: int, samples: int) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(samples) / rate_hz).astype(np.float32)


class TestG711:
    def test_ulaw_has_the_values_of_the_standard(self) -> None:
        # Both silences, the loudest of each sign, and the first step above silence.
        assert values(ulaw_to_pcm(bytes([0xFF, 0x7F, 0x80, 0x00, 0xFE]))) == [0, 0, 32124, -32124, 8]

    def test_alaw_has_the_values_of_the_standard(self) -> None:
        assert values(alaw_to_pcm(bytes([0xD5, 0x55, 0xAA, 0x2A, 0x80]))) == [8, -8, 32256, -32256, 5504]

    @pytest.mark.parametrize("expand", [ulaw_to_pcm, alaw_to_pcm])
    def test_every_code_has_its_mirror(self, expand) -> None:
        table = np.array(values(expand(bytes(range(256)))), dtype=int)
        assert np.array_equal(table[:128], -table[128:])
        assert len(set(table.tolist())) >= 255
        assert expand(b"") == b""


class TestSamples:
    @given(st.binary(max_size=200).filter(lambda data: len(data) % 2 == 0))
    def test_sixteen_bits_survive_the_way_through_floats(self, pcm: bytes) -> None:
        samples = pcm_to_float(pcm)
        assert samples.dtype == np.float32
        assert np.all(np.abs(samples) <= 1)
        assert float_to_pcm(samples) == pcm

    def test_what_is_beyond_full_scale_is_clipped(self) -> None:
        assert values(float_to_pcm(np.array([1.0, 7.0, -1.0, -7.0], np.float32))) == [32767, 32767, -32768, -32768]

    def test_half_a_sample_is_refused(self) -> None:
        with pytest.raises(AudioInputError, match="3 bytes are no whole number of 16-bit samples on 1 channel"):
            pcm_to_float(b"abc")
        with pytest.raises(AudioInputError, match="6 bytes are no whole number of 16-bit samples on 2 channel"):
            deinterleave(b"abcdef", 2)

    @given(st.integers(1, 4), st.binary(max_size=80))
    def test_channels_come_apart_and_together_again(self, channels: int, data: bytes) -> None:
        pcm = data[: len(data) // (2 * channels) * 2 * channels]
        sides = deinterleave(pcm, channels)
        assert len(sides) == channels
        assert interleave(sides) == pcm

    def test_the_first_channel_is_left(self) -> None:
        assert deinterleave(b"\1\0\2\0\3\0\4\0", 2) == (b"\1\0\3\0", b"\2\0\4\0")


class TestUpsampler:
    def test_every_sample_comes_out_unchanged_in_two_milliseconds(self) -> None:
        heard = np.random.default_rng(1).uniform(-1, 1, 400).astype(np.float32)
        up = Upsampler()
        out = np.concatenate([up.feed(heard), up.flush()])
        assert Upsampler.DELAY_SAMPLES == 36
        assert np.array_equal(out[Upsampler.DELAY_SAMPLES :: 2], heard)

    @given(st.lists(st.integers(0, 60), max_size=12))
    def test_slicing_changes_nothing(self, cuts: list[int]) -> None:
        heard = np.random.default_rng(2).uniform(-1, 1, sum(cuts)).astype(np.float32)
        whole, sliced = Upsampler(), Upsampler()
        edges = np.cumsum([0, *cuts])
        parts = [sliced.feed(heard[a:b]) for a, b in pairwise(edges)]
        out = np.concatenate([*parts, sliced.flush()])
        assert np.allclose(out, np.concatenate([whole.feed(heard), whole.flush()]), atol=1e-7)
        assert len(out) == 2 * len(heard) + Upsampler.DELAY_SAMPLES

    @pytest.mark.parametrize("hz", [300, 1000, 2500, 3250, 3350, 3400])
    def test_a_tone_stays_one_and_has_no_image(self, hz: int) -> None:
        out = Upsampler().feed(tone(hz, 8_000, 8_000))[1_600:-1_600]
        power = np.abs(np.fft.rfft(out * np.kaiser(len(out), 18.0))) ** 2
        at = np.fft.rfftfreq(len(out), 1 / 16_000)
        kept = power[np.abs(at - hz) < 50].sum()
        image = power[np.abs(at - (8_000 - hz)) < 50].sum()
        assert 10 * np.log10(image / kept) < -80
        assert np.abs(out).max() == pytest.approx(1.0, abs=0.01)

    def test_reset_forgets(self) -> None:
        up = Upsampler()
        up.feed(np.ones(50, np.float32))
        up.reset()
        assert not up.feed(np.zeros(50, np.float32)).any()

    def test_flush_leaves_it_as_new(self) -> None:
        up = Upsampler()
        up.feed(np.ones(50, np.float32))
        assert up.flush().any()
        assert not up.flush().any()
