from pathlib import Path

import msgspec
import pytest

from sidecar import config, model_hub, pick
from sidecar.config import AsrConfig
from streams.errors import StorageError


@pytest.fixture
def asr() -> AsrConfig:
    return config.load(sets=["asr.model=auto"]).asr


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The repositories that are in the cache."""
    held: dict[str, Path] = {}
    monkeypatch.setattr(model_hub, "cached", held.get)
    return held


class Stopwatch:
    """Measures by a table, and counts."""

    def __init__(self, **costs: float) -> None:
        self.costs = costs
        self.measured: list[str] = []

    def __call__(self, asr: AsrConfig, directory: Path) -> float:
        self.measured.append(directory.name)
        return self.costs[directory.name]


def hold(here: dict[str, Path], *names: str) -> None:
    here.update({f"Systran/faster-whisper-{name}.en": Path(name) for name in names})


@pytest.mark.parametrize(
    ("costs", "workers", "chosen"),
    [
        ({"tiny.en": 0.2, "base.en": 0.5, "small.en": 1.4}, 2, "base.en"),
        ({"tiny.en": 0.2, "base.en": 0.5, "small.en": 1.4}, 4, "small.en"),
        ({"tiny.en": 0.2, "base.en": 0.5}, 1, "tiny.en"),
        ({"tiny.en": 0.9, "base.en": 2.0}, 2, "tiny.en"),
        ({"tiny.en": 0.8, "base.en": 0.81}, 2, "tiny.en"),
    ],
)
def test_the_largest_model_that_keeps_up_with_both_sides(costs: dict[str, float], workers: int, chosen: str) -> None:
    assert pick.choose(costs, workers) == chosen


def test_a_model_that_was_named_is_not_doubted(tmp_path: Path, asr: AsrConfig) -> None:
    named = msgspec.structs.replace(asr, model="small.en")
    assert pick.name(named, tmp_path, say=pytest.fail) == "small.en"


def test_one_model_at_hand_needs_no_measuring(tmp_path: Path, asr: AsrConfig, here: dict[str, Path]) -> None:
    hold(here, "tiny")
    assert pick.name(asr, tmp_path, say=pytest.fail) == "tiny.en"


@pytest.mark.parametrize(("language", "wanted"), [("en", "base.en"), ("de", "base"), ("auto", "base")])
def test_with_none_at_hand_the_usual_one_is_to_be_fetched(
    tmp_path: Path, asr: AsrConfig, here: dict[str, Path], language: str, wanted: str
) -> None:
    assert pick.name(msgspec.structs.replace(asr, language=language), tmp_path, say=pytest.fail) == wanted


def test_speed_decides_once_and_says_so(tmp_path: Path, asr: AsrConfig, here: dict[str, Path]) -> None:
    hold(here, "tiny", "base", "small")
    watch, said = Stopwatch(tiny=0.2, base=0.5, small=1.4), list[str]()
    for _ in range(2):
        assert pick.name(asr, tmp_path / "models", say=said.append, measure=watch) == "base.en"
    assert watch.measured == ["tiny", "base", "small"]
    (line,) = said
    assert "base.en chosen for this machine" in line
    assert "small.en 1.40" in line


def test_a_new_model_another_machine_or_a_broken_file_is_measured_again(
    tmp_path: Path, asr: AsrConfig, here: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Stopwatch(tiny=0.2, base=0.5, small=0.6)

    def again() -> str:
        watch.measured.clear()
        return pick.name(asr, tmp_path, say=lambda _: None, measure=watch)

    hold(here, "tiny", "base")
    assert again() == "base.en"
    hold(here, "small")
    assert again() == "small.en"
    assert watch.measured
    (tmp_path / pick.MEASUREMENTS).write_text("{")
    assert again() == "small.en"
    assert watch.measured
    monkeypatch.setattr("os.cpu_count", lambda: 1_000)
    again()
    assert watch.measured
    again()
    assert not watch.measured


def test_a_model_that_went_away_is_not_chosen(tmp_path: Path, asr: AsrConfig, here: dict[str, Path]) -> None:
    hold(here, "tiny", "base", "small")
    watch = Stopwatch(tiny=0.2, base=0.5, small=0.6)
    assert pick.name(asr, tmp_path, say=lambda _: None, measure=watch) == "small.en"
    del here["Systran/faster-whisper-small.en"]
    assert pick.name(asr, tmp_path, say=pytest.fail) == "base.en"


def test_figures_that_cannot_be_kept_are_one_clear_line(tmp_path: Path, asr: AsrConfig, here: dict[str, Path]) -> None:
    hold(here, "tiny", "base")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot keep the models' speed"):
        pick.name(asr, tmp_path / "file", say=lambda _: None, measure=Stopwatch(tiny=0.2, base=0.5))


def test_real_models_can_be_measured(
    tmp_path: Path, asr: AsrConfig, here: dict[str, Path], tiny_en_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(here, "Systran/faster-whisper-tiny.en", tiny_en_dir)
    monkeypatch.setitem(here, "Systran/faster-whisper-base.en", tiny_en_dir)
    said: list[str] = []
    assert pick.name(asr, tmp_path, say=said.append) in {"tiny.en", "base.en"}
    assert said
