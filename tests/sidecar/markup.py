"""Whether a page is well formed."""

from html.parser import HTMLParser

VOID = {"br", "circle", "line", "meta", "rect"}


class Checked(HTMLParser):
    """Every element is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def checked(text: str) -> Checked:
    """The parsed page; every element is closed and none is a script."""
    parser = Checked()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    assert "script" not in parser.seen
    return parser
