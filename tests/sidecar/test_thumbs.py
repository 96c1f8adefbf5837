from pathlib import Path

from sidecar.thumbs import FILE_NAME, ThumbKeeper, Thumbs
from streams.events import Answer, CallEnded, Nudge, NudgeAnswered


def nudge(name: str, rule: str = "a.b") -> Nudge:
    return Nudge(call_id="c", at_ms=0, nudge=name, rule=rule, family="a", severity="info", title="T", text="t")


def answered(name: str, answer: Answer) -> NudgeAnswered:
    return NudgeAnswered(call_id="c", at_ms=0, nudge=name, answer=answer)


def test_thumbs_are_remembered_by_agent_and_rule(tmp_path: Path) -> None:
    thumbs = Thumbs(tmp_path / "state")
    assert thumbs.of("ann") == {}
    for agent, helpful in [("ann", True), ("ann", False), *[("rob", True)] * 12]:
        thumbs.add(agent, "a.b", helpful=helpful)
    thumbs.add("ann", "a.c", helpful=True)
    assert thumbs.of("ann") == {"a.b": (True, False), "a.c": (True,)}
    assert thumbs.of("rob") == {"a.b": (True,) * 10}
    assert [path.name for path in (tmp_path / "state").iterdir()] == [FILE_NAME]


def test_a_call_without_thumbs_changes_nothing(tmp_path: Path) -> None:
    keeper = ThumbKeeper(Thumbs(tmp_path), "ann")
    for event in (
        answered("n", "helpful"),
        nudge("n"),
        answered("n", "dismissed"),
        answered("n", "undone"),
        CallEnded(call_id="c", at_ms=0),
    ):
        keeper.write(event)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_or_written_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("[1", "utf-8")
    thumbs = Thumbs(tmp_path)
    assert thumbs.of("ann") == {}
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    Thumbs(blocked / "state").add("ann", "a.b", helpful=True)
    assert Thumbs(blocked / "state").of("ann") == {}


def test_a_thumb_is_remembered_at_once_and_in_the_wrap_up_too(tmp_path: Path) -> None:
    thumbs = Thumbs(tmp_path)
    keeper = ThumbKeeper(thumbs, "ann")
    for event in (nudge("n"), nudge("m"), answered("n", "not_helpful")):
        keeper.write(event)
    assert thumbs.of("ann") == {"a.b": (False,)}
    keeper.write(CallEnded(call_id="c", at_ms=0))
    keeper.write(answered("m", "helpful"))
    assert thumbs.of("ann") == {"a.b": (False, True)}


def test_a_nudge_has_one_thumb_and_the_last_one_holds(tmp_path: Path) -> None:
    thumbs = Thumbs(tmp_path)
    thumbs.add("ann", "a.b", helpful=True)
    keeper = ThumbKeeper(thumbs, "ann")
    keeper.write(nudge("n"))
    for answer, remembered in [
        ("not_helpful", (True, False)),
        ("not_helpful", (True, False)),
        ("helpful", (True, True)),
        ("not_helpful", (True, False)),
    ]:
        keeper.write(answered("n", answer))
        assert thumbs.of("ann") == {"a.b": remembered}


def test_a_thumb_of_another_call_meanwhile_is_kept(tmp_path: Path) -> None:
    thumbs = Thumbs(tmp_path)
    wrapping_up, going_on = ThumbKeeper(thumbs, "ann"), ThumbKeeper(thumbs, "ann")
    wrapping_up.write(nudge("n"))
    going_on.write(nudge("m"))
    wrapping_up.write(answered("n", "not_helpful"))
    going_on.write(answered("m", "helpful"))
    wrapping_up.write(answered("n", "helpful"))
    assert thumbs.of("ann") == {"a.b": (True, True)}
    (tmp_path / FILE_NAME).unlink()
    wrapping_up.write(answered("n", "not_helpful"))
    assert thumbs.of("ann") == {"a.b": (False,)}
