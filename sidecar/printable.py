"""What may be written to a terminal: any text flows in, text that no terminal obeys flows out.

Words, names and file names come from strangers; an escape sequence in them could repaint the screen or worse.
"""


def printable(text: str) -> str:
    """The text on one line, with a space for every character that is not shown."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
