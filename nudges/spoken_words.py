"""Text to plain words: `text -> split_words -> Spoken`, so that chat and a recogniser's output look alike.

Short forms are opened ("don't" and "dont" become "do not"), hesitations dropped, restarts ("i i've i've") said once.
Every word remembers where it stood in the text, so that evidence can be quoted as it was said.
"""

import re
from functools import lru_cache
from typing import NamedTuple

MAX_WORDS = 400  # more than two minutes of talk in one run; beyond it only the last ones count

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*'?|\d+(?:st|nd|rd|th)\b|\d+(?:[.,:]\d+)*|[€£$%]")
_HESITATIONS = frozenset(
    ["um", "umm", "uh", "uhh", "er", "erm", "eh", "hmm", "hm", "mm", "mmm", "ah", "ahm", "uhm", "em"]
)
_MAY_REPEAT = frozenset(["no", "very", "really", "so", "never", "had", "that", "many", "again", "please"])
_ENDINGS = {"'m": ("am",), "'re": ("are",), "'ve": ("have",), "'ll": ("will",), "'d": ("would",)}
_S_IS_VERB = frozenset(
    [
        "it",
        "that",
        "what",
        "there",
        "here",
        "he",
        "she",
        "who",
        "where",
        "how",
        "when",
        "this",
        "nobody",
        "everything",
        "nothing",
    ]
)
_WHOLE = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "cant": ("can", "not"),
    "won't": ("will", "not"),
    "wont": ("will", "not"),
    "shan't": ("will", "not"),
    "ain't": ("is", "not"),
    "aint": ("is", "not"),
    "dont": ("do", "not"),
    "didnt": ("did", "not"),
    "doesnt": ("does", "not"),
    "isnt": ("is", "not"),
    "arent": ("are", "not"),
    "wasnt": ("was", "not"),
    "werent": ("were", "not"),
    "hasnt": ("has", "not"),
    "havent": ("have", "not"),
    "hadnt": ("had", "not"),
    "wouldnt": ("would", "not"),
    "couldnt": ("could", "not"),
    "shouldnt": ("should", "not"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "youre": ("you", "are"),
    "youve": ("you", "have"),
    "theyre": ("they", "are"),
    "thats": ("that", "is"),
    "whats": ("what", "is"),
    "theres": ("there", "is"),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("got", "to"),
    "dunno": ("do", "not", "know"),
    "u": ("you",),
    "ur": ("your",),
    "r": ("are",),
    "pls": ("please",),
    "plz": ("please",),
    "thx": ("thanks",),
    "ok": ("okay",),
    "yeah": ("yes",),
    "yep": ("yes",),
    "yup": ("yes",),
    "nope": ("no",),
    "nah": ("no",),
    "cos": ("because",),
    "cuz": ("because",),
    "coz": ("because",),
    "till": ("until",),
    "mum's": ("mum",),
    "let's": ("let", "us"),
    "favourite": ("favorite",),
    "cancelled": ("canceled",),
    "cancelling": ("canceling",),
}


class Spoken(NamedTuple):
    """The words of one turn, in plain form, and for each the span of the text it came from (characters)."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def quote(self, first: int, after: int) -> str:
        """Return the text as it was said from word `first` up to word `after` (not included)."""
        return self.text[self.spans[first][0] : self.spans[after - 1][1]]


def plain_text(text: str) -> str:
    """Return `text` with straight apostrophes, its length unchanged."""
    return text.replace("\u2019", "'").replace("\u2018", "'").replace("`", "'")


@lru_cache(maxsize=64)
def split_words(text: str) -> Spoken:
    """Split one turn into plain words; never more than `MAX_WORDS`, the last ones.

    The last few are kept: one turn is read for its features, its echo, its pairs of words and the rules' own questions.
    """
    text = plain_text(text)
    lowered = text.lower()
    if len(lowered) != len(text):
        # Lower-casing some letters makes them longer, which would move every span behind them.
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for found in _TOKEN.finditer(lowered):
        token = found.group().rstrip("'")
        if token in _HESITATIONS:
            continue
        for word in _opened(token):
            words.append(word)
            spans.append(found.span())
            _drop_restart(words, spans)
    return Spoken(text, tuple(words[-MAX_WORDS:]), tuple(spans[-MAX_WORDS:]))


def _opened(token: str) -> tuple[str, ...]:
    whole = _WHOLE.get(token)
    if whole is not None:
        return whole
    head, mark, tail = token.rpartition("'")
    if not mark:
        return (token,)
    if tail == "t" and head.endswith("n"):
        return (head[:-1], "not")
    if tail == "s":
        return (head, "is") if head in _S_IS_VERB else (head,)
    ending = _ENDINGS.get(mark + tail)
    return (head.replace("'", ""), *ending) if ending else (token.replace("'", ""),)


def _drop_restart(words: list[str], spans: list[tuple[int, int]]) -> None:
    for size in (1, 2, 3):
        if len(words) < 2 * size or words[-size:] != words[-2 * size : -size]:
            continue
        if size == 1 and (words[-1] in _MAY_REPEAT or words[-1].isdigit()):
            continue
        del words[-size:]
        del spans[-size:]
        return
