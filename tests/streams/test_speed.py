from pathlib import Path

import pytest

from streams import speed
from streams.engine import DecodeJob, Samples
from streams.settings import ProfileSettings
from streams.whisper import Effort, WhisperSettings


class Ears:
    """Takes 300 ms for a partial and 500 ms for a final, and longer the first time."""

    def __init__(self) -> None:
        self._calls = 0

    def exercise(self, job: DecodeJob, samples: Samples, tokens: int) -> Effort:
        self._calls += 1
        assert tokens == 4 * len(samples) // 16_000
        first_ms = 1_000.0 if self._calls == 1 else 0.0
        return Effort(10_000, 100.0 + first_ms, 150.0 if job.kind.is_partial else 350.0, 50.0)


def test_the_cost_is_that_of_partials_at_their_cadence_and_of_finals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[WhisperSettings] = []

    def load(directory: Path, settings: WhisperSettings) -> Ears:
        loaded.append(settings)
        return Ears()

    monkeypatch.setattr(speed, "load", load)
    settings = WhisperSettings(profile=ProfileSettings(partial_every_ms=500))
    assert speed.measure(tmp_path, settings) == pytest.approx(0.3 * 2 + 0.5 / 5)
    assert loaded[0].workers == 1
