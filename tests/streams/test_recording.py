"""Recordings of every kind as live frames, and the bad ones as one clear line."""

import os
import struct
import tracemalloc
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from streams.audio import pcm_to_float
from streams.errors import AudioInputError
from streams.recording import Recording, open_pair, open_recording

ROOT = Path(__file__).parents[2]
RECORDINGS = Path(os.environ.get("SIDECAR_TEST_DATA", ROOT.parent / "shared" / "data")) / "calls"
MONO = "one channel for both sides"


def voices(seconds: float, rate_hz: int, channels: int = 2) -> np.ndarray:
    """Bursts of in-band noise that differ between channels; shape (samples, channels)."""
    at = np.arange(int(seconds * rate_hz)) / rate_hz
    hz = np.array([440.0, 700.0, 1100.0])[:channels]
    gate = (np.sin(2 * np.pi * 2.5 * at)[:, None] > np.array([0.0, 0.4, 0.2])[:channels]).astype(float)
    return 0.5 * gate * np.sin(2 * np.pi * hz * at[:, None])


def write(path: Path, sound: np.ndarray, rate_hz: int, codec: str, sample_format: str = "s16") -> Path:
    """Encode sound with PyAV; `sample_format` is what the encoder takes."""
    layout = {1: "mono", 2: "stereo", 3: "2.1"}[sound.shape[1]]
    planar = sample_format.endswith("p")
    kind = {"u8": np.uint8, "s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}[
        sample_format.removesuffix("p")
    ]
    scaled = {
        np.uint8: lambda s: s * 127 + 128,
        np.int16: lambda s: s * 32767,
        np.int32: lambda s: s * (2**31 - 2**8),
    }.get(kind, lambda s: s)(sound)
    values = np.ascontiguousarray(scaled.astype(kind))
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        stream.format = sample_format
        size = stream.codec_context.frame_size or 1024
        for start in range(0, len(values), size):
            piece = values[start : start + size]
            piece = np.ascontiguousarray(piece.T) if planar else piece.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format=sample_format, layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate_hz, start, Fraction(1, rate_hz)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def wav(path: Path, pcm: bytes, *, channels: int = 1, rate_hz: int = 8000, promised: int | None = None) -> Path:
    """A 16-bit WAV by hand, so that its header can lie."""
    block = 2 * channels
    head = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * block, block, 16)
    length = len(pcm) if promised is None else promised
    path.write_bytes(
        b"RIFF" + struct.pack("<I", min(36 + length, 0xFFFFFFFF)) + b"WAVEfmt " + struct.pack("<I", 16) + head
        + b"data" + struct.pack("<I", length) + pcm
    )  # fmt: skip
    return path


def pcm16(sound: np.ndarray) -> bytes:
    return (sound * 32767).astype("<i2").tobytes()


def heard(recording: Recording, channel: str) -> np.ndarray:
    return np.concatenate([pcm_to_float(f.pcm) for f in recording.frames("c") if f.channel == channel])


