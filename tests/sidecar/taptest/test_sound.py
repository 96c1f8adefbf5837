"""What clients play."""

import wave
from pathlib import Path

import numpy as np
import pytest

from sidecar.taptest import sound
from sidecar.taptest.sound import Sound
from streams.audio import interleave, ulaw_to_pcm
from streams.errors import AudioInputError
from tests.sidecar.test_service import DEMO


def test_mu_law_is_coded_as_others_decode_it() -> None:
    every = np.arange(-32768, 32768).astype("<i2")
    decoded = np.frombuffer(ulaw_to_pcm(sound.ulaw(every.tobytes())), "<i2").astype(int)
    clipped = np.clip(every.astype(int), -32635, 32635)
    assert np.all(np.abs(decoded - clipped) <= 4 + np.abs(clipped) / 16)
    codes = bytes(range(256))
    assert ulaw_to_pcm(sound.ulaw(ulaw_to_pcm(codes))) == ulaw_to_pcm(codes)


def test_a_recording_is_cut_or_repeated_to_a_length() -> None:
    whole, cut = sound.read(DEMO), sound.read(DEMO, 1.5)
    assert (cut.samples, cut.rate_hz) == (12_000, 8000)
    assert whole.customer.startswith(cut.customer)
    longer = sound.read(DEMO, whole.samples / 8000 + 2)
    assert longer.agent == whole.agent + whole.agent[: 2 * 16_000]


def test_a_recording_of_one_channel_is_the_customers(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "mono.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.full(16_000, 8000, "<i2").tobytes())
    read = sound.read(tmp_path / "mono.wav")
    assert read.agent == bytes(len(read.customer))
    assert any(read.customer)


def test_what_holds_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "said.call").write_text("00:00.100-00:01.000 agent Hello there.\n")
    with pytest.raises(AudioInputError, match="holds no sound to play"):
        sound.read(tmp_path / "said.call")


def test_sides_may_be_added_up_or_put_beside_each_other() -> None:
    loud = np.array([30_000, -30_000], "<i2").tobytes()
    both = Sound(loud, loud, 8000)
    assert np.frombuffer(both.of("mixed"), "<i2").tolist() == [32767, -32768]
    assert both.of("agent") == both.of("customer") == loud
    assert sound.side_by_side(loud, bytes(4), 2) == interleave([loud, bytes(4)])
    assert sound.side_by_side(b"ab", b"cd", 1) == b"acbd"


def test_another_rate_is_the_same_sound() -> None:
    tone = (8000 * np.sin(np.arange(8000) * 2 * np.pi * 440 / 8000)).astype("<i2").tobytes()
    given = Sound(tone, tone, 8000)
    doubled = sound.at_rate(given, 16_000)
    assert (doubled.samples, doubled.rate_hz) == (16_000, 16_000)
    assert np.abs(np.fft.rfft(np.frombuffer(doubled.agent, "<i2"))).argmax() == 440
    assert sound.at_rate(given, 8000) is given
