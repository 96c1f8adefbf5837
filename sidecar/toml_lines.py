"""Where in a TOML text each key stands, so that a mistake can be named by its line.

Text flows in, line numbers by key path flow out. The text is known to be valid TOML; this only finds places in it, and
a key inside an inline table or after a multi-line string is answered with the nearest line that is known.
"""

import re
from collections.abc import Mapping

KeyPath = tuple[str, ...]

_HEADER = re.compile(r"^\s*\[{1,2}\s*(?P<keys>[^\]#]+?)\s*\]{1,2}\s*(#.*)?$")
_ENTRY = re.compile(r"""^\s*(?P<keys>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_KEY = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every table and key."""
    found: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _split(header["keys"])
            found.setdefault(table, number)
        elif entry := _ENTRY.match(line):
            found.setdefault((*table, *_split(entry["keys"])), number)
    return found


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """The line of a key, or of the nearest table above it; 0 when nothing is known."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 0


def _split(keys: str) -> KeyPath:
    return tuple(key.strip("\"'") for key in _KEY.findall(keys))
