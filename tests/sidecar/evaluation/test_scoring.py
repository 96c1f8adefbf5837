import pytest

from sidecar.evaluation.labels import Ban, Case, Labels, Opening, Want
from sidecar.evaluation.scoring import SeenOnset, SeenOpening, fits, score, unknown
from streams.transcript import read_transcript
from tests.sidecar.evaluation.scores import case, heat, nudge, opening, resolved


@pytest.mark.parametrize(
    ("pattern", "rule", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.bc", False),
        ("a.", "a.b", True),
        ("a", "a.b", False),
        ("", "a.b", True),
    ],
)
def test_patterns(pattern: str, rule: str, *, expected: bool) -> None:
    assert fits(pattern, rule) is expected


def test_labels_that_name_no_rule() -> None:
    labels = Labels(
        wants=(Want(rule="a.b"), Want(rule="a."), Want(rule="a.c")), bans=(Ban(), Ban(rule="b"), Ban(rule="a.c"))
    )
    told = "; `sidecar rules list` names them, and a family ends in a dot"
    script = read_transcript("0-4 customer  hello\n=> not a.c\n=> a.c\n", "x.call")
    bare = Case(id="x", spans=(), labels=labels)
    assert unknown(bare, ["a.b"]) == [f"x: no rule a.c{told}", f"x: no rule b{told}"]
    scripted = Case(id="x", spans=(), labels=labels, script=script)
    assert unknown(scripted, ["a.b", "b"]) == [f"x.call:2: no rule a.c{told}"]


def test_a_nudge_that_was_wanted_and_done() -> None:
    labels = Labels(wants=(Want(rule="a.b", from_ms=100, to_ms=3000),), complete=True)
    found = score(case(labels), [nudge("a.b", 1000), resolved("a.b", 1500, "done")])
    assert [(each.verdict, each.withdrawn) for each in found.nudges] == [("wanted", True)]
    assert [(each.met, each.lead_ms) for each in found.wants] == [(True, 2000)]
    assert found.judged


def test_the_lead_ends_with_the_call() -> None:
    found = score(case(Labels(wants=(Want(rule="a.b"),)), turns=1), [nudge("a.b", 600)])
    assert found.wants[0].lead_ms == 1000
    found = score(case(Labels(wants=(Want(rule="a.b"),)), turns=1), [nudge("a.b", 1700)])
    assert found.wants[0].lead_ms == 0


def test_a_call_of_nothing() -> None:
    found = score(Case(id="x", spans=(), labels=Labels(wants=(Want(rule="a.b", to_ms=9),))), [nudge("a.b", 2)])
    assert found.wants[0].lead_ms == 7


@pytest.mark.parametrize(
    "want",
    [
        Want(rule="a.b", from_ms=2000),
        Want(rule="a.b", to_ms=500),
        Want(rule="a.b", severity="critical"),
        Want(rule="a.c", also=("b.",)),
    ],
)
def test_a_nudge_that_is_not_the_wanted_one(want: Want) -> None:
    found = score(case(Labels(wants=(want,), complete=True)), [nudge("a.b", 1000), resolved("a.b", 1500, "expired")])
    assert [(each.verdict, each.withdrawn) for each in found.nudges] == [("unwanted", False)]
    assert [(each.met, each.lead_ms) for each in found.wants] == [(False, None)]


def test_another_rule_that_would_do() -> None:
    labels = Labels(wants=(Want(rule="a.c", also=("a.",)), Want(rule="a.d", required=False)), complete=True)
    found = score(case(labels), [nudge("a.b", 1000)])
    assert [each.verdict for each in found.nudges] == ["wanted"]
    assert [each.rule for each in found.wants] == ["a.c"]


def test_what_no_label_speaks_of_is_not_judged() -> None:
    found = score(case(), [nudge("a.b", 1000)])
    assert (found.nudges[0].verdict, found.judged) == ("unjudged", False)