def refusal(path: str | Path, **options) -> str:
    with pytest.raises(AudioInputError) as caught:
        open_recording(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message


KINDS = [
    ("x.wav", "pcm_u8", "u8", 8000),
    ("x.wav", "pcm_s16le", "s16", 8000),
    ("x.wav", "pcm_s16le", "s16", 16000),
    ("x.wav", "pcm_s16le", "s16", 11025),
    ("x.wav", "pcm_s16le", "s16", 48000),
    ("x.wav", "pcm_s24le", "s32", 44100),
    ("x.wav", "pcm_mulaw", "s16", 8000),
    ("x.wav", "pcm_alaw", "s16", 8000),
    ("x.wav", "pcm_f32le", "flt", 16000),
    ("x.wav", "pcm_f64le", "dbl", 22050),
    ("x.flac", "flac", "s16", 8000),
    ("x.flac", "flac", "s32", 48000),
    ("x.mp3", "libmp3lame", "s16p", 44100),
    ("x.ogg", "libopus", "s16", 48000),
    ("x.opus", "libopus", "s16", 16000),
    ("x.m4a", "aac", "fltp", 44100),
]


@pytest.mark.parametrize(("name", "codec", "sample_format", "rate_hz"), KINDS)
def test_every_kind_of_file(tmp_path: Path, name: str, codec: str, sample_format: str, rate_hz: int) -> None:
    sound = voices(1.01, rate_hz)
    recording = open_recording(write(tmp_path / name, sound, rate_hz, codec, sample_format))
    # An Opus file holds 48 kHz whatever went in; AAC and MP3 fill up their last frame.
    line_hz = rate_hz if rate_hz in (8000, 16000) and codec != "libopus" else 16_000
    assert recording.channels == ("agent", "customer")
    assert recording.rate_hz == line_hz
    assert recording.notes == ()
    assert recording.duration_ms == pytest.approx(1010, abs=30)
    lossless = codec.startswith("pcm_s") or codec in ("flac", "pcm_f32le", "pcm_f64le")
    for column, channel in enumerate(recording.channels):
        out = heard(recording, channel)
        at = np.arange(len(out)) / line_hz
        expected = np.interp(at, np.arange(len(sound)) / rate_hz, sound[:, column], right=0.0)
        # Aligned to the sample: any shift would show at 440 and 700 Hz.
        correlation = np.corrcoef(out, expected)[0, 1]
        assert correlation > (0.995 if lossless else 0.97)
        if lossless and line_hz == rate_hz:
            assert np.abs(out - expected).max() < 2 / 32768


def test_frames_come_in_the_order_of_time(tmp_path: Path) -> None:
    path = wav(tmp_path / "x.wav", pcm16(voices(0.05, 8000)), channels=2)
    frames = list(open_recording(path).frames("c9"))
    assert [(f.channel, f.started_ms, f.duration_ms, f.at_ms) for f in frames] == [
        ("agent", 0, 20, 20),
        ("customer", 0, 20, 20),
        ("agent", 20, 20, 40),
        ("customer", 20, 20, 40),
        ("agent", 40, 10, 50),
        ("customer", 40, 10, 50),
    ]
    assert {(f.call_id, f.rate_hz) for f in frames} == {("c9", 8000)}
    assert [len(f.pcm) for f in frames] == [320, 320, 320, 320, 160, 160]


def test_the_last_frame_is_filled_up_to_a_millisecond(tmp_path: Path) -> None:
    recording = open_recording(wav(tmp_path / "x.wav", b"\1\0" * 9))
    (frame,) = recording.frames("c")
    assert recording.duration_ms == frame.duration_ms == frame.at_ms == 2
    assert frame.pcm == b"\1\0" * 9 + bytes(14)


def test_left_may_be_the_customer(tmp_path: Path) -> None:
    path = wav(tmp_path / "x.wav", pcm16(voices(0.5, 8000)), channels=2)
    usual, swapped = open_recording(path), open_recording(path, left="customer")
    assert swapped.channels == ("agent", "customer")
    assert np.array_equal(heard(usual, "agent"), heard(swapped, "customer"))
    assert np.array_equal(heard(usual, "customer"), heard(swapped, "agent"))


def test_mono_is_both_sides_mixed(tmp_path: Path) -> None:
    recording = open_recording(wav(tmp_path / "x.wav", pcm16(voices(0.5, 8000, 1))))
    assert recording.channels == ("mixed",)
    assert len(recording.notes) == 1
    assert recording.notes[0].startswith(MONO)


def test_mono_in_two_channels_is_mono(tmp_path: Path) -> None:
    both = np.repeat(voices(0.5, 8000, 1), 2, axis=1)
    recording = open_recording(wav(tmp_path / "x.wav", pcm16(both), channels=2))
    assert recording.channels == ("mixed",)
    assert recording.notes[0] == "both channels carry the same sound, so it is taken as mono"
    assert len(heard(recording, "mixed")) == 4000


def test_memory_does_not_grow_with_the_recording(tmp_path: Path) -> None:
    path = wav(tmp_path / "x.wav", pcm16(voices(60, 8000)), channels=2)
    recording = open_recording(path)
    tracemalloc.start()
    for _ in recording.frames("c"):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < path.stat().st_size / 10


class TestPair:
    def test_the_shorter_is_continued_with_silence(self, tmp_path: Path) -> None:
        agent = wav(tmp_path / "a.wav", pcm16(voices(2.5, 8000, 1)))
        customer = wav(tmp_path / "c.wav", pcm16(voices(0.5, 8000, 1)))
        recording = open_pair(agent, customer)
        assert recording.channels == ("agent", "customer")
        assert recording.duration_ms == 2500
        assert recording.notes == ("the customer's file is 2.0 s shorter; silence stands for the rest",)
        assert recording.source == f"{agent} + {customer}"
        assert len(heard(recording, "customer")) == len(heard(recording, "agent")) == 20_000
        assert not heard(recording, "customer")[4000:].any()

    def test_two_rates_become_one(self, tmp_path: Path) -> None:
        agent = wav(tmp_path / "a.wav", pcm16(voices(0.5, 8000, 1)))
        customer = wav(tmp_path / "c.wav", pcm16(voices(0.5, 16000, 1)), rate_hz=16_000)
        recording = open_pair(agent, customer)
        assert recording.rate_hz == 16_000
        assert np.corrcoef(heard(recording, "agent"), heard(recording, "customer"))[0, 1] > 0.99

    def test_the_notes_name_the_file(self, tmp_path: Path) -> None:
        agent = wav(tmp_path / "a.wav", bytes(8000))
        customer = wav(tmp_path / "c.wav", pcm16(voices(0.5, 8000, 1)), promised=80_000)
        assert open_pair(agent, customer).notes == (
            f"{customer} was cut off or is damaged: 0.5 of 5.0 s are there",
            "the agent's side is silent throughout",
        )

    def test_stereo_is_refused(self, tmp_path: Path) -> None:
        agent = wav(tmp_path / "a.wav", pcm16(voices(0.5, 8000)), channels=2)
        with pytest.raises(AudioInputError, match=r"a\.wav: two channels; the agent's own file must be mono"):
            open_pair(agent, agent)


class TestNotes:
    def test_silence(self, tmp_path: Path) -> None:
        one = np.stack([voices(0.5, 8000, 1)[:, 0], np.zeros(4000)], axis=1)
        assert open_recording(wav(tmp_path / "x.wav", pcm16(one), channels=2)).notes == (
            "the customer's side is silent throughout",
        )
        both = open_recording(wav(tmp_path / "y.wav", bytes(8000), channels=2))
        assert both.channels == ("agent", "customer")
        assert both.notes == ("the agent's side is silent throughout", "the customer's side is silent throughout")
        mono = open_recording(wav(tmp_path / "z.wav", bytes(8000)))
        assert mono.notes[1:] == ("the recording is silent throughout",)

    def test_clipping(self, tmp_path: Path) -> None:
        loud = np.clip(voices(0.5, 8000) * np.array([8.0, 1.0]), -1, 1)
        (note,) = open_recording(wav(tmp_path / "x.wav", pcm16(loud), channels=2)).notes
        assert note.startswith("the agent's side is clipped (")

    def test_a_cut_file(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "x.wav", pcm16(voices(0.5, 8000)), channels=2, promised=160_000)
        assert open_recording(path).notes == (f"{path} was cut off or is damaged: 0.5 of 5.0 s are there",)

    def test_a_length_left_open_says_nothing(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "x.wav", pcm16(voices(0.5, 8000)), channels=2, promised=0xFFFFFFFF)
        assert open_recording(path).notes == ()

    def test_damage_is_silence_and_does_not_shift_what_follows(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.m4a", voices(2, 16_000), 16_000, "aac", "fltp")
        data = bytearray(path.read_bytes())
        whole = heard(open_recording(path), "agent")
        data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
        path.write_bytes(data)
        recording = open_recording(path)
        assert recording.notes == (f"{path} has 1 hole(s); silence stands for what is missing",)
        out = heard(recording, "agent")
        assert len(out) == len(whole)
        assert np.allclose(out[-3000:], whole[-3000:], atol=0.01)

    def test_a_time_stamp_beyond_reason_is_not_believed(self, tmp_path: Path) -> None:
        path = tmp_path / "x.mkv"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
            for pts in (0, 160, 8000, 80_000_000):
                frame = av.AudioFrame.from_ndarray(np.full((1, 160), 9000, np.int16), format="s16", layout="mono")
                frame.sample_rate, frame.pts, frame.time_base = 8000, pts, Fraction(1, 8000)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        recording = open_recording(path)
        assert recording.duration_ms == 1040
        assert f"{path} has 1 hole(s); silence stands for what is missing" in recording.notes

    def test_a_cut_flac_is_used_as_far_as_it_goes(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.flac", voices(20, 8000), 8000, "flac")
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        recording = open_recording(path)
        assert 8000 < recording.duration_ms < 12_000
        assert recording.notes[0].startswith(f"{path} was cut off or is damaged: ")
        assert recording.notes[0].endswith(" of 20.0 s are there")


class TestBadInput:
    def test_zero_length(self, tmp_path: Path) -> None:
        assert refusal(wav(tmp_path / "x.wav", b"")).endswith("there is no sound in it, its length is zero")

    def test_what_is_no_sound_file(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / "x.wav").endswith("there is no such file")
        with pytest.raises(AudioInputError, match="there is no such file"):
            open_pair(tmp_path / "a.wav", tmp_path / "c.wav")

    def test_a_file_that_changes_within(self, tmp_path: Path) -> None:
        first = write(tmp_path / "a.ogg", voices(0.5, 16000), 16000, "flac").read_bytes()
        second = write(tmp_path / "b.ogg", voices(0.5, 8000, 1), 8000, "flac").read_bytes()
        path = tmp_path / "x.ogg"
        path.write_bytes(first + second)
        assert "rate or channels change" in refusal(path)

    @pytest.mark.parametrize(
        ("name", "codec", "sample_format"),
        [
            ("x.wav", "pcm_s16le", "s16"),
            ("x.flac", "flac", "s16"),
            ("x.ogg", "libopus", "s16"),
            ("x.mp3", "libmp3lame", "s16p"),
            ("x.m4a", "aac", "fltp"),
        ],
    )
    def test_spoilt_files_are_recordings_or_are_refused(
        self, tmp_path: Path, name: str, codec: str, sample_format: str
    ) -> None:
        path = write(tmp_path / name, voices(0.3, 48_000), 48_000, codec, sample_format)
        whole = path.read_bytes()
        random = np.random.default_rng(5)
        for _ in range(60):
            spoilt = bytearray(whole)
            for at in random.integers(0, len(whole), random.integers(1, 9)):
                spoilt[at] = random.integers(0, 256)
            path.write_bytes(spoilt[: random.integers(len(whole) // 3, len(whole) + 1)])
            with suppress(AudioInputError):
                assert all(frame.pcm for frame in open_recording(path).frames("c"))


@pytest.mark.recordings
class TestRealRecordings:
    @pytest.fixture(autouse=True)
    def _present(self) -> None:
        if not RECORDINGS.is_dir():
            pytest.skip(f"no recordings at {RECORDINGS}; name their folder in SIDECAR_TEST_DATA")

    @pytest.mark.parametrize(
        ("name", "sides", "duration_ms", "rate_hz", "notes"),
        [
            ("auto-repairs-40.stereo.wav", 2, 245_380, 8000, ()),
            ("auto-enquiry.mono-u8.wav", 1, 277_660, 8000, (MONO,)),
            ("internet-support-1.stereo.mp3", 2, 55_119, 16000, ()),
            (
                "audiohook-sample.stereo-ulaw.wav",
                2,
                70_848,
                8000,
                ("the agent's side is clipped", "the customer's side"),
            ),
            ("overlap.stereo16k.wav", 2, 6_666, 16000, ()),
            ("support-roleplay-1.mono.wav", 1, 73_500, 8000, (MONO,)),
        ],
    )
    def test_one_file(self, name: str, sides: int, duration_ms: int, rate_hz: int, notes: tuple[str, ...]) -> None:
        recording = open_recording(RECORDINGS / name)
        assert len(recording.channels) == sides
        assert (recording.duration_ms, recording.rate_hz) == (duration_ms, rate_hz)
        assert len(recording.notes) == len(notes)
        assert all(note.startswith(start) for note, start in zip(recording.notes, notes, strict=True))

    def test_two_files_give_what_the_stereo_one_gives(self) -> None:
        one = open_recording(RECORDINGS / "auto-repairs-40.stereo.wav").frames("c")
        two = open_pair(RECORDINGS / "auto-repairs-40.agent.wav", RECORDINGS / "auto-repairs-40.customer.wav").frames(
            "c"
        )
        assert all(a == b for a, b in zip(one, two, strict=True))
