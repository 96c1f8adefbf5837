"""A rule pack as a journal keeps it: its text flows in, a third as many letters flow out, and back again.

Every journal holds the whole pack that its call was decided on, so that it can be replayed wherever it is taken, and
most of a short call's journal is that. The letters are base64 of zlib, which any other program can read as well.
"""

import base64
import zlib
from functools import lru_cache

from streams.errors import ProtocolError

MARK = "zlib+base64:"
"""Begins what is folded; no TOML text can begin so."""
SHORTEST_CHARS = 4_096
"""A text that is shorter stays as it is, for people to read."""
LONGEST_BYTES = 16_000_000
"""More than this comes out of no pack; a file that was made to fill the memory is refused."""


@lru_cache(maxsize=4)
def fold(text: str) -> str:
    """The text in fewer letters; kept, since one call after the other begins with the same pack."""
    if len(text) < SHORTEST_CHARS:
        return text
    return MARK + base64.b64encode(zlib.compress(text.encode())).decode()


def unfold(text: str) -> str:
    """The text that was folded; one that never was comes back as it is.

    Raises ProtocolError when it was damaged, or is too long.
    """
    if not text.startswith(MARK):
        return text
    reader = zlib.decompressobj()
    try:
        data = reader.decompress(base64.b64decode(text[len(MARK) :], validate=True), LONGEST_BYTES)
        if reader.unconsumed_tail:
            raise ProtocolError(f"its rule pack is longer than {LONGEST_BYTES:,} bytes")
        if not reader.eof:
            raise ProtocolError("its rule pack is cut short")
        return data.decode()
    except (zlib.error, ValueError) as error:
        raise ProtocolError(f"its rule pack was damaged: {error}") from error
