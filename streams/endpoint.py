"""When what was said is final: the pause and what is known of the words flow in, how long to wait flows out.

A false cut interrupts nobody here, so the wait is short; it is longer only where the words themselves say that more
is coming, because half a number or half a clause is worth little to whoever reads it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from streams.settings import EndpointSettings

# Words that promise more: fillers and conjunctions in any case, the others unless a sentence ends with them.
_FILLER = re.compile(r"u[hm]+m*|er+m*|ah|h?m+|well|so|like")
_CONJUNCTION = re.compile(
    r"and|but|n?or|(be)?cause|cuz|if|when|while|(al)?though|since|unless|until|that|which|who(se)?|where|than|as|plus|then"
)
_UNFINISHED = re.compile(r"the|an?|my|your|our|their|his|to|of|for|with|from|at|in|on|is|are|was|were|i|we|it's|i'm")
_NUMBER = re.compile(
    r".*\d.*|zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|double|triple|hundred|thousand"
)
_SENTENCE_ENDS = (".", "?", "!", "。", "？", "！")
_TRAILING_OFF = ("...", "…")


def ends_sentence(text: str) -> bool:
    """Whether the words so far end a sentence."""
    bare = text.rstrip("\"')] ")
    return bare.endswith(_SENTENCE_ENDS) and not bare.endswith(_TRAILING_OFF)


def ends_within_digits(text: str) -> bool:
    """Whether the last word is a number that may go on: two in a row, or one that nothing closes off."""
    last = [_bare(word) for word in text.split()[-2:]]
    if not last or not _NUMBER.fullmatch(last[-1]):
        return False
    return (len(last) == 2 and _NUMBER.fullmatch(last[0]) is not None) or not ends_sentence(text)


def leads_on(text: str) -> bool:
    """Whether the last word promises more: a filler, a conjunction, or one that cannot end a clause."""
    words = text.split()
    if not words:
        return False
    last = _bare(words[-1])
    if _FILLER.fullmatch(last) or _CONJUNCTION.fullmatch(last):
        return True
    return _UNFINISHED.fullmatch(last) is not None and not ends_sentence(text)


def pause_needed_ms(settings: EndpointSettings, text: str | None, *, other_speaks: bool) -> int:
    """The pause that ends an utterance; `text` is None while the words up to the pause are not known."""
    if text is not None and ends_within_digits(text):
        return settings.hesitation_pause_ms
    if other_speaks:
        return settings.sentence_pause_ms
    if text is None:
        return settings.pause_ms
    if leads_on(text) or text.rstrip().endswith((",", *_TRAILING_OFF)):
        return settings.hesitation_pause_ms
    return settings.sentence_pause_ms if ends_sentence(text) else settings.pause_ms


class Heard(NamedTuple):
    """One frame of an utterance in progress: first sample, level, whether it was voiced."""

    start_sample: int
    db: float
    voiced: bool


def weakest_frame(frames: Sequence[Heard]) -> int:
    """Index at which a stretch that grew too long is best cut: the weakest spot of its last third.

    The words before the cut have waited for it, and those behind it are decoded anew, so it should not lie far back.
    The level is looked at over three frames, about the length of the pause between two words, and the last half
    second is left alone, because the word in it may not be over.
    """
    first = len(frames) * 2 // 3
    last = max(first + 1, len(frames) - 16)

    def strength(index: int) -> float:
        near = frames[max(0, index - 1) : index + 2]
        return sum(frame.db for frame in near) / len(near)

    # Of equally weak spots the latest leaves the most to the part that can still be heard in full.
    return min(range(first, last), key=lambda index: (strength(index), -index))


def _bare(word: str) -> str:
    return word.casefold().strip(".,?!;:…\"'()[]-")
