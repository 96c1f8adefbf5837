"""Names of codecs, and bytes of each as samples."""

import pytest

from streams.errors import ProtocolError
from streams.taps.codecs import LONGEST_AUDIO, codec_named, to_pcm


def test_platforms_name_the_same_things_differently() -> None:
    assert {codec_named(name) for name in ("PCMU", "audio/x-mulaw", "ulaw")} == {"ulaw"}
    assert {codec_named(name) for name in ("PCMA", "audio/x-alaw")} == {"alaw"}
    assert {codec_named(name) for name in ("L16", "audio/l16", "raw/slin")} == {"slin"}
    with pytest.raises(ProtocolError, match="PCMU, PCMA or L16"):
        codec_named("OPUS")


def test_sound_becomes_samples() -> None:
    assert to_pcm("ulaw", b"\xff\x7f") == bytes(4)
    assert to_pcm("alaw", b"\xd5") == b"\x08\x00"
    assert to_pcm("slin", b"\x01\x02\x03\x04", 2) == b"\x01\x02\x03\x04"


@pytest.mark.parametrize(
    ("codec", "size", "channels", "code"),
    [
        ("slin", 3, 1, "bad_audio"),
        ("slin", 6, 2, "bad_audio"),
        ("ulaw", 3, 2, "bad_audio"),
        ("alaw", LONGEST_AUDIO + 1, 1, "too_big"),
    ],
)
def test_what_does_not_divide_is_refused(codec, size: int, channels: int, code: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        to_pcm(codec, bytes(size), channels)
    assert caught.value.code == code
