"""Whatever a client sends, a dialect knows it or says its own error; `make fuzz` sends a million to each."""

import random

import pytest

from tests.streams.taps.fuzzing import DIALECTS, corpus, fuzz, mutated

SEED = 20_240_611


@pytest.mark.parametrize(
    "count", [1_500, pytest.param(1_000_000, marks=[pytest.mark.fuzz, pytest.mark.timeout(3_600)])]
)
@pytest.mark.parametrize("name", DIALECTS)
def test_only_the_dialects_own_errors(name: str, count: int) -> None:
    found = fuzz(name, count, SEED)
    assert found.messages >= count
    assert found.refused, "nothing was refused, so nothing was tried"
    print(f"\n{name}: {found.messages} messages, {found.connections} connections, {found.refused.most_common()}")


def test_mutations_are_the_same_for_the_same_seed() -> None:
    given = corpus("twilio")
    one, two = ([mutated(random.Random(7), message, given.rest) for message in given.rest] for _ in range(2))
    assert one == two
    assert one != given.rest
