import pytest

from nudges.lexicon import is_asking


@pytest.mark.parametrize(
    ("words", "asking"),
    [
        ("where do i send it", True),
        ("so can you change it", True),
        ("it is the can i opened", True),
        ("i opened it", False),
        ("why", False),
        ("", False),
    ],
)
def test_a_question_needs_no_mark(words: str, asking: bool) -> None:
    assert is_asking(words.split()) is asking
