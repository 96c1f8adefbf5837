import json
from pathlib import Path
from typing import Any

import pytest

from sidecar.evaluation.labelled_lines import read_line
from sidecar.training.moves import SHIPPED
from sidecar.training.talks import SAME, Row, read_rows
from streams.errors import InputError

CORPUS = Path(__file__).parents[3] / "tests" / "corpus"
TALK = {
    "id": "one-1",
    "turns": [
        {"who": "A", "text": "Hello, what's wrong?"},
        {"who": "C", "text": "My heating engine failed!"},
        {"who": "C", "text": "Again."},
        {"who": "A", "text": "Turn the heating engine off."},
        {"who": "C", "text": "I want a manager."},
    ],
    "marks": {"0": ["greet"], "4": ["supervisor"]},
}
CUSTOMER = {"before": "Yes?", "text": "Your manager, now!", "cues": ["supervisor_request", "emotion"]}
AGENT = {"customer": "It broke!", "agent": "I'll fix it.", "moves": ["ownership", "promise"]}


def write(path: Path, *lines: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n\n" for line in lines), "utf-8")


@pytest.fixture
def rows(tmp_path: Path) -> list[Row]:
    write(tmp_path / "talks" / "shop.chat.jsonl", TALK, {**TALK, "id": "two-1"})
    write(tmp_path / "bank.customer.jsonl", CUSTOMER, {"before": "", "text": "no cues were labelled here"})
    write(tmp_path / "bank.more.customer.jsonl", CUSTOMER)
    write(tmp_path / "bank.more.agent.jsonl", AGENT)
    return read_rows(tmp_path, lambda talk: talk.startswith("one-"))


@pytest.fixture
def turns(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not row.joined]


def test_turns_stand_in_what_was_said_before(turns: list[Row]) -> None:
    asked = turns[4]
    assert (asked.side, asked.text, asked.marks, asked.group) == ("C", "I want a manager.", {"supervisor"}, "shop")
    assert asked.setting.before == "Turn the heating engine off."
    assert asked.setting.earlier == ({"heating", "engine", "failed"}, {"again"})
    assert (turns[0].setting.before, turns[0].setting.earlier, turns[0].marks) == ("", (), {"greet"})
    assert turns[2].setting.before == "Hello, what's wrong?"


def test_turns_come_as_written_and_bare(turns: list[Row]) -> None:
    assert [row.text for row in turns[5:7]] == ["hello what's wrong", "my heating engine failed"]
    assert turns[6].setting.before == "hello what's wrong"
    assert [row.marks for row in turns[5:10]] == [row.marks for row in turns[:5]]


def test_short_turns_of_a_side_come_in_twos_as_well(rows: list[Row]) -> None:
    twos = [(row.text, set(row.marks), row.setting.before) for row in rows if row.joined and row.text[0].isupper()]
    assert twos == [
        ("My heating engine failed! Again.", set(), "Hello, what's wrong?"),
        ("Hello, what's wrong? Turn the heating engine off.", {"greet"}, ""),
        ("Again. I want a manager.", {"supervisor"}, "Hello, what's wrong?"),
    ]


def test_long_turns_are_not_joined(tmp_path: Path) -> None:
    long = {"who": "A", "text": "so it goes on " * 6}
    write(tmp_path / "talks" / "shop.chat.jsonl", {"id": "x", "turns": [long, long], "marks": {}})
    assert not any(row.joined for row in read_rows(tmp_path))


def test_talks_that_are_not_kept_are_left_out(rows: list[Row]) -> None:
    assert {row.talk for row in rows if row.talk} == {"one-1"}


def test_single_lines_count_half_and_only_for_what_means_the_same(rows: list[Row]) -> None:
    lines = [row for row in rows if not row.talk]
    assert [(row.text, row.setting.before, set(row.marks)) for row in lines] == [
        ("Your manager, now!", "Yes?", {"supervisor"}),
        ("your manager now", "yes", {"supervisor"}),
        ("I'll fix it.", "It broke!", {"own"}),
        ("i'll fix it", "it broke", {"own"}),
    ]
    assert {row.importance for row in lines} == {rows[0].importance / 2}


def test_a_folder_without_talks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no marked talks"):
        read_rows(tmp_path)


def test_the_talks_of_the_corpus_are_marked_in_full() -> None:
    marks: set[str] = set()
    for path in sorted((CORPUS / "talks").glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            case = read_line(line, f"{path.name}:{number}")
            talk = json.loads(line)
            assert talk["marks"], case.id
            marks |= {
                f"{talk['turns'][int(turn)]['who']}.{name}" for turn, done in talk["marks"].items() for name in done
            }
    assert marks >= {f"{side}.{mark}" for side, names in SHIPPED.items() for mark in (*names, *SAME[side])}
    described = (CORPUS / "README.md").read_text("utf-8")
    assert not [mark for mark in sorted(marks) if f"`{mark[2:]}`" not in described]
