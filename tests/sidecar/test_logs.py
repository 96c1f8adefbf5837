"""Logs: readable or JSON, never with what was said."""

import io
import json

import pytest
import structlog

from sidecar import logs


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> object:
    yield
    structlog.reset_defaults()


def test_lines_are_json_where_nobody_looks() -> None:
    stream = io.StringIO()
    logs.configure(1, stream)
    logs.get("taps").info("call began", call_id="c1")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["part"], line["call_id"], line["level"]) == ("call began", "taps", "c1", "info")


def test_lines_are_readable_on_a_terminal() -> None:
    stream = Terminal()
    logs.configure(2, stream)
    logs.get("taps").debug("call began")
    assert "call began" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize(("verbose", "lines"), [(0, 1), (1, 2), (2, 3), (5, 3)])
def test_more_is_said_when_asked_for(verbose: int, lines: int) -> None:
    stream = io.StringIO()
    logs.configure(verbose, stream)
    log = logs.get("x")
    log.warning("w")
    log.info("i")
    log.debug("d")
    assert len(stream.getvalue().splitlines()) == lines


def test_what_was_said_never_reaches_a_log() -> None:
    stream = io.StringIO()
    logs.configure(0, stream)
    logs.get("x").warning("w", text="my card is 4111", quote="fed up", words=("a",), token="t")
    assert "4111" not in stream.getvalue()
    assert "fed up" not in stream.getvalue()
    assert json.loads(stream.getvalue())["token"] == "***"


def test_errors_carry_their_traceback() -> None:
    stream = io.StringIO()
    logs.configure(0, stream)
    try:
        int("gone")
    except ValueError:
        logs.get("x").exception("broke")
    assert "ValueError" in json.loads(stream.getvalue())["exception"]


def test_by_default_lines_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logs.get("x").warning("here")
    assert "here" in capsys.readouterr().err
