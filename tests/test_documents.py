"""What README and CONTRIBUTING show is so: their examples hold, and the commands they name take what is given them."""

import re
import shlex
from pathlib import Path

import click
import pytest

from sidecar import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def blocks(text: str, kind: str) -> list[str]:
    """The fenced blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Every line of a shell block, and every piece of code in the text, that calls us with options or more."""
    lines = [line for text in (README, CONTRIBUTING) for block in blocks(text, "sh") for line in block.splitlines()]
    told = [found for text in (README, CONTRIBUTING) for found in re.findall(r"`(sidecar [^`\n]*)`", text)]
    return sorted({line for line in lines + told if line.startswith("sidecar ")})


@pytest.mark.parametrize("line", commands())
def test_a_command_that_is_shown_is_there_with_its_options(line: str) -> None:
    words = re.split(r"[|>]", " ".join(shlex.split(line, comments=True)))[0].split()[1:]
    context, command = click.Context(cli.cli), cli.cli
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    known = {name for parameter in command.params for name in parameter.opts}
    for word in words:
        if word.startswith("-") or not isinstance(command, click.Group):
            continue
        part = command.get_command(context, word)
        if part is not None:
            command = part
            known |= {name for parameter in command.params for name in parameter.opts}
    assert command is not cli.cli or words[0].startswith("-"), f"no command in {line!r}"
    assert options <= {*known, "--help"}


def test_the_conversation_that_is_shown_is_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [shown] = [block for block in blocks(README, "") if "=> empathy.missed" in block]
    file = tmp_path / "conversation.call"
    file.write_text(shown, "utf-8")
    assert cli.run(cli.cli, ["rules", "test", str(file)]) == 0, capsys.readouterr().out


def test_the_rule_that_is_shown_proves_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [shown] = blocks(CONTRIBUTING, "toml")
    file = tmp_path / "mine.toml"
    file.write_text(shown, "utf-8")
    assert cli.run(cli.cli, ["rules", "test", "--pack", str(file)]) == 0, capsys.readouterr().out
