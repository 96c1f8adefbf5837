"""Where in a pack something stands: the text that a person wrote flows in, the number of a line comes out.

A pack that extends another is checked as a whole, but a person can only mend what stands in their own file. The text is
known to be TOML; this finds places in it. What stands under `[[scope]]` has the path it has in the pack itself.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

Keys: TypeAlias = tuple[str, ...]

LISTS = ("rule", "checklist")
"""Lists whose parts are known by their id; a path names that id where a number would stand."""

_HEADING = re.compile(r"\s*\[{1,2}\s*([^\]#]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_ENTRY = re.compile(rf"""\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=\s*["']?([^"'#]*)""")


class _Place(NamedTuple):
    """A heading or a key: the line to name, and the lines that belong to it."""

    keys: Keys
    line: int
    first: int
    last: int


def line_of(keys: Sequence[str], text: str) -> int:
    """The line of what has this path, else of what comes nearest to holding it; 0 where the text has nothing of it."""
    wanted, lines = tuple(keys), text.splitlines()
    for length in range(len(wanted), 0, -1):
        here = [place for place in _places(text) if place.keys == wanted[:length]]
        if not here:
            continue
        within = [line for place in here if (line := _line_within(wanted[length:], place, lines))]
        if within:
            return within[0]
        # A list written in one line, without this rule: what is sought stands elsewhere.
        return here[0].line if length > 1 or wanted[0] not in LISTS else 0
    return 0


def last_line_of(keys: Sequence[str], text: str) -> int:
    """The last line at which something of this path stands; 0 where there is none."""
    return max((place.line for place in _places(text) if place.keys == tuple(keys)), default=0)


def line_with(part: str, text: str) -> int:
    """The first line that is made of these words alone, with or without the key before them; 0 where there is none."""
    alone = re.compile(rf"""\s*(?:[\w-]+\s*=\s*)?(?:'''|\"""|['"])?\s*{re.escape(part)}\s*(?:'''|\"""|['"])?\s*$""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if alone.match(line)), 0)


def place_of_rule(rule: str, text: str) -> str:
    """A rule for a message: its id, and where it stands in the person's own text."""
    line = line_of(("rule", rule), text)
    return f"rule {rule} (line {line})" if line else f"rule {rule} (of the pack that this one extends)"


def _line_within(rest: Keys, place: _Place, lines: Sequence[str]) -> int:
    """The line within a place where the deepest of the remaining keys, written within braces, stands."""
    for key in reversed(rest):
        within = re.compile(rf"""(?:[{{,]|^)\s*"?{re.escape(key)}"?\s*=|id\s*=\s*["']{re.escape(key)}["']""")
        for number, line in enumerate(lines[place.first - 1 : place.last], place.first):
            if within.search(line):
                return number
    return 0


@lru_cache(maxsize=4)
def _places(text: str) -> tuple[_Place, ...]:
    """Every heading and key of a text, in order."""
    starts: list[tuple[int, Keys]] = []
    ids: dict[str, tuple[str, int]] = {}
    table: Keys = ()
    block = ""
    for number, line in _outside_strings(text):
        if heading := _HEADING.match(line):
            table = _split(heading[1])
            table = table[1:] if table[0] == "scope" else table
            if table and table[0] in LISTS:
                block = f"#{number}" if len(table) == 1 else block
                table = (table[0], block, *table[1:])
            starts.append((number, table))
        elif entry := _ENTRY.match(line):
            keys = (*table, *_split(entry[1]))
            starts.append((number, keys))
            if keys[1:] == (block, "id"):
                ids[block] = (entry[2], number)
    ends = [*(number - 1 for number, _ in starts[1:]), text.count("\n") + 1]
    places = []
    for (number, keys), end in zip(starts, ends, strict=False):
        name, at = ids.get(keys[1], (keys[1], number)) if len(keys) > 1 else ("", number)
        known = (keys[0], name, *keys[2:]) if len(keys) > 1 else keys
        places.append(_Place(known, at if len(keys) == 2 else number, number, end))
    return tuple(places)


def _outside_strings(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, without those that begin within a text of several lines."""
    within = ""
    for number, line in enumerate(text.splitlines(), 1):
        if within:
            within = "" if within in line else within
            continue
        yield number, line
        within = next((quotes for quotes in ("'''", '"""') if line.count(quotes) % 2), "")


def _split(keys: str) -> Keys:
    return tuple(key.strip("\"'") for key in re.findall(_KEY, keys))
