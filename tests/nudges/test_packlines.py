import pytest

from nudges.packlines import last_line_of, line_of, line_with, place_of_rule

TEXT = """name = "mine"
[heat]
half_life_s = 45
[customer.waiting]
weight = 12
say = \"\"\"
severity = 3
[[rule]]
\"\"\"
[[rule]]
id = "a.one"
severity = "warn"
when = [{ on = "heard", cues = ["C.waiting"] }]
[[rule.test]]
name = "one"
[[rule]]
severity = "loud"
id = "a.two"
[[scope]]
queues = ["x"]
delivery = { gap_s = 5 }
[scope.heat]
step = 3
[[scope.checklist]]
id = "told"
by_s = 3
[[scope]]
rule = [{ id = "a.one", "text" = "x" },
  { id = "a.three", text = "y" }]
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("name",), 1),
        (("heat", "half_life_s"), 3),
        (("heat", "nowhere"), 2),
        (("heat", "step"), 23),
        (("customer", "waiting", "weight"), 5),
        (("customer", "nobody", "weight"), 0),
        (("rule", "a.one"), 11),
        (("rule", "a.one", "severity"), 12),
        (("rule", "a.one", "when", "cues"), 13),
        (("rule", "a.one", "test", "name"), 15),
        (("rule", "a.two"), 18),
        (("rule", "a.two", "severity"), 17),
        (("rule", "a.two", "nowhere"), 18),
        (("rule", "a.three", "text"), 28),
        (("rule", "a.four", "colour"), 0),
        (("delivery", "gap_s"), 21),
        (("checklist", "told", "by_s"), 26),
        (("nowhere",), 0),
        ((), 0),
    ],
)
def test_where_a_path_stands(keys: tuple[str, ...], line: int) -> None:
    assert line_of(keys, TEXT) == line


def test_a_text_without_anything() -> None:
    assert line_of(("name",), "") == 0


def test_a_rule_in_a_message() -> None:
    assert place_of_rule("a.two", TEXT) == "rule a.two (line 18)"
    assert place_of_rule("a.four", TEXT) == "rule a.four (of the pack that this one extends)"


def test_what_stands_twice() -> None:
    text = '[[rule]]\nid = "a"\n[[rule]]\nid = "a"\n'
    assert last_line_of(("rule", "a", "id"), text) == 4
    assert last_line_of(("rule", "b", "id"), text) == 0


@pytest.mark.parametrize(
    ("line", "found"), [("(a", True), ("say = '(a'", True), ("say = '''(a", True), ("more than (a", False), ("", False)]
)
def test_an_expression_that_is_a_line_of_its_own(line: str, found: bool) -> None:
    assert line_with("(a", f"x = 1\n{line}\n") == (2 if found else 0)
