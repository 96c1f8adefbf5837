"""Whether a decode is fit to be said: a transcription flows in, a verdict flows out.

The thresholds are those that Whisper's authors chose for the same figures (compression 2.4, log-probability -1,
no-speech 0.6); the others are ours.
"""

import math
from collections.abc import Sequence
from enum import Enum

from streams.engine import Transcription

MAX_COMPRESSION = 2.4
MIN_MEAN_LOGPROB = -1.0
MIN_ALIGN_P = 0.25
NO_SPEECH = 0.6

PHANTOMS = frozenset(
    {
        "bye",
        "bye bye",
        "please subscribe",
        "thank you",
        "thank you for watching",
        "thank you so much",
        "thank you very much",
        "thanks",
        "thanks for watching",
        "you",
    }
)
"""What Whisper is known to hear in noise; people say most of it too, so it takes a second sign to drop it."""

# What is still better than nothing when both attempts failed.
_TOLERABLE_LOGPROB = -1.5
_TOLERABLE_ALIGN_P = 0.1


class Verdict(Enum):
    """What becomes of a final's decode."""

    KEEP = "keep"
    RETRY = "retry"
    NOTHING_SAID = "nothing said"


def judge(heard: Transcription) -> Verdict:
    """Judge one decode of a whole utterance.

    An empty text is a fair answer; no-speech counts only together with a low log-probability, since either alone is
    often wrong on telephone speech, or with words that Whisper is known to make up.
    """
    if not heard.text.strip():
        return Verdict.NOTHING_SAID
    if heard.no_speech > NO_SPEECH and (heard.mean_logprob < MIN_MEAN_LOGPROB or _bare(heard.text) in PHANTOMS):
        return Verdict.NOTHING_SAID
    failed = (
        heard.cap_hit
        or heard.compression > MAX_COMPRESSION
        # Written so that a NaN fails.
        or not heard.mean_logprob >= MIN_MEAN_LOGPROB
        or not heard.align_p >= MIN_ALIGN_P
    )
    return Verdict.RETRY if failed else Verdict.KEEP


def showable(heard: Transcription) -> bool:
    """Whether a pass over unfinished speech may be shown: unsure words may, loops and phantoms may not."""
    return judge(heard) is not Verdict.NOTHING_SAID and not heard.cap_hit and heard.compression <= MAX_COMPRESSION


def salvage(failed: Sequence[Transcription]) -> Transcription | None:
    """The likeliest of the decodes that failed, if it is merely unsure; never one that loops or was cut by its cap."""
    tolerable = [
        heard
        for heard in failed
        if not heard.cap_hit
        and heard.compression <= MAX_COMPRESSION
        and heard.no_speech <= NO_SPEECH
        and heard.mean_logprob >= _TOLERABLE_LOGPROB
        and heard.align_p >= _TOLERABLE_ALIGN_P
    ]
    return max(tolerable, key=lambda heard: heard.mean_logprob, default=None)


def confidence(heard: Transcription) -> float:
    """How sure the words are, 0 to 1: the mean of their probabilities, else what the log-probability amounts to."""
    if heard.words:
        return sum(word.p for word in heard.words) / len(heard.words)
    return min(1.0, math.exp(heard.mean_logprob))


def _bare(text: str) -> str:
    """Words without case and marks."""
    return " ".join("".join(filter(str.isalpha, word.casefold())) for word in text.replace("-", " ").split())
