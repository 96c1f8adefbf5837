import json
from typing import Any

import pytest

from sidecar.evaluation.labelled_lines import read_line
from streams.errors import TranscriptError
from streams.script import LONGEST_MS

TURNS: list[dict[str, Any]] = [{"who": "C", "text": " it  broke "}, {"who": "A", "text": "oh no"}]


def line(**call: Any) -> str:
    return json.dumps({"id": "x", "turns": TURNS, **call})


def test_text_without_times() -> None:
    case = read_line(line(), "f:1")
    assert (case.id, case.timed) == ("x", False)
    assert [(span.channel, span.started_ms, span.ended_ms) for span in case.spans] == [
        ("customer", 0, 800),
        ("agent", 1400, 2200),
    ]
    assert case.script is not None
    assert (case.script.turns[0].text, case.script.name) == ("it broke", "f:1")


def test_text_with_times_and_all_labels() -> None:
    turns = [{**turn, "start_ms": place * 1000, "end_ms": place * 1000 + 900} for place, turn in enumerate(TURNS)]
    case = read_line(
        line(
            turns=turns,
            about="made up",
            tension=[[0, 1]],
            openings=[{"turn": 0, "strength": "weak", "outcome": "given"}],
            expect=[{"rule": "a.b", "from_ms": 5}],
            forbid=[{"rule": "c.", "to_ms": 9}],
            wanted=[{"n": 1, "kind": "threat"}],
            marks={"0": ["fix_failed", "leave"], "1": []},
        ),
        "f:1",
    )
    assert case.timed
    assert case.spans[1].started_ms == 1000
    labels = case.labels
    assert labels.tension == ((0, 1),)
    assert labels.openings is not None
    assert labels.openings[0].outcome == "given"
    assert [(want.rule, want.from_ms) for want in labels.wants] == [("a.b", 5), ("deesc.threat", 1000)]
    assert [(ban.rule, ban.from_ms, ban.to_ms) for ban in labels.bans] == [("c.", 0, 9)]
    assert labels.complete


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not a labelled call"),
        (line(opening=[]), "unknown field"),
        (line(turns=[]), "there is no turn in it"),
        (line(turns=[{"who": "Z", "text": "a"}]), "turn 0: who 'Z' is neither side"),
        (line(turns=[{"who": "A", "text": " "}]), "turn 0: there are no words"),
        (line(turns=[TURNS[0], {"who": "A", "text": "a", "start_ms": 1, "end_ms": 2}]), "turn 0: has no start_ms"),
        (line(turns=[{"who": "A", "text": "a", "start_ms": 1}]), "turn 0: has no start_ms and end_ms"),
        (line(turns=[{"who": "A", "text": "a", "start_ms": 2, "end_ms": 2}]), "turn 0: must end after its start"),
        (line(turns=[{"who": "A", "text": "a", "start_ms": 0, "end_ms": LONGEST_MS + 1}]), "turn 0: must end after"),
        (
            line(turns=[{**TURNS[0], "start_ms": 5, "end_ms": 9}, {**TURNS[1], "start_ms": 4, "end_ms": 9}]),
            r"turn 1 starts at 4 ms, before turn 0 \(5 ms\); order turns",
        ),
        (
            line(expect=[{"rule": "a."}, {"rule": "a.b", "from_ms": 9, "to_ms": 8}]),
            "expect 1: from_ms .* it has 9 to 8",
        ),
        (line(forbid=[{"from_ms": -1}]), "forbid 0: from_ms must not"),
        (line(tension=[[7, 0]]), "there is no turn 7"),
        (line(marks={"2": ["leave"]}), "marks: there is no turn 2; the last one is 1"),
        (line(marks={"-1": ["leave"]}), "marks: there is no turn -1"),
        (line(marks={"first": ["leave"]}), "not a labelled call: Expected `int`.*`key` in `..marks`"),
        (line(marks={"0": [1]}), "not a labelled call: Expected `str`, got `int`.*marks"),
        ("[" * 5000, "not a labelled call"),
    ],
)
def test_lines_that_are_none(text: str, reason: str) -> None:
    with pytest.raises(TranscriptError, match=f"f:3: .*{reason}"):
        read_line(text, "f:3")


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(TranscriptError, match="f:3"):
        read_line(b'{"id": "\xff"}', "f:3")
