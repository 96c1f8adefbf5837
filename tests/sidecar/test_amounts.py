"""What options take for an amount, and what they refuse."""

import click
import pytest

from sidecar import cli
from sidecar.amounts import Amount


def test_numbers_within_the_bounds_are_amounts() -> None:
    kind = Amount(0.5, 2)
    assert [kind.convert(text, None, None) for text in ("0.5", "1e0", "2")] == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-inf", "1e999", "0.1", "soon"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Amount(0.5).convert(text, None, None)


@pytest.mark.parametrize(
    "words",
    [
        ["bench", "--minutes", "nan"],
        ["bench", "--overload", "nan"],
        ["bench", "taps", "--seconds", "nan"],
        ["bench", "floor", "--minutes", "nan"],
        ["floor", "export", "--hours", "nan"],
        ["tap-test", "plain", "--seconds", "inf"],
        ["tap-test", "plain", "--speed", "nan"],
        ["tune", __file__, "--minutes", "inf"],
        ["tune", __file__, "--tolerance", "nan"],
    ],
)
def test_every_command_refuses_what_is_not_finite(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(cli.cli, words) == 2
    assert "is not a finite number; see `sidecar " in capsys.readouterr().err
