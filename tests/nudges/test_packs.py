from typing import Any

import pytest

from nudges.packs import load, overlay, tables
from streams.errors import PackError


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def test_the_default_pack_holds_what_it_should(pack_text: str) -> None:
    pack = load(pack_text).pack
    assert [rule.id for rule in pack.rule] == [
        "empathy.missed",
        "empathy.bare_sorry",
        "empathy.hardship",
        "deesc.rising_heat",
        "deesc.supervisor_request",
        "deesc.threat",
        "listen.interrupting",
        "silence.dead_air",
        "balance.monologue",
        "process.close_well",
        "praise.nice_save",
        "praise.good_move",
    ]
    for rule in pack.rule:
        assert rule.title, rule.id
        assert 0 < len(rule.text) <= 75, rule.id
        assert rule.done or rule.ends_as == "done", rule.id
        assert len(rule.test) >= 3, rule.id


def test_a_pack_is_loaded_once(pack_text: str) -> None:
    assert load(pack_text) is load(pack_text)


def test_what_is_not_toml() -> None:
    with pytest.raises(PackError, match=r"mine: not TOML: .*line 2"):
        tables("a = 1\nname = \n", "mine")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Empathy owed"', 'titel = "x"', r"pack:\d+: rule empathy\.missed: .*titel.*"),
        ('severity = "warn"\npriority = 60', 'severity = "loud"\npriority = 60', r"rule empathy\.missed: .*loud"),
        ('on = "unanswered"', 'on = "sometimes"', r"rule empathy\.missed: .*sometimes"),
        ("half_life_s = 45", 'half_life_s = "45"', r"pack:\d+: .*half_life_s"),
        ("half_life_s = 45", "half_live_s = 45", r"pack:\d+: .*half_live_s"),
        ("half_life_s = 45\n", "", r"pack:\d+: .*half_life_s"),
        ('name = "default"', 'nane = "default"', r"pack:9: .*nane"),
        ("Name what went wrong for them before you fix it.", "x" * 76, r"empathy\.missed .*76 characters, 75 fit"),
        ('id = "empathy.bare_sorry"', 'id = "empathy.missed"', r"empathy\.missed .*stands twice"),
        ('when = [{ on = "unanswered" }]', "when = []", r"empathy\.missed \(line \d+\): has no `when`"),
        ('cues = ["C.hardship"]', 'cues = ["C.hardshop"]', r"empathy\.hardship .*no cue family C\.hardshop"),
        ('moves = ["A.ack_emotion"', 'moves = ["A.ack"', r"praise\.good_move .*no cue family A\.ack;"),
        ('name = "recap", cues = ["A.recap"]', 'name = "recap", cues = ["A.reca"]', r"close_well .*A\.reca;"),
        ('unless = [{ phase = ["closing"] }]', 'unless = [{ heard = ["A.b"] }]', r"bare_sorry .*A\.b;"),
        ('formulas = ["A.bare_sorry"]', 'formulas = ["A.bare"]', r"\[empathy\]: no cue family A\.bare;"),
        ('closing_cues = ["A.recap"', 'closing_cues = ["A.recop"', r"\[conversation\]: no cue family A\.recop;"),
        ('showing = ["deesc.supervisor_request", "deesc.threat", "deesc.rising_heat"]', 'showing = ["deesc.no"]',
         r"empathy\.missed \(line \d+\): no rule deesc\.no in the pack"),
        ("fed up\n", "(fed up\n", r"pack: cue C\.emotion_word: '\(fed up' is not an expression"),
    ],
)  # fmt: skip
def test_mistakes_are_named_where_they_stand(pack_text: str, old: str, new: str, message: str) -> None:
    with pytest.raises(PackError, match=message):
        load(changed(pack_text, old, new))


def test_a_mistake_in_a_setting_stands_in_its_line(pack_text: str) -> None:
    lines = pack_text.splitlines()
    place = next(number for number, line in enumerate(lines, 1) if line.startswith("half_life_s"))
    heading = lines.index("[heat]") + 1
    for new, line in (('half_life_s = "45"', place), ("half_live_s = 45", place), ("", heading)):
        with pytest.raises(PackError, match=rf"^pack:{line}: "):
            load(changed(pack_text, "half_life_s = 45", new))


def test_the_line_is_that_of_the_rule(pack_text: str) -> None:
    wrong = changed(pack_text, 'title = "Bare"' if 'title = "Bare"' in pack_text else 'title = "Sorry alone"', "a = 1")
    with pytest.raises(PackError) as caught:
        load(wrong)
    line = int(str(caught.value).split(":")[1])
    lines = wrong.splitlines()
    assert lines[line - 1] == "[[rule]]"
    assert lines[line] == 'id = "empathy.bare_sorry"'


@pytest.mark.parametrize("rule", ["[1]", "[{}]", '[{ id = "x" }]'])
def test_rules_that_are_none(pack_text: str, rule: str) -> None:
    head = pack_text[: pack_text.index("[[rule]]")]
    with pytest.raises(PackError, match="pack:"):
        load(f"rule = {rule}\n{head}")


def test_a_pack_laid_over_another() -> None:
    base = {"name": "a", "heat": {"step": 5, "x": 1}, "rule": [{"id": "r.1", "text": "old", "say": "s"}, {"id": "r.2"}]}
    own: dict[str, Any] = {
        "name": "b",
        "heat": {"step": 9},
        "extra": [1],
        "rule": [{"id": "r.1", "text": "new"}, {"id": "r.3"}],
    }

    assert overlay(base, own) == {
        "name": "b",
        "heat": {"step": 9, "x": 1},
        "extra": [1],
        "rule": [{"id": "r.1", "text": "new", "say": "s"}, {"id": "r.2"}, {"id": "r.3"}],
    }
    assert overlay({}, own)["rule"] == own["rule"]
    assert base["name"] == "a"
