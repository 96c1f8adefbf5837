"""The made-up vocabulary has Whisper's size and layout, and its tokenizer gives back what it is given."""

import pytest

from streams.random_vocabulary import LANGUAGES, Vocabulary


@pytest.mark.parametrize(("multilingual", "size"), [(False, 51_864), (True, 51_865)])
def test_every_token_stands_at_its_number(multilingual: bool, size: int) -> None:
    vocabulary = Vocabulary(multilingual=multilingual)
    tokens = vocabulary.tokens
    assert len(tokens) == len(set(tokens)) == size
    assert [tokens[number] for number in vocabulary.language_ids] == [f"<|{code}|>" for code in LANGUAGES]
    tokenizer = vocabulary.tokenizer()
    for token in ("<|endoftext|>", "<|startofprev|>", "<|notimestamps|>", "<|30.00|>"):
        assert tokenizer.token_to_id(token) == tokens.index(token)


def test_words_survive_the_way_there_and_back() -> None:
    tokenizer = Vocabulary(multilingual=False).tokenizer()
    said = " I've been waiting for three weeks."
    assert tokenizer.decode(tokenizer.encode(said).ids) == said
