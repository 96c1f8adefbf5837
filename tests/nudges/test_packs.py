import json
import re
from typing import Any

import pytest

from nudges.packs import laid_over, load, load_all, overlay, refuse_twice, tables
from streams.errors import PackError
from tests.nudges.conftest import PACK_FILE


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def test_the_default_pack_holds_what_it_should(pack_text: str) -> None:
    pack = load(pack_text).pack
    assert len(pack.rule) == 40
    assert [rule.id for rule in pack.rule if not rule.enabled] == [
        "comm.vague",
        "patience.repeat_kindly",
        "nego.lock_terms",
        "adapt.second_issue",
        "stress.reset",
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
        ('severity = "info"\npriority = 60', 'severity = "loud"\npriority = 60', r"rule empathy\.missed: .*loud"),
        ('on = "unanswered"', 'on = "sometimes"', r"rule empathy\.missed: .*sometimes"),
        ("half_life_s = 45", 'half_life_s = "45"', r"pack:\d+: .*half_life_s"),
        ("half_life_s = 45", "half_live_s = 45", r"pack:\d+: .*half_live_s"),
        ("half_life_s = 45\n", "", r"pack:\d+: .*half_life_s"),
        ('name = "default"', 'nane = "default"', r"pack:9: .*nane"),
        ("Name what went wrong for them before you fix it.", "x" * 76, r"empathy\.missed .*76 characters, 75 fit"),
        ('id = "empathy.bare_sorry"', 'id = "empathy.missed"', r"empathy\.missed .*stands twice"),
        ('[{ on = "overdue", groups = ["disclosure"] }]', "[]", r"process\.disclosure \(line \d+\): has no `when`"),
        ('cues = ["C.hardship"]', 'cues = ["C.hardshop"]', r"empathy\.hardship .*no cue family C\.hardshop"),
        ('moves = ["A.ack_emotion"', 'moves = ["A.ack"', r"praise\.good_move .*no cue family A\.ack;"),
        ('cues = ["A.goodbye"], groups', 'cues = ["A.goodby"], groups', r"close_well .*A\.goodby;"),
        ('cues = ["A.recap"]\nif_heard', 'cues = ["A.reca"]\nif_heard', r"\[checklist: recap\]: .* A\.reca;"),
        ('groups = ["greeting"], least', 'groups = ["greet"], least', r"greeting .*no line .* in the group greet"),
        ('unless = [{ phase = ["closing"] }]', 'unless = [{ heard = ["A.b"] }]', r"bare_sorry .*A\.b;"),
        ('formulas = ["A.bare_sorry"]', 'formulas = ["A.bare"]', r"\[empathy\]: no cue family A\.bare;"),
        ('closing_cues = ["A.recap"', 'closing_cues = ["A.recop"', r"\[conversation\]: no cue family A\.recop;"),
        ('showing = ["deesc.supervisor_request", "deesc.threat", "deesc.abuse"]', 'showing = ["deesc.no"]',
         r"empathy\.missed \(line \d+\): no rule deesc\.no in the pack"),
        ("fed up\n", "(fed up\n", r"pack:\d+: cue C\.emotion_word: '\(fed up' is not an expression"),
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


def test_the_line_is_that_of_the_key_in_its_rule(pack_text: str) -> None:
    wrong = changed(pack_text, 'title = "Sorry alone"', "a = 1")
    with pytest.raises(PackError) as caught:
        load(wrong)
    line = int(str(caught.value).split(":")[1])
    lines = wrong.splitlines()
    assert lines[line - 1] == "a = 1"
    assert "rule empathy.bare_sorry: " in str(caught.value)


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


# --- for some queues and agents ---------------------------------------------------------------------------------------

OWN = """
[[scope]]
queues = ["billing", "sales*"]
delivery = { gap_s = 5 }
rule = [{ id = "own.one", text = "For billing." }]
[scope.customer.hardship]
more = '''
lost the farm
'''

[[scope]]
agents = ["rob"]
rule = [{ id = "own.one", enabled = false }]
"""
RULE = """
[[rule]]
id = "own.one"
family = "own"
severity = "info"
title = "One"
text = "One thing."
when = [{ on = "heard", cues = ["C.hardship"] }]
"""


@pytest.fixture
def scoped(pack_text: str) -> str:
    return pack_text[: pack_text.index("[[rule]]")] + RULE + OWN


def test_a_scope_is_laid_over_for_its_calls_alone(scoped: str) -> None:
    plain = load(scoped)
    assert (plain.pack.rule[0].text, plain.pack.delivery.gap_s) == ("One thing.", 15)
    for queue in ("billing", "Sales North"):
        loaded = load(scoped, queue=queue, agent="ann")
        assert (loaded.pack.rule[0].text, loaded.pack.delivery.gap_s) == ("For billing.", 5)
        assert loaded.book.find("C", "we lost the farm")
    assert not plain.book.find("C", "we lost the farm")
    assert not load(scoped, queue="billing", agent="Rob").pack.rule[0].enabled
    assert load(scoped, queue="other") is plain


def test_scopes_that_cannot_be(scoped: str) -> None:
    with pytest.raises(PackError, match=r"\[\[scope\]\]: .*queues"):
        load(scoped.replace('queues = ["billing", "sales*"]', "queues = 3"))
    with pytest.raises(PackError, match="gap_s"):
        load(scoped.replace("gap_s = 5", 'gap_s = "5"'), queue="billing")


def test_expressions_on_top_of_others() -> None:
    assert overlay({"a": {"say": "x", "more": "y"}}, {"a": {"more": "z"}}) == {"a": {"say": "x", "more": "y\nz"}}
    assert overlay({"a": {"say": "x"}}, {"a": {"more": "z"}}) == {"a": {"say": "x", "more": "z"}}


def test_a_pack_with_learned_numbers(pack_text: str) -> None:
    packs = PACK_FILE.parent
    phrases, numbers = ((packs / name).read_text("utf-8") for name in ("phrases.toml", "noticing.json"))
    whole = f"{pack_text}\n[model]\nphrases = '''\n{phrases}'''\nnumbers = '''\n{numbers}'''\n"
    assert load(whole).model is not None
    assert load(pack_text).model is None
    with pytest.raises(PackError, match=r"^pack: phrases: "):
        load(f"{pack_text}\n[model]\nphrases = ''\nnumbers = ''\n")


MOVES = '{"note": "", "customer": {"supervisor": {"bias": -4, "terms": {"above": 6}}}, "agent": {}}'
MADE = {"does", "answers", "after"}
FAMILY = "[customer.own]\nsay = 'x y z'\nlearned = 'supervisor'\nsure = 0.7\n"


def with_moves(pack_text: str, moves: str, family: str = "") -> str:
    phrases, numbers = ((PACK_FILE.parent / name).read_text("utf-8") for name in ("phrases.toml", "noticing.json"))
    # Numbers that weigh no moves go with any.
    learned = json.loads(numbers)
    for head in ("opening", "strong", "tension", "given", "answered"):
        features = learned[head]["features"]
        learned[head]["features"] = {name: features[name] for name in features if name.partition(".")[0] not in MADE}
    numbers = json.dumps(learned)
    # A family that has a move alone needs an expression instead.
    lines = ("more = 'x y z'" if line.startswith("learned =") else line for line in pack_text.splitlines())
    own = "\n".join(line for line in lines if not line.startswith("sure ="))
    return f"{own}\n{family}[model]\nphrases = '''\n{phrases}'''\nnumbers = '''\n{numbers}'''\nmoves = '{moves}'\n"


def test_a_pack_with_learned_moves(pack_text: str) -> None:
    loaded = load(with_moves(pack_text, MOVES, FAMILY))
    assert loaded.moves is not None
    assert loaded.moves.names("C") == ("supervisor",)
    assert loaded.book.learned("C")[0].move == "supervisor"
    assert load(with_moves(pack_text, "", FAMILY)).moves is None
    shipped = (PACK_FILE.parent / "noticing.json").read_text("utf-8")
    with pytest.raises(PackError, match=r"^pack: noticing: 'does\.abuse' is weighed, but the moves know no 'abuse'"):
        load(
            re.sub(
                "numbers = '''.*?'''",
                lambda _: f"numbers = '''\n{shipped}'''",
                with_moves(pack_text, MOVES),
                flags=re.DOTALL,
            )
        )
    assert load(pack_text).moves is None


@pytest.mark.parametrize(
    ("moves", "family", "message"),
    [
        ("{", "", r"^pack: moves: the numbers cannot be read: "),
        (
            MOVES.replace('"above"', '"#nothing"'),
            "",
            r"^pack: moves: supervisor weighs '#nothing', but no family 'nothing'",
        ),
        (MOVES, FAMILY.replace("visor", "viser"), r"^pack: cue C\.own \(line \d+\): .*; did you mean supervisor\?$"),
        (MOVES, FAMILY.replace("0.7", "0.0"), r"^pack:\d+: \[customer\.own\]: sure must be above 0$"),
        (MOVES, FAMILY.replace("0.7", "nan"), r"^pack:\d+: \[customer\.own\]: sure must be above 0$"),
        ("", FAMILY.replace("0.7", "1.01"), r"^pack:\d+: \[customer\.own\]: sure must be at most 1$"),
    ],
)
def test_learned_moves_that_cannot_be(pack_text: str, moves: str, family: str, message: str) -> None:
    with pytest.raises(PackError, match=message):
        load(with_moves(pack_text, moves, family))


def test_a_text_that_names_what_is_missing_must_fit(pack_text: str) -> None:
    with pytest.raises(PackError, match=r"process\.disclosure .*characters"):
        load(changed(pack_text, 'label = "recording notice"', f'label = "{"x" * 60}"'))


def test_keys_laid_over_a_pack(pack_text: str) -> None:
    whole = laid_over(pack_text, 'rule = [{ id = "deesc.threat", title = "Mine" }]')
    assert next(rule.title for rule in load(whole).pack.rule if rule.id == "deesc.threat") == "Mine"


def test_each_scope_is_looked_at_before_a_call_needs_it(scoped: str) -> None:
    assert [loaded.pack.delivery.gap_s for loaded in load_all(scoped, "mine")] == [15, 5, 15]
    with pytest.raises(PackError, match=r"^mine:\d+: \[delivery\]: gap_s must be a number, not a text"):
        load_all(scoped.replace("gap_s = 5", 'gap_s = "5"'), "mine")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('[[rule]]\nid = "a"\n[[rule]]\nid = "b"\n[[rule]]\nid = "a"\n', "mine:6: rule a: stands twice"),
        ('[[checklist]]\nid = "a"\n[[checklist]]\nid = "a"\n', "mine:4: checklist a: stands twice"),
        ('[[scope]]\nrule = [{ id = "a" }, { id = "a" }]\n', "mine:1: rule a: stands twice"),
    ],
)
def test_what_one_file_says_twice(written: str, message: str) -> None:
    with pytest.raises(PackError, match=message):
        refuse_twice(tables(written, "mine"), "mine", written)


@pytest.mark.parametrize(
    "written",
    ['[[rule]]\nid = "a"\n[[scope]]\n[[scope.rule]]\nid = "a"\n', "rule = 3\nscope = [1]", "rule = [1, { id = [] }]"],
)
def test_what_is_no_rule_said_twice(written: str) -> None:
    refuse_twice(tables(written, "mine"), "mine", written)


@pytest.mark.parametrize(
    ("spec", "place"),
    [("say = ''", r"pack:\d+: "), ("say = '(a'", r"pack:\d+: "), ("say = '(?P<x>a)'\nmore = '(?P<x>b)'", "pack: ")],
)
def test_a_family_that_does_not_compile_is_named_by_its_line(pack_text: str, spec: str, place: str) -> None:
    text = pack_text.replace("\n[customer.", f"\n[customer.own]\n{spec}\n\n[customer.", 1)
    with pytest.raises(PackError, match=rf"^{place}cue C\.own: "):
        load(text)
    with pytest.raises(PackError, match=r"^pack: cue C\.own: "):
        load(text, written="x = 1")
