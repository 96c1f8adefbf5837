from pathlib import Path

from sidecar.thumbs import FILE_NAME, ThumbKeeper, Thumbs
from streams.events import CallEnded, CallSummary, Nudge, NudgeAnswered


def summary(thumbs: dict[str, list[bool]]) -> CallSummary:
    return CallSummary(call_id="c", at_ms=0, totals={"nudges": {"thumbs": thumbs}})


def test_thumbs_are_remembered_by_agent_and_rule(tmp_path: Path) -> None:
    thumbs = Thumbs(tmp_path / "state")
    assert thumbs.of("ann") == {}
    ThumbKeeper(thumbs, "ann").write(summary({"a.b": [True, False]}))
    ThumbKeeper(thumbs, "rob").write(summary({"a.b": [True] * 12}))
    assert thumbs.of("ann") == {"a.b": (True, False)}
    assert thumbs.of("rob") == {"a.b": (True,) * 10}
    assert [path.name for path in (tmp_path / "state").iterdir()] == [FILE_NAME]


def test_a_call_without_thumbs_changes_nothing(tmp_path: Path) -> None:
    keeper = ThumbKeeper(Thumbs(tmp_path), "ann")
    keeper.write(summary({}))
    keeper.write(CallSummary(call_id="c", at_ms=0, totals={}))
    keeper.write(CallEnded(call_id="c", at_ms=0))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_or_written_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("[1", "utf-8")
    thumbs = Thumbs(tmp_path)
    assert thumbs.of("ann") == {}
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    Thumbs(blocked / "state").keep("ann", {"a.b": [True]})
    assert Thumbs(blocked / "state").of("ann") == {}


def test_thumbs_given_in_the_wrap_up_are_remembered_too(tmp_path: Path) -> None:
    thumbs = Thumbs(tmp_path)
    keeper = ThumbKeeper(thumbs, "ann")
    given = {"call_id": "c", "at_ms": 0}
    keeper.write(Nudge(**given, nudge="n", rule="a.b", family="a", severity="info", title="T", text="t"))
    late = NudgeAnswered(**given, nudge="n", answer="helpful")
    keeper.write(late)
    assert thumbs.of("ann") == {}
    keeper.write(summary({"a.b": [False]}))
    for event in (
        late,
        NudgeAnswered(**given, nudge="m", answer="helpful"),
        NudgeAnswered(**given, nudge="n", answer="undone"),
    ):
        keeper.write(event)
    assert thumbs.of("ann") == {"a.b": (False, True)}
