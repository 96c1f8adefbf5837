import pytest

from nudges.packlines import line_in_rule, line_of_key, line_of_rule, place_of_rule

TEXT = """name = "mine"
[heat]
half_life_s = 45
[customer.waiting]
weight = 12
[[rule]]
id = "a.one"
severity = "warn"
when = [{ on = "heard", cues = ["C.waiting"] }]
[[rule.test]]
name = "one"
[[rule]]
id = "a.two"
severity = "loud"
"""


def test_a_rule_stands_where_its_id_does() -> None:
    assert (line_of_rule("a.one", TEXT), line_of_rule("a.two", TEXT), line_of_rule("a.three", TEXT)) == (7, 13, 0)
    assert place_of_rule("a.two", TEXT) == "rule a.two (line 13)"
    assert place_of_rule("a.three", TEXT) == "rule a.three (of the pack that this one extends)"


@pytest.mark.parametrize(
    ("rule", "keys", "line"),
    [
        ("a.two", ["severity"], 14),
        ("a.one", ["severity"], 8),
        ("a.one", ["cues"], 9),
        ("a.one", ["cues", "when"], 9),
        ("a.two", ["cues"], 13),
        ("a.three", ["severity"], 0),
    ],
)
def test_a_key_is_sought_within_its_rule(rule: str, keys: list[str], line: int) -> None:
    assert line_in_rule(rule, keys, TEXT) == line


def test_a_rule_without_a_heading_of_its_own() -> None:
    assert line_in_rule("a.one", ["text"], 'id = "a.one"\ntext = "x"\n') == 2


@pytest.mark.parametrize(
    ("keys", "line"), [(["half_life_s"], 3), (["nowhere", "waiting"], 4), (["heat"], 2), (["nowhere"], 0)]
)
def test_a_key_or_its_heading(keys: list[str], line: int) -> None:
    assert line_of_key(keys, TEXT.splitlines()) == line
