"""What a rule names; that mistakes are refused with their place is tested where packs are loaded."""

import pytest

from nudges.cues import CueBook, CueSpec
from nudges.noticing import Head, Numbers, Thresholds
from nudges.packcheck import check, check_moves, check_weighed, conditions_of, cues_of
from nudges.rulepack import Pack, Rule
from nudges.situation import Condition
from nudges.triggers import AnsweredWell, Heard, ReplyLacks
from streams.errors import PackError
from tests.nudges.moving import families, moves

RULE = Rule(
    id="own.one",
    family="own",
    severity="info",
    title="One",
    text="One thing.",
    when=(
        Heard(cues=("C.a",), only_if=(Condition(heard=("C.b",)),), unless=(Condition(unheard=("C.c",)),)),
        AnsweredWell(strength=("weak",), moves=("A.d",)),
        ReplyLacks(words=1, turns=1, cues=("A.e",), lacks=("A.f",)),
    ),
    unless=(Condition(call_s=1),),
    done=(Condition(heard_all=("A.g",)),),
    gone=(Condition(call_s=2),),
    defer=(Condition(call_s=3),),
)


def test_every_family_that_a_rule_names() -> None:
    assert sorted(cues_of(RULE)) == ["A.d", "A.e", "A.f", "A.g", "C.a", "C.b", "C.c"]


def test_every_condition_that_a_rule_states() -> None:
    assert len(conditions_of(RULE)) == 6


def test_the_default_pack_is_in_order_and_this_rule_would_not_be(pack: Pack, book: CueBook, pack_text: str) -> None:
    check(pack, book, pack_text)
    with pytest.raises(PackError, match=r"rule own\.one \(of the pack that this one extends\): no cue family"):
        check(Pack(**{name: getattr(pack, name) for name in pack.__struct_fields__} | {"rule": (RULE,)}), book, "")


def test_families_name_moves_of_their_own_side() -> None:
    check_moves(families(), moves(), "")
    check_moves(families(learned=""), moves(), "")
    with pytest.raises(PackError, match=r"^cue C\.boss: no learned move 'warm'; known: supervisor$"):
        check_moves(families(learned="warm"), moves(), "")
    with pytest.raises(PackError, match=r"^cue A\.kind: no learned move 'worm'; did you mean warm\?$"):
        check_moves(CueBook({}, {"kind": CueSpec(say="kind", learned="worm")}), moves(), "")


def numbers(head: str, feature: str) -> Numbers:
    heads = {name: Head(0.0, {feature: 1.0} if name == head else {}, {}) for name in Numbers.__struct_fields__[2:]}
    limits = Thresholds(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    return Numbers("by hand", limits, **heads)


@pytest.mark.parametrize(
    ("head", "feature"),
    [
        ("opening", "does.supervisor"),
        ("strong", "answers.warm"),
        ("tension", "after.warm"),
        ("given", "does.warm"),
        ("answered", "reply.sorry"),
    ],
)
def test_moves_that_are_weighed_are_known(head: str, feature: str) -> None:
    check_weighed(numbers(head, feature), moves())


@pytest.mark.parametrize(
    ("head", "feature", "whose"),
    [
        ("opening", "does.warm", "customer"),
        ("strong", "answers.supervisor", "agent"),
        ("tension", "after.cold", "agent"),
        ("given", "does.supervisor", "agent"),
        ("answered", "does.cold", "agent"),
    ],
)
def test_a_move_that_was_not_learned_with_the_numbers(head: str, feature: str, whose: str) -> None:
    move = feature.partition(".")[2]
    with pytest.raises(
        PackError, match=rf"^noticing: '{feature}' is weighed, but the moves know no '{move}' of the {whose};"
    ):
        check_weighed(numbers(head, feature), moves())


@pytest.mark.parametrize(
    ("written", "line"),
    [("[customer.boss]\nsay = 'a'\nlearned = 'warm'", 3), ("x = 1\n[scope.customer]\nboss = { learned = 'warm' }", 3)],
)
def test_a_move_that_is_none_is_named_by_its_line(written: str, line: int) -> None:
    with pytest.raises(PackError, match=rf"^cue C\.boss \(line {line}\): no learned move"):
        check_moves(families(learned="warm"), moves(), written)
