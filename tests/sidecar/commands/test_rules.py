from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sidecar.commands.rules import command
from sidecar.invocation import Invocation
from sidecar.rulebook import read_pack
from streams.errors import TranscriptError

CALL = "0-4 customer  can I talk to your supervisor please\n6-9 agent  what is this about then\n"


def run(*arguments: str, sets: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(command, arguments, obj=Invocation(sets=sets))


def test_the_list_says_what_runs() -> None:
    result = run("list", sets=("nudges.off=['silence.dead_air']", "nudges.shadow=['deesc.threat']"))
    assert result.exit_code == 0
    modes = {line.split()[0]: line.split()[2] for line in result.output.splitlines()}
    assert modes["silence.dead_air"] == "off"
    assert modes["deesc.threat"] == "shadow"
    assert modes["empathy.missed"] == "on"
    assert len(modes) >= 12


def test_the_list_of_another_pack(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('extends = "default"\n[[rule]]\nid = "deesc.threat"\nenabled = false\n', "utf-8")
    result = run("list", "--pack", str(file))
    assert [line.split()[2] for line in result.output.splitlines() if line.startswith("deesc.threat")] == ["off"]


def test_the_packs_own_conversations_pass() -> None:
    result = run("test")
    assert result.exit_code == 0, result.output
    first, word, total, *_ = result.output.split()
    assert (first, word) == (total, "of")


def test_a_call_that_is_as_expected(tmp_path: Path) -> None:
    file = tmp_path / "good.call"
    file.write_text(CALL + "=> deesc.supervisor_request warn\n", "utf-8")
    assert run("test", str(file)).exit_code == 0


def test_a_call_that_is_not(tmp_path: Path) -> None:
    file = tmp_path / "bad.call"
    file.write_text(CALL + "=> none\n", "utf-8")
    result = run("test", str(file))
    assert result.exit_code == 1
    assert f"FAILED  {file}" in result.output
    assert "line 3: none" in result.output


def test_a_call_that_expects_something_of_no_rule(tmp_path: Path) -> None:
    file = tmp_path / "slip.call"
    file.write_text(CALL + "=> not comm.\n=> not sielnce.\n", "utf-8")
    result = run("test", str(file))
    assert isinstance(result.exception, TranscriptError)
    assert str(result.exception) == f"{file}:4: no rule sielnce.; `sidecar rules list` names them"


def test_a_pack_given_by_hand(tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(read_pack("default").replace("within 0-9", "within 0-1"), "utf-8")
    result = run("test", "--pack", str(pack))
    assert result.exit_code == 1
    assert "FAILED  empathy.hardship: a death in the family.call" in result.output


OWN = """
extends = "default"
[[rule]]
id = "comm.confusion"
enabled = false
[[rule]]
id = "silence.dead_air"
when = [{ on = "silence", s = 500 }]
"""


def test_what_goes_differently_by_the_users_own_wish(tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text(OWN, "utf-8")
    result = run("test", "--pack", str(pack))
    assert result.exit_code == 0, result.output
    assert "go differently now (--all shows them):" in result.output
    assert "silence.dead_air" in result.output.splitlines()[-1]
    assert "comm.confusion" not in result.output
    strict = run("test", "--all", "--pack", str(pack))
    assert strict.exit_code == 1
    assert "FAILED  silence.dead_air: " in strict.output


def test_settings_that_name_no_rule() -> None:
    result = run("list", sets=("nudges.off=['silence.daed_air']",))
    assert result.stderr == "sidecar: nudges.off names silence.daed_air, which the pack does not have\n"
    result = run("check", sets=("nudges.shadow=['deesc.']",))
    assert result.stdout == "unknown      nudges.shadow names deesc., which the pack does not have\n"
    assert result.exit_code == 1
    assert run("check", "--pack", "default", sets=("nudges.shadow=['deesc.']",)).exit_code == 0


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "none.call"
    if content is not None:
        file.write_bytes(content)
    result = run("test", str(file))
    assert isinstance(result.exception, TranscriptError)
    assert str(file) in str(result.exception)


def test_why(tmp_path: Path) -> None:
    file = tmp_path / "a.call"
    file.write_text(CALL, "utf-8")
    result = run("why", "deesc.supervisor_request", str(file))
    assert result.exit_code == 0, result.output
    assert "shown as warn" in result.output
    own = tmp_path / "mine.toml"
    own.write_text('extends = "default"\n[[rule]]\nid = "deesc.supervisor_request"\nenabled = false\n', "utf-8")
    assert "it can never fire" in run("why", "deesc.supervisor_request", str(file), "--pack", str(own)).output


def test_why_wants_words(tmp_path: Path) -> None:
    calls = Path(__file__).parents[3] / "sidecar" / "calls"
    result = run("why", "deesc.threat", str(calls / "tangled.flac"))
    assert isinstance(result.exception, TranscriptError)


def test_the_schema_is_one() -> None:
    import json

    schema = json.loads(run("schema").output)
    assert schema["$defs"]["Rule"]["required"] == ["id"]
    assert "max_per_call" in schema["$defs"]["Rule"]["properties"]
    sure = schema["$defs"]["CueSpec"]["properties"]["sure"]
    assert (sure["exclusiveMinimum"], sure["maximum"], "probability" in sure["description"]) == (0, 1, True)


@pytest.mark.parametrize(
    ("problems", "code", "says"), [([], 0, "nothing found"), (["x"], 1, "dead         own.one: x")]
)
def test_check(monkeypatch: pytest.MonkeyPatch, problems: list[str], code: int, says: str) -> None:
    from sidecar import rulecheck

    found = [rulecheck.Problem("dead", "own.one", what) for what in problems]
    monkeypatch.setattr(rulecheck, "check_pack", lambda text: found)
    result = run("check")
    assert (result.exit_code, result.output.strip()) == (code, says)
