from pathlib import Path

import msgspec
import pytest

from sidecar import config, model_hub, pick
from sidecar.config_sections import AsrConfig
from streams.errors import ModelError, StorageError, WrongModelError
from streams.keeping_up import Speed


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

    def __call__(self, asr: AsrConfig, directory: Path) -> Speed:
        self.measured.append(directory.name)
        return Speed(self.costs[directory.name], 500.0)


def hold(here: dict[str, Path], *names: str) -> None:
    here.update({f"Systran/faster-whisper-{name}.en": Path(name) for name in names})


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
    before, after = said
    assert before == "finding the speech model for this machine: tiny.en, base.en, small.en, a few seconds each"
    assert after.startswith("speech model base.en chosen for this machine: tiny.en takes 0.20 s of a core")
    assert after.endswith(
        "small.en takes 1.40 s of a core for a second of one side, 500 ms for a sentence: too slow, "
        "both sides at once take 140% of its 2 workers"
    )


def test_behind_a_model_that_is_too_slow_no_larger_one_is_tried(
    tmp_path: Path, asr: AsrConfig, here: dict[str, Path]
) -> None:
    hold(here, "tiny", "base", "small")
    watch = Stopwatch(tiny=0.2, base=0.9, small=3.0)
    for _ in range(2):
        assert pick.name(asr, tmp_path, say=lambda _: None, measure=watch) == "tiny.en"
    assert watch.measured == ["tiny", "base"]


def test_other_settings_are_measured_anew(tmp_path: Path, asr: AsrConfig, here: dict[str, Path]) -> None:
    hold(here, "tiny", "base")
    watch = Stopwatch(tiny=0.2, base=0.5)
    for changed in (asr, msgspec.structs.replace(asr, profile="fast"), msgspec.structs.replace(asr, workers=1)):
        watch.measured.clear()
        pick.name(changed, tmp_path, say=lambda _: None, measure=watch)
        assert watch.measured == ["tiny", "base"]


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
    assert pick.name(asr, tmp_path, say=lambda _: None, measure=watch) == "base.en"


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


@pytest.mark.parametrize(
    ("model", "language", "advice"),
    [("base.en", "de", "base"), ("distil-small.en", "fr", "base"), ("tiny.en", "es", "tiny")],
)
def test_a_model_that_hears_english_only_is_refused_for_another_language(
    tmp_path: Path, asr: AsrConfig, model: str, language: str, advice: str
) -> None:
    wrong = msgspec.structs.replace(asr, model=model, language=language)
    with pytest.raises(WrongModelError, match=f"{model} hears English only.*set asr.model to {advice}, or to auto"):
        pick.name(wrong, tmp_path, say=pytest.fail)


@pytest.mark.parametrize(("model", "language"), [("base", "de"), ("base.en", "auto"), ("some/folder.en", "de")])
def test_a_model_that_may_hear_the_language_is_taken(tmp_path: Path, asr: AsrConfig, model: str, language: str) -> None:
    assert pick.name(msgspec.structs.replace(asr, model=model, language=language), tmp_path, say=pytest.fail) == model


def test_a_folder_that_holds_no_model_is_passed_over_and_said(
    tmp_path: Path, asr: AsrConfig, here: dict[str, Path]
) -> None:
    hold(here, "tiny")
    (tmp_path / "small.en").mkdir()
    said: list[str] = []
    assert pick.name(asr, tmp_path, say=said.append) == "tiny.en"
    (line,) = said
    assert line.startswith(f"speech model small.en is passed over: {tmp_path / 'small.en'} is not a converted")
    here.clear()
    assert pick.name(asr, tmp_path, say=said.append) == "base.en", "which may be fetched"
    (tmp_path / "base.en").mkdir()
    with pytest.raises(WrongModelError, match=r"no speech model at hand can be used: .*base\.en is not.*models pull"):
        pick.name(asr, tmp_path, say=said.append)


def test_a_model_that_breaks_when_it_is_measured_is_passed_over(
    tmp_path: Path, asr: AsrConfig, here: dict[str, Path]
) -> None:
    hold(here, "tiny", "base", "small")
    watch, broken = Stopwatch(tiny=0.2, base=0.3, small=0.4), {"small"}

    def measure(asr: AsrConfig, directory: Path) -> Speed:
        if directory.name in broken:
            raise ModelError(f"{directory} is damaged")
        return watch(asr, directory)

    said: list[str] = []
    assert pick.name(asr, tmp_path, say=said.append, measure=measure) == "base.en"
    assert "speech model small.en is passed over: small is damaged" in said
    broken.clear()
    assert pick.name(asr, tmp_path, say=said.append, measure=measure) == "small.en", "once it is mended"
    (tmp_path / pick.MEASUREMENTS).unlink()
    broken |= {"tiny", "base", "small"}
    with pytest.raises(WrongModelError, match=r"no speech model at hand can be used: base is damaged"):
        pick.name(asr, tmp_path, say=said.append, measure=measure)


def test_without_one_that_could_not_be_loaded_the_next_is_chosen_as_it_was_measured(
    tmp_path: Path, asr: AsrConfig, here: dict[str, Path]
) -> None:
    hold(here, "tiny", "base", "small")
    watch = Stopwatch(tiny=0.2, base=0.3, small=0.4)
    without: set[str] = set()
    for expected in ("small.en", "base.en", "tiny.en"):
        assert pick.name(asr, tmp_path, say=lambda _: None, measure=watch, without=without) == expected
        without.add(expected)
    assert watch.measured == ["tiny", "base", "small"]
    with pytest.raises(WrongModelError, match="no speech model at hand can be used; delete"):
        pick.name(asr, tmp_path, say=lambda _: None, measure=watch, without=without)
