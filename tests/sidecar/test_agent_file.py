from pathlib import Path

from sidecar.agent_file import AgentFile


def test_a_value_for_each_agent(tmp_path: Path) -> None:
    file = AgentFile(tmp_path / "state" / "a.json", list[int])
    assert file.of("ann") is None
    file.keep("ann", [1])
    file.keep("rob", [2])
    file.keep("ann", [3])
    assert (file.of("ann"), file.of("rob"), file.of("eve")) == ([3], [2], None)
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["a.json"]


def test_what_cannot_be_read_or_written_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"ann": ["x"]}', "utf-8")
    assert AgentFile(tmp_path / "a.json", list[int]).of("ann") is None
    (tmp_path / "file").write_text("", "utf-8")
    blocked = AgentFile(tmp_path / "file" / "a.json", list[int])
    blocked.keep("ann", [1])
    assert blocked.of("ann") is None
