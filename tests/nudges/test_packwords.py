from typing import Any

import msgspec
import pytest

from nudges.packs import tables
from nudges.packwords import nearest, refusal
from nudges.rulepack import Pack


@pytest.fixture(scope="module")
def whole(pack_text: str) -> dict[str, Any]:
    return tables(pack_text, "default")


def refused(whole: dict[str, Any], **changes: Any) -> tuple[tuple[str, ...], str]:
    told = {**whole, **changes}
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(told, Pack)
    return refusal(str(caught.value), told)


def rules(whole: dict[str, Any], **changes: Any) -> dict[str, Any]:
    first = {**whole["rule"][0], **changes}
    return {"rule": [first, *whole["rule"][1:]]}


@pytest.mark.parametrize(
    ("changes", "keys", "reason"),
    [
        ({"priority": "high"}, ("priority",), "priority must be a whole number, not a text"),
        ({"life_s": "x"}, ("life_s",), "life_s must be a number, not a text"),
        ({"enabled": 1}, ("enabled",), "enabled must be true or false, not a whole number"),
        ({"when": {}}, ("when",), "when must be a list, not a table"),
        ({"sevrity": "info"}, ("sevrity",), "no setting sevrity here; did you mean severity?"),
        ({"severity": "urgent"}, ("severity",), "severity cannot be 'urgent'; known: critical, info, praise, warn"),
        ({"when": [{"on": "herd"}]}, ("when", "on"), "on cannot be 'herd'; did you mean heard?"),
        ({"when": [{"on": "heard"}]}, ("when", "cues"), "cues is missing"),
        (
            {"when": [{"on": "heard", "cues": [], "only_if": [{"quue": 1}]}]},
            ("when", "only_if", "quue"),
            "no setting quue here; known: ",
        ),
        ({"when": [{"on": "heard", "cues": [], "coutn": 1}]}, ("when", "coutn"), "did you mean count?"),
        ({"test": [{"name": "x"}]}, ("test", "call"), "call is missing"),
    ],
)
def test_rules(whole: dict[str, Any], changes: dict[str, Any], keys: tuple[str, ...], reason: str) -> None:
    where, why = refused(whole, **rules(whole, **changes))
    assert where == ("rule", "empathy.missed", *keys)
    assert reason in why


def test_a_rule_that_may_be_another_misspelled(whole: dict[str, Any]) -> None:
    for name, hint in (("empathy.mised", "did you mean empathy.missed?"), ("x", "it is a new one, and needs it")):
        where, why = refused(whole, rule=[*whole["rule"], {"id": name, "enabled": False}])
        assert where == ("rule", name, "family")
        assert why.startswith("family is missing; ")
        assert why.endswith(hint)


@pytest.mark.parametrize(
    ("part", "keys"), [(3, ("rule", "?")), ({}, ("rule", "?", "id")), ({"id": 3}, ("rule", "3", "id"))]
)
def test_rules_that_are_none(whole: dict[str, Any], part: object, keys: tuple[str, ...]) -> None:
    where, why = refused(whole, rule=[part])
    assert where == keys
    assert why


@pytest.mark.parametrize(
    ("changes", "keys", "reason"),
    [
        ({"nonsense": 1}, ("nonsense",), "no setting nonsense here; known: name, "),
        ({"heat": {}}, ("heat", "half_life_s"), "half_life_s is missing"),
        ({"heat": 3}, ("heat",), "heat must be a table, not a whole number"),
        (
            {"customer": {"ok": {"say": "x"}, "odd": {"say": "x", "wieght": 1}}},
            ("customer", "odd", "wieght"),
            "weight?",
        ),
        ({"agent": {"odd": 3}}, ("agent", "odd"), "odd must be a table"),
        ({"customer": {3: {"say": "x"}}}, ("customer",), "customer must be a text, not a whole number"),
        ({"checklist": [{"id": "told", "labl": "x"}]}, ("checklist", "told", "labl"), "did you mean label?"),
        ({"checklist": [{"id": "told"}]}, ("checklist", "told", "label"), "label is missing; it is a new one"),
        ({"name": 3}, ("name",), "name must be a text"),
    ],
)
def test_settings(whole: dict[str, Any], changes: dict[str, Any], keys: tuple[str, ...], reason: str) -> None:
    where, why = refused(whole, **changes)
    assert where == keys
    assert reason in why


def test_a_pack_without_its_name(whole: dict[str, Any]) -> None:
    told = {key: value for key, value in whole.items() if key != "name"}
    assert refused(told) == (
        ("name",),
        'name is missing; a pack that only changes another begins with extends = "default"',
    )


def test_what_the_decoder_may_say_besides() -> None:
    assert refusal("Something new - at `$.heat.bands`", {}) == (("heat", "bands"), "bands: Something new")
    assert refusal("Something new", {}) == ((), "the pack: Something new")
    assert refusal("Invalid value 'x' - at `$.name.on.x`", {}) == (("name", "on", "x"), "x cannot be 'x'")


def test_what_was_probably_meant() -> None:
    assert nearest("x", []) == ""


@pytest.mark.parametrize(("sure", "reason"), [(0.0, "sure must be above 0"), (1.5, "sure must be at most 1")])
def test_a_number_out_of_its_bounds(whole: dict[str, Any], sure: float, reason: str) -> None:
    family = {"say": "x", "sure": sure}
    assert refused(whole, customer={**whole["customer"], "own": family}) == (("customer", "own", "sure"), reason)
