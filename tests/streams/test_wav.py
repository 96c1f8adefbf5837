"""What a WAV header claims, also a hostile one."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from streams.wav import WavClaims, wav_claims


def head(*chunks: tuple[bytes, bytes | int]) -> bytes:
    """A WAV's first bytes; a chunk given as a number claims that length and has no content."""
    out = b"RIFF\0\0\0\0WAVE"
    for kind, content in chunks:
        length, body = (content, b"") if isinstance(content, int) else (len(content), content)
        out += kind + struct.pack("<I", length) + body + b"\0" * (len(body) % 2)
    return out


FORMAT = (b"fmt ", struct.pack("<HHIIHH", 1, 2, 8000, 32000, 4, 16))


def test_channels_rate_and_length() -> None:
    start = head(FORMAT, (b"data", 100))
    assert wav_claims(start, len(start) + 100) == WavClaims(2, 8000, 100, 100)


def test_a_cut_file_has_less_than_it_promises() -> None:
    start = head(FORMAT, (b"data", 100))
    assert wav_claims(start, len(start) + 40) == WavClaims(2, 8000, 100, 40)


def test_other_chunks_are_passed_over() -> None:
    start = head((b"LIST", b"odd"), FORMAT, (b"fact", b"1234"), (b"data", 8))
    assert wav_claims(start, len(start) + 99) == WavClaims(2, 8000, 8, 8)


def test_a_length_left_open_promises_nothing() -> None:
    for length in (0, 0xFFFFFFFF):
        assert wav_claims(head(FORMAT, (b"data", length)), 500) == WavClaims(2, 8000)


def test_a_header_may_end_anywhere() -> None:
    assert wav_claims(head(FORMAT), 44) == WavClaims(2, 8000)
    assert wav_claims(head((b"data", 100)), 500) is None
    assert wav_claims(head((b"fmt ", 16)), 20) is None
    assert wav_claims(b"OggS" + bytes(40), 44) is None


@given(st.binary(max_size=100), st.integers(0, 1000))
def test_any_bytes_are_survived(data: bytes, size: int) -> None:
    wav_claims(b"RIFF\0\0\0\0WAVE" + data, size)
    wav_claims(data, size)
