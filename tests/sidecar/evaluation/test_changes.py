from sidecar.evaluation.changes import changes
from sidecar.evaluation.scoring import SeenOnset, SeenOpening
from tests.sidecar.evaluation.scores import scored, seen


def test_two_packs_that_say_the_same() -> None:
    before, after = scored(nudges=(seen("a.b", 1000),)), scored(nudges=(seen("a.b", 5000),))
    assert changes([(before, after)]) == ()


def test_nudges_that_come_and_go() -> None:
    before = scored(nudges=(seen("a.b", 61_000), seen("a.b", 0, "unwanted"), seen("c.d", 0, "unjudged")))
    after = scored(nudges=(seen("a.c", 0, "unwanted"), seen("a.b", 0, "unwanted")))
    (change,) = changes([(before, after)])
    assert change.lines == (
        "+ 00:00 a.c warn (unwanted)",
        "- 01:01 a.b warn (wanted)",
        "- 00:00 c.d warn (unjudged)",
    )
    assert (change.better, change.worse) == (0, 2)


def test_openings() -> None:
    def opening(turn: int, said: str | None, outcome: str | None) -> SeenOpening:
        strength = "weak" if outcome else None
        return SeenOpening(turn=turn, at_ms=turn * 1000, strength=strength, outcome=outcome, said=said)  # type: ignore[arg-type]

    before = scored(openings=(opening(0, None, "given"), opening(2, "missed", "given"), opening(4, "missed", None)))
    after = scored(openings=(opening(0, "given", "given"), opening(2, "missed", "given"), opening(6, "open", None)))
    (change,) = changes([(before, after)])
    assert change.lines == (
        "~ 00:00 opening not noticed -> given (labelled given)",
        "~ 00:04 opening missed -> not noticed (labelled none)",
        "~ 00:06 opening not noticed -> open (labelled none)",
    )
    assert (change.better, change.worse) == (2, 1)


def test_escalations() -> None:
    def onset(lead_ms: int | None, *, escalates: bool = True, false: bool = False) -> SeenOnset:
        return SeenOnset(announcer="nudge", escalates=escalates, lead_ms=lead_ms, false=false)

    pairs = [
        (scored("a", onsets=(onset(None),)), scored("a", onsets=(onset(5),))),
        (
            scored("b", onsets=(onset(None, escalates=False),)),
            scored("b", onsets=(onset(None, escalates=False, false=True),)),
        ),
        (scored("c", onsets=(onset(5),)), scored("c", onsets=(onset(9),))),
        (scored("d", onsets=(onset(5),)), scored("d", onsets=(onset(5, false=True),))),
    ]
    assert [(change.id, change.lines, change.better, change.worse) for change in changes(pairs)] == [
        ("a", ("~ escalation by nudge: not announced -> announced",), 1, 0),
        ("b", ("~ escalation by nudge: quiet -> false alarm",), 0, 1),
        ("d", ("~ escalation by nudge: announced -> announced, false alarm",), 0, 1),
    ]


def test_expectations() -> None:
    (change,) = changes([(scored(unmet=("one", "two")), scored(unmet=("two", "three")))])
    assert change.lines == ("! no longer met: three", "! now met: one")
    assert (change.better, change.worse) == (1, 1)


def test_what_changed_most_comes_first() -> None:
    few, many = scored("a", nudges=(seen("a.b"),)), scored("b", nudges=(seen("a.b"), seen("c.d")))
    assert [change.id for change in changes([(scored("a"), few), (scored("b"), many)])] == ["b", "a"]
