"""One sound file: its blocks as they are, and every file that is none as one clear line."""

import os
import struct
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from streams.errors import AudioInputError
from streams.soundfile import SoundFile


def wav(path: Path, pcm: bytes, *, channels: int = 1, rate_hz: int = 8000, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate_hz, 0, "NONE", ""))
        file.writeframes(pcm)
    return path


def lying(path: Path, offset: int, layout: str, value: int) -> Path:
    """A WAV with one field of its header changed."""
    data = bytearray(wav(path, bytes(600)).read_bytes())
    struct.pack_into(layout, data, offset, value)
    path.write_bytes(data)
    return path


def sound(path: Path) -> np.ndarray:
    return np.concatenate(list(SoundFile(path).blocks()))


def refusal(path: str | Path) -> str:
    with pytest.raises(AudioInputError) as caught:
        list(SoundFile(path).blocks())
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message


class TestSound:
    def test_sixteen_bits_side_by_side(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "x.wav", struct.pack("<4h", 0, 16384, -32768, 32767), channels=2, rate_hz=11025)
        file = SoundFile(path)
        assert (file.name, file.rate_hz, file.channels) == (str(path), 11025, 2)
        assert np.array_equal(sound(path), np.array([[0, 0.5], [-1, 32767 / 32768]], np.float32))

    def test_eight_bits_are_unsigned(self, tmp_path: Path) -> None:
        assert sound(wav(tmp_path / "x.wav", bytes([0, 128, 192]), width=1))[:, 0].tolist() == [-1.0, 0.0, 0.5]

    def test_twenty_four_bits(self, tmp_path: Path) -> None:
        assert sound(wav(tmp_path / "x.wav", b"\0\0\x40\0\0\x80", width=3))[:, 0].tolist() == [0.5, -1.0]

    def test_floats_that_are_no_numbers_become_some(self, tmp_path: Path) -> None:
        values = np.array([np.nan, np.inf, -np.inf, 0.25], "<f4").tobytes()
        head = struct.pack("<HHIIHH", 3, 1, 8000, 32000, 4, 32)
        chunks = b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", 16) + values
        path = tmp_path / "x.wav"
        path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
        assert sound(path)[:, 0].tolist() == [0.0, 1.0, -1.0, 0.25]

    def test_every_pass_begins_at_the_start(self, tmp_path: Path) -> None:
        file = SoundFile(wav(tmp_path / "x.wav", struct.pack("<900h", *range(900))))
        assert np.array_equal(np.concatenate(list(file.blocks())), np.concatenate(list(file.blocks())))

    def test_what_the_header_promises(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "x.wav", bytes(1000))
        assert SoundFile(path).promised_samples(500) == 500
        path.write_bytes(path.read_bytes()[:-500])
        assert SoundFile(path).promised_samples(250) == 500


class TestRefusal:
    def test_missing(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / "x.wav").endswith("there is no such file")
        assert refusal("http://localhost/x.wav").endswith("there is no such file")

    def test_directory(self, tmp_path: Path) -> None:
        assert refusal(tmp_path).endswith("this is a directory; name a recording in it")

    def test_a_name_that_cannot_be(self) -> None:
        assert "cannot be read" in refusal("a\0b.wav")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="file modes do not bind this user")
    def test_unreadable(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "x.wav", bytes(100))
        path.chmod(0)
        assert "cannot be read" in refusal(path)

    def test_empty(self, tmp_path: Path) -> None:
        path = tmp_path / "x.wav"
        path.write_bytes(b"")
        assert refusal(path).endswith("the file is empty")

    @pytest.mark.parametrize("data", [b"hello, this is no sound\n" * 9, b"RIFF\0\0\0\0WAVE", b"\0", b"{}" * 5000])
    @pytest.mark.parametrize("name", ["x.mp3", "x.wav", "x"])
    def test_no_audio(self, tmp_path: Path, name: str, data: bytes) -> None:
        path = tmp_path / name
        path.write_bytes(data)
        assert "not a recording that can be read" in refusal(path)

    def test_a_playlist_is_not_followed(self, tmp_path: Path) -> None:
        wav(tmp_path / "x.wav", bytes(8000))
        path = tmp_path / "x.m3u8"
        path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nx.wav\n#EXT-X-ENDLIST\n")
        assert "not a recording that can be read" in refusal(path)

    def test_video_only(self, tmp_path: Path) -> None:
        path = tmp_path / "x.mkv"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("mpeg4", rate=10)
            stream.width = stream.height = 32
            stream.pix_fmt = "yuv420p"
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
            container.mux(stream.encode(None))
        assert refusal(path).endswith("there is no sound in it")

    def test_three_channels(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "x.wav", bytes(6000), channels=3)
        assert "3 channels; give one with the two sides left and right, or mono files" in refusal(path)

    def test_zero_hertz_and_zero_channels(self, tmp_path: Path) -> None:
        assert "the header says 0 Hz" in refusal(lying(tmp_path / "x.wav", 24, "<I", 0))
        assert "0 channel(s)" in refusal(lying(tmp_path / "x.wav", 22, "<H", 0))

    def test_a_rate_below_speech(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "x.wav", bytes(600), rate_hz=4000)
        assert "4000 Hz; a recording needs 8000 to 192000 Hz" in refusal(path)
