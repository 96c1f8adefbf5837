"""How long a pack's expressions take at their worst: a pack's expressions flow in, the slow ones flow out.

Python's matcher cannot be stopped, so each expression is tried in a process of its own that can. The texts are made to
be bad: the expression's own words over and over, one word without end, digits without end.
"""

import math
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from nudges.cues import CueSpec
from nudges.rulepack import Pack
from streams.errors import PackError

TEXT_CHARS = 2000
LIMIT_MS = 5.0
"""No expression may take longer on so much text: more than two minutes of speech."""
_TRIES = 3
_GIVE_UP_S = 2.0


class Expression(NamedTuple):
    """One line of a cue family."""

    cue: str
    line: str


class Slow(NamedTuple):
    """An expression that takes too long; `took_ms` is None where nobody waited for its end."""

    expression: Expression
    took_ms: float | None


def expressions(pack: Pack) -> list[Expression]:
    """Every expression of a pack's cue families, what they say and what takes it back, also those of its scopes."""
    found = [
        Expression(cue, line)
        for side, families in (("C", pack.customer), ("A", pack.agent))
        for cue, spec in _named(side, families)
        for line in lines(spec)
    ]
    for scope in pack.scope:
        for side, key in (("C", "customer"), ("A", "agent")):
            for cue, own in _named(side, scope.get(key, {})):
                found += [Expression(cue, line) for line in lines(CueSpec(**{"say": "", **own}))]
    return found


def _named(side: str, families: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{side}.{name}", spec) for name, spec in families.items())


def lines(spec: CueSpec) -> list[str]:
    """The expressions of one family."""
    text = f"{spec.say}\n{spec.more}\n{spec.unless}"
    return [line.strip() for line in text.splitlines() if line.strip()]


def refuse_endless(pack: Pack, known: Pack, name: str) -> None:
    """Raise PackError, with the pack's name, for an expression whose end nobody waits for; what `known` has is fine.

    Such a one would hold up every call: that is no matter of taste. May take a second, and waits meanwhile.
    """
    fine = set(expressions(known))
    own = [one for one in expressions(pack) if one not in fine]
    for found in slow(own, limit_ms=math.inf) if own else ():
        cue, line = found.expression
        raise PackError(f"{name}: cue {cue}: {line!r} would hold up calls: on some texts it never comes to an end")


def slow(suspects: Iterable[Expression], limit_ms: float = LIMIT_MS) -> list[Slow]:
    """The expressions that take longer than the limit on the worst of the texts."""
    left = list(suspects)
    found: list[Slow] = []
    context = get_context("spawn")
    while left:
        ours, theirs = context.Pipe()
        process = context.Process(target=_try_all, args=(theirs, [one.line for one in left]), daemon=True)
        process.start()
        # Its own start takes longer than any expression may.
        answered = ours.poll(60) and ours.recv()
        tried = 0
        while answered and tried < len(left) and ours.poll(_GIVE_UP_S):
            took_ms = ours.recv()
            if took_ms > limit_ms:
                found.append(Slow(left[tried], round(took_ms, 1)))
            tried += 1
        if tried < len(left):
            found.append(Slow(left[tried], None))
        left = left[tried + 1 :]
        process.kill()
        process.join()
    return found


def bad_texts(line: str) -> Iterator[str]:
    """Texts on which an expression may be slow, each of the full length."""
    words = re.findall(r"[a-z']{2,}", line) or ["a"]
    for text in (" ".join(words), *words[:3], "a", "a a", "4", "i am so very"):
        yield (f"{text} " * TEXT_CHARS)[:TEXT_CHARS]
        yield (text.replace(" ", "") * TEXT_CHARS)[: TEXT_CHARS - 1] + "!"
    yield " " * TEXT_CHARS


def took_ms(line: str) -> float:
    """The milliseconds of an expression on the worst text; the best of a few tries, since machines have other work."""
    expression = re.compile(rf"(?<!\w)(?:{line})(?!\w)")
    return max(min(_once_ms(expression, text) for _ in range(_TRIES)) for text in bad_texts(line))


def _once_ms(expression: re.Pattern[str], text: str) -> float:
    begun = time.perf_counter()
    for _ in expression.finditer(text):
        pass
    return (time.perf_counter() - begun) * 1000


def _try_all(answers: Connection, tried: list[str]) -> None:
    answers.send(True)
    for line in tried:
        answers.send(took_ms(line))
