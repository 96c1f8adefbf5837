from sidecar.evaluation.report import figures
from sidecar.evaluation.scoring import SeenOnset, SeenOpening, SeenWant
from tests.sidecar.evaluation.scores import scored, seen


def test_rules_and_families() -> None:
    wants = (SeenWant(rule="a.b", from_ms=0, met=True, lead_ms=3000), SeenWant(rule="e.f", from_ms=0, met=False))
    found = figures("all", [scored(nudges=(seen("a.b"), seen("a.b", verdict="unwanted")), wants=wants), scored("b")])
    assert [rule.rule for rule in found.rules] == ["all", "a.", "a.b", "e.", "e.f"]
    rule = found.rules[2]
    assert (rule.shown, rule.right, rule.wrong, rule.unjudged, rule.required, rule.met) == (2, 1, 1, 0, 1, 1)
    assert (rule.precision.value, rule.recall.value, rule.f1.value) == (0.5, 1.0, 0.6667)
    assert (rule.lead_ms, rule.false_alarms_per_hour.value, rule.per_call.value) == (3000, 0.5, 1.0)
    assert (rule.withdrawn.value, found.rules[4].precision.value, found.rules[4].lead_ms) == (0.0, None, None)
    assert (found.wanted_met.value, found.unwanted_share.value, found.nudges_per_call.value) == (0.5, 0.5, 1.0)
    assert (found.calls, found.talk_hours, found.openings, found.onsets) == (2, 2.0, None, ())


def test_calm_calls() -> None:
    calm = scored(calm=True, nudges=(seen("deesc.x", verdict="unwanted"),))
    found = figures("all", [calm, scored("b", calm=True), scored("c", nudges=(seen("deesc.x"),))])
    assert found.calm_calls_with_family["deesc."].value == 0.5
    assert found.calm_alarms_per_hour.value == 0.5


def test_openings() -> None:
    openings = (
        SeenOpening(turn=0, at_ms=0, strength="strong", outcome="given", said="bare"),
        SeenOpening(turn=2, at_ms=0, strength="weak", outcome="missed"),
        SeenOpening(turn=4, at_ms=0, said="missed"),
    )
    found = figures("all", [scored(openings=openings), scored("b")]).openings
    assert found is not None
    assert (found.labelled, found.said, found.found) == (2, 2, 1)
    assert (found.precision.value, found.recall.value, found.f1.value, found.recall_of_strong.value) == (
        0.5,
        0.5,
        0.5,
        1,
    )
    assert (found.outcome_right.value, found.always_missed.value) == (0.0, 0.0)
    assert found.confusion["given"] == {"given": 0, "bare": 1, "missed": 0, "not_needed": 0, "open": 0}
    assert sum(sum(row.values()) for row in found.confusion.values()) == 1


def test_escalations() -> None:
    def onsets(lead_ms: int | None, *, false: bool) -> tuple[SeenOnset, ...]:
        return tuple(
            SeenOnset(announcer=announcer, escalates=lead_ms is not None, lead_ms=lead_ms, false=false)  # type: ignore[arg-type]
            for announcer in ("nudge", "heat")
        )

    scores = [scored("a", onsets=onsets(500, false=True)), scored("b", calm=True, onsets=onsets(None, false=True))]
    by_nudge, by_heat = figures("all", scores).onsets
    assert (by_nudge.announcer, by_heat.announcer) == ("nudge", "heat")
    assert (by_nudge.escalating, by_nudge.calm, by_nudge.lead_ms) == (1, 1, 500)
    assert (by_nudge.recall.value, by_nudge.false_in_calm.value, by_nudge.early.value) == (1, 1, 1)


def test_of_no_calls() -> None:
    found = figures("sealed", [])
    assert (found.calls, [rule.rule for rule in found.rules]) == (0, ["all"])
    assert found.nudges_per_call.value is None
