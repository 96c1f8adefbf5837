"""Where in a pack something stands: the text that a person wrote flows in, the number of a line comes out.

A pack that extends another is checked as a whole, but a person can only mend what stands in their own file.
"""

import re
from collections.abc import Sequence


def line_of_rule(rule: str, text: str) -> int:
    """The line of a rule's id; 0 where the text does not hold the rule."""
    wanted = re.compile(rf'\s*id\s*=\s*["\']{re.escape(rule)}["\']')
    return next((line for line, content in enumerate(text.splitlines(), 1) if wanted.match(content)), 0)


def line_in_rule(rule: str, keys: Sequence[str], text: str) -> int:
    """The line of the first of these keys that stands within a rule; else the rule's own, 0 where it is not held."""
    at = line_of_rule(rule, text)
    if not at:
        return 0
    lines = text.splitlines()
    heads = [line for line, content in enumerate(lines, 1) if content.strip() == "[[rule]]"]
    first = max((line for line in heads if line <= at), default=at)
    last = min((line for line in heads if line > at), default=len(lines) + 1)
    own = lines[: last - 1]
    return line_of_key(keys, own, first) or line_of_key(keys, own, first, inline=True) or at


def line_of_key(keys: Sequence[str], lines: Sequence[str], first: int = 1, *, inline: bool = False) -> int:
    """The line from `first` on where a key stands or its heading, or one within braces; 0 where none of them does.

    Of several keys the first that stands anywhere counts.
    """
    for key in keys:
        name = re.escape(key)
        on_its_own = rf'\s*\[+([\w-]+\.)*{name}\b|\s*"?{name}"?\s*='
        wanted = re.compile(rf".*[{{,]\s*{name}\s*=" if inline else on_its_own)
        for line, content in enumerate(lines[first - 1 :], first):
            if wanted.match(content):
                return line
    return 0


def place_of_rule(rule: str, text: str) -> str:
    """A rule for a message: its id, and where it stands in the person's own text."""
    line = line_of_rule(rule, text)
    return f"rule {rule} (line {line})" if line else f"rule {rule} (of the pack that this one extends)"
