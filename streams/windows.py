"""How much room a decode gets: a job's span flows in, the encoder window and the token budget flow out.

Windows come from a ladder and always leave a margin of silence behind the sound: Whisper cut exactly at the last
sample loses more words than it gets right.
"""

import math

from streams.engine import JobKind
from streams.settings import ProfileSettings

LONGEST_MS = 30_000
"""Whisper's encoder has positions for so much and no more."""

_TOKENS_PER_S = 6.5  # fast speech; a constant cap would lose the tails of long utterances
_SPARE_TOKENS = 8


def window_ms(profile: ProfileSettings, kind: JobKind, audio_ms: int, attempt: int = 0) -> int:
    """The smallest window of the profile that holds the sound and its margin; each further attempt gets the next one.

    Above the ladder stands the full 30 s. Raises ValueError for sound that is longer than any window.
    """
    if audio_ms > LONGEST_MS:
        raise ValueError(f"{audio_ms} ms of sound are more than the {LONGEST_MS} ms of the longest window")
    if kind.is_partial:
        wanted_ms = max(profile.partial_floor_s * 1000, audio_ms + profile.partial_margin_ms)
    else:
        wanted_ms = max(profile.final_floor_s * 1000, audio_ms + profile.final_margin_ms)
    ladder_ms = [window_s * 1000 for window_s in profile.windows_s if window_s * 1000 >= wanted_ms]
    return [*ladder_ms, LONGEST_MS][min(attempt, len(ladder_ms))]


def token_cap(audio_ms: int) -> int:
    """How many tokens so much speech can have; a decode that needs more is a loop."""
    return math.ceil(audio_ms / 1000 * _TOKENS_PER_S) + _SPARE_TOKENS


def total_length(prompt_tokens: int, new_tokens: int) -> int:
    """CTranslate2's `max_length` that leaves room for `new_tokens`: a total, of which new tokens get half at most."""
    return max(2 * new_tokens, prompt_tokens + new_tokens)
