"""The calls that come with the program."""

from pathlib import Path

import pytest

from sidecar import demo
from streams.errors import InputError

LARGEST_BYTES = 1_000_000


def test_there_are_at_least_four_each_with_sound_words_and_a_reason() -> None:
    calls = demo.bundled()
    assert len(calls) >= 4
    assert demo.DEFAULT in {call.name for call in calls}
    for call in calls:
        assert call.about
        assert 60_000 <= call.duration_ms <= 120_000
        assert call.sound.suffix in (".flac", ".opus")
        assert call.sound.stat().st_size < LARGEST_BYTES
        assert call.sound.with_name(f"{call.name}.words.json").is_file()


def test_a_call_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "x.call").write_text("00:01.000-00:02.000 agent  Hello\n")
    assert demo.find("x", tmp_path) == demo.DemoCall("x", "x", "", 2000, tmp_path / "x.call")
    with pytest.raises(InputError, match="no demo call 'y'; there are x"):
        demo.find("y", tmp_path)
