"""Spoken turns come in pieces, cut where people breathe; they must be heard as if they had come in one."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from nudges.attention import Attention, ModelSettings
from nudges.noticing import NoticingModel, parse_model
from nudges.signals import Piece
from tests.nudges.conftest import PACK_FILE

TURNS = [
    "so i rang on monday and i rang on tuesday and nobody rang me back",
    "it's the third time i've had to explain this and i'm that tired of it now",
    "my mother's eighty four and she's been without heating since the weekend",
    "i paid for next day delivery and it took two weeks to get here",
]
CALM = "hi i moved house and i'd like to change the address on my account please"


@pytest.fixture(scope="module")
def model() -> NoticingModel:
    return parse_model(*((PACK_FILE.parent / name).read_text("utf-8") for name in ("noticing.json", "phrases.toml")))


def heard(model: NoticingModel, pieces: list[str], nods: tuple[str, ...] = ()) -> list[str]:
    eye = Attention(model, ModelSettings(numbers="", phrases=""))
    eye.hear_agent(Piece(0, 0, 2000, "good morning how can i help you"))
    calls: list[str] = []
    for number, text in enumerate(pieces):
        start_ms = 3000 + 4000 * number
        calls.append(eye.hear_customer(Piece(number + 1, start_ms, start_ms + 3000, text)).call)
        for nod in nods:
            eye.hear_agent(Piece(number + 1, start_ms + 3100, start_ms + 3400, nod))
    return calls


def cut(text: str) -> Iterator[list[str]]:
    words = text.split()
    for one, two in combinations(range(1, len(words)), 2):
        yield [" ".join(words[:one]), " ".join(words[one:two]), " ".join(words[two:])]


@pytest.mark.parametrize("text", TURNS)
def test_wherever_a_turn_is_cut_it_is_heard_alike(model: NoticingModel, text: str) -> None:
    (whole,) = heard(model, [text])
    assert whole in {"speak", "watch"}
    for pieces in cut(text):
        assert heard(model, pieces)[-1] == whole


@pytest.mark.parametrize("text", TURNS)
def test_a_nod_and_a_recognisers_full_stops_change_nothing(model: NoticingModel, text: str) -> None:
    (whole,) = heard(model, [text])
    words = text.split()
    pieces = [" ".join(words[:4]).capitalize() + ".", " ".join(words[4:9]).capitalize() + ".", " ".join(words[9:])]
    assert heard(model, pieces, ("mm right",))[-1] in {"speak", whole}


def test_calm_pieces_stay_calm(model: NoticingModel) -> None:
    for pieces in cut(CALM):
        assert "speak" not in heard(model, pieces)
        assert "watch" not in heard(model, pieces)