def test_what_is_banned_is_wrong_whatever_else_is_wanted() -> None:
    labels = Labels(wants=(Want(rule="a.b"),), bans=(Ban(rule="a.", from_ms=500, to_ms=1500),))
    found = score(case(labels), [nudge("a.b", 400), nudge("a.b", 1000), nudge("a.b", 1600), nudge("c.d", 1000)])
    assert [each.verdict for each in found.nudges] == ["wanted", "unwanted", "wanted", "unjudged"]


def test_openings_by_turn() -> None:
    labels = Labels(openings=(Opening(0, "weak", "given"), Opening(4, "strong", "missed")))
    said = [
        opening("open", 100),
        opening("bare", 2000),
        opening("given", 4000),
        opening("open", 6 * 2200 + 1, "o2"),
        nudge("a.b", 1),
    ]
    assert score(case(labels), said).openings == (
        SeenOpening(turn=0, at_ms=0, strength="weak", outcome="given", said="given"),
        SeenOpening(turn=4, at_ms=8800, strength="strong", outcome="missed", said=None),
        SeenOpening(turn=6, at_ms=13200, strength=None, outcome=None, said="open"),
    )


def test_an_opening_that_goes_on_over_turns() -> None:
    said = [
        opening("open", 100),
        opening("open", 200),
        opening("bare", 2300),
        opening("open", 4500),
        opening("given", 7000),
        opening("missed", 9000),
    ]
    found = score(case(Labels(openings=())), said).openings
    assert [(each.turn, each.said) for each in found or ()] == [(0, "given"), (2, "given")]


def test_a_turn_noticed_twice_counts_once() -> None:
    said = [opening("open", 100), opening("given", 150), opening("open", 200, "o2"), opening("missed", 9000, "o2")]
    found = score(case(Labels(openings=())), said).openings
    assert [(each.turn, each.said) for each in found or ()] == [(0, "given")]


def test_words_before_any_turn_are_no_opening() -> None:
    assert score(case(Labels(openings=())), [opening("open", -5)]).openings == ()
    assert score(case(), [opening("open", 100)]).openings is None


def test_an_escalation_announced_in_time() -> None:
    labels = Labels(tension=((0, 0), (4, 2)))
    found = score(case(labels), [nudge("deesc.threat", 10_700), nudge("a.b", 1), heat(8800, "calm"), heat(0, "watch")])
    assert found.onsets == (
        SeenOnset(announcer="nudge", escalates=True, lead_ms=-300, false=False),
        SeenOnset(announcer="heat", escalates=True, lead_ms=10_400, false=False),
    )


def test_an_escalation_announced_too_early_or_too_late() -> None:
    labels = Labels(tension=((4, 2),))
    assert score(case(labels, turns=14), [nudge("deesc.threat", 10 * 2200 + 1)]).onsets[0] == SeenOnset(
        announcer="nudge", escalates=True, lead_ms=None, false=False
    )
    late = Labels(tension=((8, 2),))
    assert score(case(late, turns=14), [heat(100, "hot")]).onsets[1] == SeenOnset(
        announcer="heat", escalates=True, lead_ms=None, false=True
    )


def test_a_calm_call_and_false_alarms() -> None:
    labels = Labels(tension=((0, 1),))
    quiet, false = score(case(labels), []), score(case(labels), [heat(0, "watch")])
    assert [(each.lead_ms, each.false) for each in quiet.onsets] == [(None, False), (None, False)]
    assert [(each.escalates, each.false) for each in false.onsets] == [(False, False), (False, True)]
    assert quiet.calm
    assert score(case(), []).onsets == ()


@pytest.mark.parametrize(("rule", "false"), [("deesc.inflaming_words", False), ("deesc.threat", True)])
def test_what_a_label_asks_for_in_a_calm_call_is_no_false_alarm(rule: str, false: bool) -> None:
    labels = Labels(tension=((0, 0), (2, 0)), wants=(Want(rule="deesc.inflaming_words"),), complete=True)
    assert score(case(labels), [nudge(rule, 5000)]).onsets[0].false is false


def test_expectations_go_along() -> None:
    found = score(case(), [], expectations=2, unmet=("x:1: y",))
    assert (found.expectations, found.unmet) == (2, ("x:1: y",))
