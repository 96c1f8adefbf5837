"""Long numbers in one piece of speech: texts in, the same texts with dots for digits out, and what may go on.

A run is a chain of digits (`4111`, `four`, `double seven`, `oh`, `forty-one`) with nothing but punctuation and fillers
between. A run that is over is masked when it is longer than `LONGEST_READABLE`; one that the next piece may go on with
is masked from the caller's limit on. Where a code was asked for, three digits are too many. Numbers that say what they
are (`$49.99`, `2 pm`, `March 12, 2024`, `15 minutes`) stay readable; they still count for what stands next to them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

DOT = "•"
LONGEST_READABLE = 5
"""Order and house numbers have so many digits; card, account and telephone numbers have more."""
LONGEST_OF_CODE = 2
"""A card's security code has three digits or four, a PIN four."""

_TOKEN = re.compile(
    r"""
    (?P<idiom>     twenty[-\s]four[-\s]seven\b | 24/7\b )
  | (?P<money>     [$£€]\s?(?:\d{1,3},\d{3}|\d{1,5})(?:\.\d{1,2})?(?![\d,]*\d) )
  | (?P<percent>   \d{1,3}(?:\.\d{1,2})?\s?% )
  | (?P<clock>     (?<!\d)(?:[01]?\d|2[0-3]):[0-5]\d(?!:?\d) )
  | (?P<date>      (?<!\d)(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/(?:19|20)?\d\d(?!/?\d) )
  | (?P<ordinal>   (?<!\d)\d{1,2}(?:st|nd|rd|th)\b )
  | (?P<decimal>   (?<![\d.])\d{1,3}\.\d{1,2}(?!\.?\d) )
  | (?P<thousands> (?<![\d,])\d{1,3},\d{3}(?!,?\d) )
  | (?P<number>    \d+ )
  | (?P<halfday>   [ap]\.m\b\.? )
  | (?P<word>      [^\W\d_]+(?:['’][^\W\d_]+)* )
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What a text is made of; whatever matches nothing here is punctuation, which never ends a run."""

_LETTER_OF_GROUP = {
    "idiom": "q",
    "money": "q",
    "percent": "q",
    "clock": "q",
    "date": "q",
    "ordinal": "r",
    "decimal": "f",
    "thousands": "n",
    "halfday": "u",
}
_LETTER_OF_WORD = {
    word: letter
    for letter, words in {
        "d": "one two three four five six seven eight nine",
        "z": "zero nought naught",
        "e": "oh o",
        "t": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
        "T": "twenty thirty forty fourty fifty sixty seventy eighty ninety",
        "m": "double triple treble quadruple",
        "h": "hundred",
        "k": "thousand million billion",
        "M": "january february march april may june july august september october november december",
        "r": "first third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth twentieth thirtieth",
        "Y": "in since year until till before after during of from between",
        "C": "at around about by",
        "a": "and",
        "u": (
            "am pm o'clock second seconds sec minute minutes min mins hour hours day days night nights week weeks "
            "month months year years time times dollar dollars buck bucks cent cents pound pounds quid pence euro "
            "euros percent mile miles kilometers kilometres meters metres feet inches gigabyte gigabytes gigs gig "
            "megabyte megabytes megabits meg gb mb degrees people items pieces points watts volts"
        ),
        "j": (
            "um uh er erm ah hm hmm mm mhm okay ok yes yeah yep right so sorry then next dash hyphen space comma dot "
            "period stroke slash that's it's"
        ),
    }.items()
    for word in words.split()
}
"""One letter for each kind of token, so that grammar can be written as expressions over letters."""

_NOUGHTS = {"h": 2, "k": 3}
"""Digits that `hundred` and `thousand` stand for where a number is spelled out."""

_REPEATS = {"double": 1, "triple": 2, "treble": 2, "quadruple": 3}
"""Digits that such a word adds to the one behind it."""

_U = "(?:Td?|t|d)"  # under a hundred, as said
_YEAR = "(?:y|[tT](?:Td?|t|zd))"
_KNOWN = re.compile(
    "|".join(
        (
            "q",
            rf"(?<=M)(?:s|{_U})?{_YEAR}|(?<=Mr){_YEAR}|(?<=M)(?:s|{_U})|s(?=M)",  # March 12, 2024
            rf"(?<=Y){_YEAR}(?:a{_YEAR})?",  # between 2023 and 2024
            r"(?<=C)(?:[td](?:Td?|t|zd)|ss)",  # at ten thirty
            # two hundred and fifty; but "nine hundred one two three" spells a number out
            rf"(?:{_U}(?:h(?:a?{_U})?)?k(?:a?{_U}(?:h(?:a?{_U})?)?)?|{_U}h(?:a?{_U})?|[sn][hk])(?![dztTsynN])",
            r"(?<![dztTsynN])[hk](?![dztTsynN])",  # a hundred
            rf"(?:[snyf]|{_U})(?=u)",  # 15 minutes
        )
    )
)
"""Over the letters of a piece: numbers that say what they are."""
_COUNTED = re.compile(rf"q|(?:{_U}h(?:a?{_U})?|[snyf]|{_U})(?=u)")
"""Those that do so where a code is awaited, which may be said as "four hundred and twelve" or "March 2027"."""

_DIGITS = frozenset("dztTmhksynNfq")
_BETWEEN = frozenset("aj")


_CODE = re.compile(
    r"""\b(?: cvv2? | cvc2? | cv2 | csc | pin | pins | pass\s?code | security\s(?:code|number|digits)
      | (?:number|numbers|digits|code)\s(?:is\s|are\s)?on\s(?:the|your)\sback
      | back\sof\s(?:the|your|my)\scard | (?:one[-\s]time|verification|access)\s(?:code|password|pin)
      | expiry | expiration | expires )\b""",
    re.VERBOSE | re.IGNORECASE,
)


class Masked(NamedTuple):
    """Texts with dots for long numbers, and how many digits the run has that is open at their end."""

    texts: tuple[str, ...]
    open_digits: int


class _Token(NamedTuple):
    start: int
    end: int
    word: str
    letter: str


class _Run(NamedTuple):
    """A chain of digits: its tokens, the digits in it and before it, and whether the next piece may go on with it."""

    tokens: tuple[int, ...]
    digits: int
    open: bool


def names_code(text: str) -> bool:
    """Whether a short secret number is asked for or given: a card's security code or expiry, a PIN, a one-time code."""
    return _CODE.search(text) is not None


def mask(
    texts: Sequence[str],
    *,
    carried: int = 0,
    open_from: int = LONGEST_READABLE + 1,
    longest_readable: int = LONGEST_READABLE,
) -> Masked:
    """Mask numbers longer than `longest_readable` in the consecutive `texts` of one piece.

    `carried` is `open_digits` of the speaker's piece before; runs that stay open are masked from `open_from` digits on.
    """
    joined = " ".join(texts)
    tokens = list(_tokens(joined))
    letters = _settled("".join(token.letter for token in tokens), carried)
    says_itself = _KNOWN if longest_readable == LONGEST_READABLE else _COUNTED
    known = {index for match in says_itself.finditer(letters) for index in range(*match.span())}
    sizes = _sizes(tokens, letters)
    hidden: dict[int, int] = {}
    open_digits = 0 if any(letter not in _BETWEEN for letter in letters) else carried
    for run in _runs(letters, sizes, carried):
        unclear = [index for index in run.tokens if index not in known]
        limit = longest_readable + 1
        if run.open:
            open_digits = run.digits
            if any(letters[index] != "f" for index in unclear):
                limit = min(limit, open_from)
        if run.digits >= limit:
            hidden |= {tokens[index].start: index for index in unclear}
    return Masked(tuple(_redrawn(texts, tokens, sizes, hidden)), open_digits)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        group, word = match.lastgroup or "", match.group().lower().replace("’", "'")
        if group == "word":
            letter = _LETTER_OF_WORD.get(word, "x")
        elif group == "number":
            letter = _number_letter(word)
        else:
            letter = _LETTER_OF_GROUP[group]
        yield _Token(match.start(), match.end(), word, letter)


def _number_letter(digits: str) -> str:
    """`s` for what may be a day or an hour, `y` for what may be a year, `N` for what is too long to be a count."""
    if len(digits) > LONGEST_READABLE:
        return "N"
    if len(digits) <= 2:
        return "s"
    return "y" if len(digits) == 4 and digits.startswith(("19", "20")) else "n"


def _settled(letters: str, carried: int) -> str:
    """Decide which `oh` is a nought (in a run, or before a digit) and which `double` repeats a digit."""
    settled = list(letters)
    for index in reversed(range(len(settled))):
        follower = settled[index + 1] if index + 1 < len(settled) else ""
        if settled[index] == "e" and follower in _DIGITS:
            settled[index] = "z"
        elif settled[index] == "m" and follower and follower not in _DIGITS and follower != "e":
            settled[index] = "x"
    in_run = carried > 0
    for index, letter in enumerate(settled):
        if letter == "e":
            settled[index] = "z" if in_run else "x"
        in_run = settled[index] in _DIGITS or (in_run and letter in _BETWEEN)
    return "".join(settled)


def _sizes(tokens: Sequence[_Token], letters: str) -> list[int]:
    """How many digits each token stands for; `forty` before `one` is one digit, alone it is two."""
    sizes = []
    for index, (token, letter) in enumerate(zip(tokens, letters, strict=True)):
        if letter in "tT":
            size = 1 if letter == "T" and letters[index + 1 : index + 2] == "d" else 2
        elif letter == "m":
            size = _REPEATS[token.word]
        elif letter in _NOUGHTS:
            size = _NOUGHTS[letter]
        else:
            size = sum(char.isdecimal() for char in token.word) or 1
        sizes.append(size)
    return sizes


def _runs(letters: str, sizes: Sequence[int], carried: int) -> Iterator[_Run]:
    chain: list[int] = []
    digits = carried
    for index, letter in enumerate(letters):
        if letter in _DIGITS:
            chain.append(index)
            digits += sizes[index]
        elif letter not in _BETWEEN:
            if chain:
                yield _Run(tuple(chain), digits, open=False)
            chain, digits = [], 0
    if chain:
        yield _Run(tuple(chain), digits, open=True)


def _redrawn(
    texts: Sequence[str], tokens: Sequence[_Token], sizes: Sequence[int], hidden: dict[int, int]
) -> Iterator[str]:
    """The texts again, cut as they came; no hidden token reaches over a cut, since only quantities hold a space."""
    offset = 0
    for text in texts:
        drawn, at = [], offset
        for start in sorted(start for start in hidden if offset <= start < offset + len(text)):
            token = tokens[hidden[start]]
            drawn.append(text[at - offset : start - offset])
            drawn.append(_dots(token, sizes[hidden[start]]))
            at = token.end
        yield "".join(drawn) + text[at - offset :]
        offset += len(text) + 1


def _dots(token: _Token, size: int) -> str:
    if any(char.isdecimal() for char in token.word):
        return "".join(DOT if char.isdecimal() else char for char in token.word)
    return DOT * size
