import pytest

from nudges.rulepack import Scope, named


@pytest.mark.parametrize(
    ("name", "patterns", "fits"),
    [("Billing", ("billing",), True), ("sales eu", ("a", "sales*"), True), ("", ("*",), True), ("x", (), False)],
)
def test_names(name: str, patterns: tuple[str, ...], fits: bool) -> None:
    assert named(name, patterns) is fits


def test_a_scope_is_for_queues_and_agents() -> None:
    assert Scope().holds("", "")
    assert Scope(queues=("a",)).holds("a", "any")
    assert not Scope(queues=("a",)).holds("b", "any")
    assert not Scope(queues=("a",), agents=("x",)).holds("a", "y")
