import re

import pytest

from sidecar.evaluation.labels import Ban, Opening, Want
from sidecar.evaluation.wants import KINDS, labels_of, onset_window
from streams.errors import TranscriptError
from streams.script import LONGEST_MS
from tests.sidecar.evaluation.scores import case

SPANS = case().spans


def test_every_kind_names_rules() -> None:
    for rule, also in KINDS.values():
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", rule)
        assert all(re.fullmatch(r"[a-z]+\.[a-z_]*", other) for other in also)


def test_nothing_is_judged_where_nobody_looked() -> None:
    labels = labels_of(SPANS, "f:1")
    assert (labels.tension, labels.openings, labels.wants, labels.complete) == (None, None, (), False)


def test_a_wanted_moment_lasts_three_turns() -> None:
    labels = labels_of(SPANS, "f:1", moments=[(2, "threat"), (10, "close_well")])
    assert labels.complete
    assert [(want.rule, want.from_ms, want.to_ms, want.required) for want in labels.wants] == [
        ("deesc.threat", SPANS[2].started_ms, SPANS[5].started_ms, True),
        ("process.close_well", SPANS[10].started_ms, LONGEST_MS, True),
    ]


def test_what_the_other_labels_make_fair() -> None:
    labels = labels_of(
        SPANS,
        "f:1",
        tension=((0, 1), (4, 2)),
        openings=(Opening(0, "weak", "missed"), Opening(2, "weak", "given")),
    )
    assert not labels.complete
    assert [(want.also, want.from_ms, want.to_ms, want.required) for want in labels.wants] == [
        (("empathy.",), 0, SPANS[4].started_ms, False),
        (("deesc.",), 0, SPANS[10].started_ms, False),
    ]


def test_what_was_expected_and_forbidden_is_kept() -> None:
    labels = labels_of(SPANS, "f:1", expected=[Want(rule="a.b")], bans=[Ban(rule="c.")])
    assert (labels.wants, labels.bans, labels.complete) == ((Want(rule="a.b"),), (Ban(rule="c."),), True)


def test_the_window_of_an_onset() -> None:
    assert onset_window(SPANS, 4) == (0, SPANS[10].started_ms)
    assert onset_window(SPANS, 6) == (SPANS[2].started_ms, LONGEST_MS)


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({"tension": ((12, 0),)}, "there is no turn 12; the last one is 11"),
        ({"tension": ((-2, 0),)}, "there is no turn -2"),
        ({"tension": ((0, 4),)}, "turn 0 has tension 4"),
        ({"tension": ((1, 0),)}, "turn 1 is the agent's"),
        ({"openings": (Opening(3, "weak", "given"),)}, "turn 3 is the agent's"),
        ({"moments": [(99, "threat")]}, "there is no turn 99"),
        ({"moments": [(1, "joy")]}, "no kind 'joy'"),
    ],
)
def test_labels_that_do_not_fit(labels: dict[str, object], reason: str) -> None:
    with pytest.raises(TranscriptError, match=f"f:1: {reason}"):
        labels_of(SPANS, "f:1", **labels)  # type: ignore[arg-type]
