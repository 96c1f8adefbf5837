import json
from typing import Any

import pytest

from sidecar.evaluation.dialogues import maia_case, maia_talks, neutral_cases
from streams.errors import TranscriptError

TABLE = """doc_id,source_segment,pe_segment,translation_direction
d1,Bonjour,Hello,customer
d1,ca,"It is, broken",customer
d1,How awful,x,agent
d1,,,agent
d2,x,,customer
"""


def labels(**own: Any) -> str:
    return json.dumps(
        {"id": "d1", "tension": [[0, 1]], "openings": [], "wanted": [], "escalation": {}, "stratum": "rest", **own}
    )


def test_rows_of_one_side_are_one_turn() -> None:
    assert maia_talks(TABLE, "t.csv") == {
        "d1": [("customer", "Hello It is, broken"), ("agent", "How awful")],
        "d2": [],
    }


def test_a_labelled_dialogue() -> None:
    opening = {"n": 0, "strength": "strong", "outcome": "given", "why": "x", "answered_at": 1}
    case = maia_case(
        labels(openings=[opening], wanted=[{"n": 1, "kind": "good_move"}]), maia_talks(TABLE, "t.csv"), "l:1"
    )
    assert (case.id, case.timed, len(case.spans)) == ("d1", False, 2)
    assert case.labels.openings is not None
    assert (case.labels.openings[0].turn, case.labels.openings[0].outcome) == (0, "given")
    assert [want.rule for want in case.labels.wants] == ["praise.good_move"]
    assert case.labels.complete


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{}", "not labels of a dialogue"),
        (labels(id="d9"), "the table has no dialogue d9"),
        (labels(tension=[[5, 0]]), "there is no turn 5"),
    ],
)
def test_labels_that_do_not_fit(line: str, reason: str) -> None:
    with pytest.raises(TranscriptError, match=f"l:7: {reason}"):
        maia_case(line, maia_talks(TABLE, "t.csv"), "l:7")


def test_neutral_conversations_are_calm_and_must_stay_quiet() -> None:
    table = "conversationId\tturnNumber\tutterance\na\t0\thi there\na\t2\t\na\t4\tI want\nb\t0\t\nc\n"
    cases = list(neutral_cases(table, "t.tsv"))
    assert [case.id for case in cases] == ["a"]
    assert [span.started_ms for span in cases[0].spans] == [0, 8800]
    assert cases[0].labels.calm
    assert [ban.rule for ban in cases[0].labels.bans] == ["deesc.", "empathy."]


def test_another_table() -> None:
    with pytest.raises(TranscriptError, match=r"t\.csv:1: the table has no column doc_id, translation_direction"):
        maia_talks("source_segment,pe_segment\n", "t.csv")
    with pytest.raises(TranscriptError, match=r"t\.tsv:1: the table has no column"):
        list(neutral_cases("", "t.tsv"))


def test_a_field_that_never_ends() -> None:
    with pytest.raises(TranscriptError, match=r"t\.tsv:\d: not a table"):
        list(neutral_cases("conversationId\tutterance\na\t" + "x" * 200_000 + "\n", "t.tsv"))
