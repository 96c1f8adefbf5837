"""What capture processes say: whole at any slicing, and nothing but that."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.taps.local_wire import LONGEST_BYTES, Alive, Captured, Closed, Message, Opened, Unpacker, pack

stamps = st.integers(0, 2**60)
said: st.SearchStrategy[Message] = st.one_of(
    st.builds(Captured, stamps, st.binary(max_size=40).filter(lambda pcm: len(pcm) % 2 == 0)),
    st.builds(Opened, stamps, st.text(max_size=10), st.text(max_size=10)),
    st.builds(Alive, stamps),
    st.builds(Closed, stamps, st.text(max_size=20)),
)


@given(st.lists(said, max_size=6), st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_messages_come_whole_however_they_are_sliced(messages: list[Message], sizes: list[int]) -> None:
    stream = b"".join(map(pack, messages))
    unpacker, heard, at, turn = Unpacker(), [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        heard += unpacker.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert heard == messages


@pytest.mark.parametrize(
    "frame",
    [
        b"\x09" + bytes(12),
        b"\x01" + bytes(8) + b"\x01\x00\x00\x00x",
        b"\x01" + bytes(8) + (LONGEST_BYTES + 1).to_bytes(4, "little"),
        b"\x02" + bytes(8) + b"\x02\x00\x00\x00{]",
    ],
    ids=["kind", "odd", "long", "names"],
)
def test_anything_else_is_refused(frame: bytes) -> None:
    with pytest.raises(ProtocolError, match="capture process"):
        Unpacker().feed(frame)


@given(st.binary(max_size=200))
def test_noise_is_refused_in_our_own_words(noise: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        Unpacker().feed(noise)
