import threading
from itertools import count
from pathlib import Path

import pytest

from streams import speed
from streams.engine import DecodeJob, Samples
from streams.settings import ProfileSettings
from streams.whisper import Effort, WhisperSettings


class Ears:
    """Takes 300 ms for a partial and 500 ms for a final, and longer the first time; waits for the other side."""

    def __init__(self, sides: int) -> None:
        self.decodes = 0
        self._together = threading.Barrier(sides)

    def exercise(self, job: DecodeJob, samples: Samples, tokens: int) -> Effort:
        assert tokens == 4 * len(samples) // 16_000
        self._together.wait(30)
        self.decodes += 1
        first_ms = 1_000.0 if self.decodes <= 2 else 0.0
        return Effort(10_000, 100.0 + first_ms, 150.0 if job.kind.is_partial else 350.0, 50.0)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[WhisperSettings, Ears]]:
    made: list[tuple[WhisperSettings, Ears]] = []

    def load(_: Path, settings: WhisperSettings) -> Ears:
        made.append((settings, Ears(min(2, settings.workers))))
        return made[-1][1]

    monkeypatch.setattr(speed, "load", load)
    return made


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_cost_is_that_of_partials_at_their_cadence_and_of_finals_with_both_sides_at_once(
    tmp_path: Path, loaded: list[tuple[WhisperSettings, Ears]], workers: int
) -> None:
    settings = WhisperSettings(profile=ProfileSettings(partial_every_ms=500), workers=workers)
    found = speed.measure(tmp_path, settings, lambda: 0.0)
    assert found.cost == pytest.approx(0.3 * 2 + 0.5 / 5)
    assert found.final_ms == pytest.approx(500)
    ((used, ears),) = loaded
    assert used.workers == workers
    assert ears.decodes == 3 * 2 * 2


def test_a_slow_model_is_not_measured_for_long(tmp_path: Path, loaded: list[tuple[WhisperSettings, Ears]]) -> None:
    clock = count(0, 10)
    speed.measure(tmp_path, WhisperSettings(), lambda: float(next(clock)))
    assert loaded[0][1].decodes == 2 * 2
