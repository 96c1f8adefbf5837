"""Learned moves of a few terms, and cue families that go by them."""

from nudges.cues import CueBook, CueSpec
from nudges.moves import MoveBook, MoveHead, MoveNumbers
from nudges.phrases import Phrases, parse_phrases

PHRASES = """
[classes]
[customer]
boss = "team lead"
[agent]
offer = "shall i"
"""


def phrases() -> Phrases:
    """One family of phrases a side."""
    return parse_phrases(PHRASES)


def moves(*, bias: float = -4.0, word: float = 6.0) -> MoveBook:
    """A customer who says "above" asks for a supervisor; an agent who says "glad" does so warmly."""
    return MoveBook(
        MoveNumbers(
            note="by hand",
            customer={"supervisor": MoveHead(bias, {"above": word})},
            agent={"warm": MoveHead(bias, {"glad": word})},
        ),
        phrases(),
    )


def families(*, learned: str = "supervisor", sure: float = 0.7, unless: str = "") -> CueBook:
    """A family of each side with an expression and a move, and one without a move."""
    return CueBook(
        {"boss": CueSpec(say="manager", learned=learned, sure=sure, unless=unless), "angry": CueSpec(say="angry")},
        {"kind": CueSpec(say="pleased to help", learned="warm", sure=0.7), "sorry": CueSpec(say="sorry")},
    )
