from sidecar.evaluation.counters import counters, family
from sidecar.evaluation.scoring import SeenOnset, SeenOpening, SeenWant
from tests.sidecar.evaluation.scores import scored, seen


def test_families() -> None:
    assert family("deesc.threat") == "deesc."


def test_hours() -> None:
    found = counters(scored(judged=False, complete=False, calm=True))
    assert (found["talk_h"], found["judged_h"], found["calm_h"], found["calm"]) == (1, 0, 0, 1)
    found = counters(scored(calm=True))
    assert (found["judged_h"], found["calm_h"], found["calls"]) == (1, 1, 1)


def test_nudges_by_rule_family_and_all() -> None:
    found = counters(scored(nudges=(seen("a.b", withdrawn=True), seen("a.c", verdict="unwanted"))))
    assert (found["a.b shown"], found["a. shown"], found["all shown"]) == (1, 2, 2)
    assert (found["a.b wanted"], found["a. unwanted"], found["all wanted"]) == (1, 1, 1)
    assert (found["a. withdrawn"], found["a.c withdrawn"]) == (1, 0)
    assert found["calm a."] == 0


def test_loud_unwanted_nudges_in_calm_calls() -> None:
    nudges = (
        seen("a.b", verdict="unwanted"),
        seen("a.b", verdict="unwanted", severity="info"),
        seen("a.b"),
        seen("a.b", verdict="unjudged", severity="critical"),
    )
    assert counters(scored(nudges=nudges, calm=True))["calm alarms"] == 1
    assert counters(scored(nudges=nudges, calm=True))["calm a."] == 1
    assert counters(scored(nudges=nudges))["calm alarms"] == 0
    # Where only some nudges are forbidden, those that nobody judged would thin the rate out.
    some = counters(scored(nudges=nudges, calm=True, complete=False))
    assert (some["calm alarms"], some["calm_h"], some["judged_h"]) == (0, 0, 1)


def test_wants() -> None:
    wants = (SeenWant(rule="a.b", from_ms=0, met=True, lead_ms=5), SeenWant(rule="a.c", from_ms=0, met=False))
    found = counters(scored(wants=wants))
    assert (found["all required"], found["a. required"], found["a.c required"]) == (2, 2, 1)
    assert (found["all met"], found["a.b met"], found["a.c met"]) == (1, 1, 0)


def test_openings() -> None:
    openings = (
        SeenOpening(turn=0, at_ms=0, strength="strong", outcome="given", said="given"),
        SeenOpening(turn=1, at_ms=0, strength="strong", outcome="missed", said=None),
        SeenOpening(turn=2, at_ms=0, strength="weak", outcome="missed", said="bare"),
        SeenOpening(turn=3, at_ms=0, strength="weak", outcome="none_due", said="not_needed"),
        SeenOpening(turn=4, at_ms=0, said="missed"),
    )
    found = counters(scored(openings=openings))
    kinds = ("labelled", "said", "found", "strong", "strong found", "judged", "outcome right", "outcome missed")
    assert [found[f"openings {kind}"] for kind in kinds] == [4, 4, 3, 2, 1, 2, 1, 1]


def test_onsets() -> None:
    onsets = (
        SeenOnset(announcer="nudge", escalates=True, lead_ms=4, false=True),
        SeenOnset(announcer="heat", escalates=False, lead_ms=None, false=True),
    )
    found = counters(scored(onsets=onsets))
    assert (found["nudge rising"], found["nudge rising false"], found["nudge met"]) == (1, 1, 1)
    assert (found["heat calm"], found["heat calm false"], found["heat met"]) == (1, 1, 0)


def test_expectations() -> None:
    found = counters(scored(expectations=3, unmet=("x",)))
    assert (found["expectations"], found["expectations met"]) == (3, 2)
