"""A vocabulary of Whisper's size and layout for models without training: no words of any language were learned.

Nothing flows in but the choice English-only or multilingual; the token list and the tokenizer file flow out to
`streams.random_weights`. Bytes, pairs of letters, and made-up pieces of three letters stand where the trained
byte pairs would be; every special token stands at its true number.
"""

from collections.abc import Iterator
from itertools import islice, product
from string import ascii_lowercase

from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

LANGUAGES = tuple(code for code in _LANGUAGE_CODES if code != "yue")
"""The 99 languages of every Whisper up to large-v2, each with a token of its own."""

_TEXT_TOKENS = 50_256
_TIMESTAMPS = 1_501
_MULTILINGUAL_MARK = ""  # the one text token more of multilingual models; CTranslate2 knows them by it
_SPACE = "Ġ"  # how byte-level BPE writes the space


class Vocabulary:
    """Every token by number, 51864 of them or 51865 for a multilingual model, and the merges among them."""

    def __init__(self, *, multilingual: bool) -> None:
        self._merges = list(_merges())
        text = sorted(ByteLevel.alphabet()) + ["".join(pair) for pair in self._merges]
        text += islice(_pieces(), _TEXT_TOKENS - len(text))
        self._text = [*text, _MULTILINGUAL_MARK] if multilingual else text
        self.special = [
            "<|endoftext|>",
            "<|startoftranscript|>",
            *(f"<|{code}|>" for code in LANGUAGES),
            "<|translate|>",
            "<|transcribe|>",
            "<|startoflm|>",
            "<|startofprev|>",
            "<|nospeech|>",
            "<|notimestamps|>",
            *(f"<|{step * 0.02:.2f}|>" for step in range(_TIMESTAMPS)),
        ]

    @property
    def tokens(self) -> list[str]:
        """All tokens, each at the place of its number."""
        return self._text + self.special

    @property
    def language_ids(self) -> list[int]:
        """The numbers of the language tokens."""
        first = len(self._text) + 2
        return list(range(first, first + len(LANGUAGES)))

    def tokenizer(self) -> Tokenizer:
        """The tokenizer over this vocabulary, ready to be saved as `tokenizer.json`."""
        tokenizer = Tokenizer(BPE({token: number for number, token in enumerate(self._text)}, self._merges))
        tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
        tokenizer.decoder = ByteLevelDecoder()
        tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in self.special])
        return tokenizer


def _merges() -> list[tuple[str, str]]:
    pairs = [(first, second) for first in ascii_lowercase for second in ascii_lowercase]
    spaced = [(_SPACE, byte) for byte in sorted(ByteLevel.alphabet())]
    return [*pairs, *spaced, *((_SPACE, first + second) for first, second in pairs)]


def _pieces() -> Iterator[str]:
    for first in (_SPACE, "", _SPACE + "-"):
        for letters in product(ascii_lowercase, repeat=3):
            yield first + "".join(letters)
