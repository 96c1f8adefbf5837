"""Text that no terminal obeys."""

import pytest

from sidecar.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("where is it, 東京 é?", "where is it, 東京 é?"),
        ("\x1b[31mred\x1b]0;title\x07", " [31mred ]0;title "),
        ("one\r\ntwo\tthree\x7f", "one  two three "),
        ("\x9b2J", " 2J"),
        ("abc\u202edef\u200b", "abc def "),
    ],
)
def test_only_what_is_shown_comes_through(text: str, shown: str) -> None:
    assert printable(text) == shown
