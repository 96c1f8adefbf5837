import json
from pathlib import Path

import pytest

from sidecar.evaluation.labels import Case
from sidecar.evaluation.sources import Found, find
from sidecar.journal import Journal
from streams.errors import InputError, TranscriptError
from streams.events import CallContext, CallEnded, CallStarted, Utterance

CALL = """@ id: pretty
0-4 customer  hello there
=> a.b warn within 0-3
=> resolved c.d done
=> not e.
=> not f.g
=> none
"""
LINE = json.dumps({"id": "x", "turns": [{"who": "C", "text": "hello"}]})


def journal(folder: Path, *, text: bool = True) -> Path:
    folder.mkdir()
    with Journal(folder, text=text) as kept:
        kept.write(CallContext(call_id="j", at_ms=0))
        kept.write(CallStarted(call_id="j", at_ms=0))
        said = {"channel": "agent", "utterance": 0, "started_ms": 10, "ended_ms": 90, "text": "hi"}
        kept.write(Utterance(call_id="j", at_ms=95, **said))  # type: ignore[arg-type]
        kept.write(CallEnded(call_id="j", at_ms=100))
    return folder


def all_of(*paths: Path) -> list[Found]:
    return list(find(paths))


def case(found: Found) -> Case:
    assert isinstance(found, Case), found
    return found


def test_a_call_file(tmp_path: Path) -> None:
    file = tmp_path / "one.call"
    file.write_text(CALL, "utf-8")
    (found,) = all_of(file)
    labels = case(found).labels
    assert (case(found).id, case(found).talk_ms, case(found).timed) == ("pretty", 4000, True)
    assert [(want.rule, want.severity, want.from_ms, want.to_ms, want.required) for want in labels.wants[:1]] == [
        ("a.b", "warn", 0, 3000, True)
    ]
    assert (labels.wants[1].rule, labels.wants[1].required) == ("c.d", False)
    assert [ban.rule for ban in labels.bans] == ["e.", "f.g", ""]
    assert not labels.complete


def test_labelled_lines_and_bad_ones(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text(f"{LINE}\n\n{{\n{LINE}\n", "utf-8")
    first, bad, last = all_of(file)
    assert (case(first).id, case(last).id) == ("x", "x")
    assert isinstance(bad, TranscriptError)
    assert str(bad).startswith(f"{file}:3: not a labelled call")


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text("\n \n", "utf-8")
    assert [str(found) for found in find([path])] == [
        f"{path}: there is nothing in it; write a labelled call as JSON on each line"
    ]


def test_journals(tmp_path: Path) -> None:
    folder = journal(tmp_path / "a")
    for path in (folder, folder / "events.jsonl"):
        (found,) = all_of(path)
        assert case(found).kept is not None
        assert (case(found).id, case(found).talk_ms) == ("j", 80)
    (found,) = all_of(journal(tmp_path / "b", text=False))
    assert isinstance(found, TranscriptError)
    assert "was kept without text" in str(found)


def test_dialogues_with_labels(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "doc_id,source_segment,pe_segment,translation_direction\nd,x,hello,customer\n", "utf-8"
    )
    labels = json.dumps({"id": "d", "tension": [[0, 0]], "openings": [], "wanted": []})
    (tmp_path / "labels.jsonl").write_text(f"{labels}\n\n{{}}\n", "utf-8")
    found, bad = all_of(tmp_path)
    assert case(found).id == "d"
    assert "labels.jsonl:3: " in str(bad)


def test_neutral_tables(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("conversationId\tutterance\nc\thello\n", "utf-8")
    assert [case(found).id for found in all_of(tmp_path)] == ["c"]


def test_a_folder_of_everything(tmp_path: Path) -> None:
    (tmp_path / "b.call").write_text("0-1 customer  hello\n", "utf-8")
    (tmp_path / "a.jsonl").write_text(LINE, "utf-8")
    (tmp_path / "notes.txt").write_text("no", "utf-8")
    journal(tmp_path / "c")
    assert [case(found).id for found in all_of(tmp_path)] == ["x", "b", "j"]


def test_a_bad_call_file_is_told_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.call").write_text("what\n", "utf-8")
    (tmp_path / "b.call").write_bytes(b"\xff")
    first, second = all_of(tmp_path)
    assert "a.call:1: " in str(first)
    assert "b.call: not UTF-8 text" in str(second)


def test_what_cannot_be_evaluated(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"")
    with pytest.raises(InputError, match="nothing to evaluate in it"):
        all_of(tmp_path)
    with pytest.raises(InputError, match="not known here"):
        all_of(tmp_path / "x.wav")
    (found,) = all_of(tmp_path / "gone.call")
    assert "cannot read" in str(found)
