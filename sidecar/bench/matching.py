"""Which word of the truth each recognised word is: two rows of words flow in, pairs of places flow out."""

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from sidecar.digits import DOT


def plain(text: str) -> str:
    """What counts when two words are compared: letters and digits, without case."""
    return "".join(filter(str.isalnum, text.casefold()))


def split(text: str) -> list[str]:
    """The words of a text; one whose digits are masked stays as it is drawn, without its marks."""
    return [plain(word) or (DOT if DOT in word else "") for word in text.split()]


def matched(heard: Sequence[str], said: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places in `heard` and `said` that are the same word; a masked word is any word in its place."""
    for code in Levenshtein.opcodes(heard, said):
        if code.tag == "equal":
            yield from zip(range(code.src_start, code.src_end), range(code.dest_start, code.dest_end), strict=True)
        elif code.tag == "replace":
            for there, here in zip(
                range(code.src_start, code.src_end), range(code.dest_start, code.dest_end), strict=False
            ):
                if heard[there] == DOT:
                    yield there, here
