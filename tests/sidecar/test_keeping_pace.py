"""What the doctor says about speed, of models that are measured by a table."""

from pathlib import Path

import pytest

from sidecar import config, keeping_pace, model_hub, models, pick, places
from sidecar.config_sections import AsrConfig
from sidecar.doctor import Finding
from streams.errors import ModelError
from streams.keeping_up import Speed

TABLE = {"tiny.en": Speed(0.2, 120.0), "base.en": Speed(0.5, 400.0), "small.en": Speed(1.4, 1_500.0)}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The models at hand."""
    held: dict[str, Path] = {}
    monkeypatch.setattr(models, "find", lambda name, _: held.get(name))
    return held


def look(*sets: str, table: dict[str, Speed] = TABLE) -> tuple[list[Finding], list[str]]:
    said: list[str] = []

    def measure(_: AsrConfig, directory: Path) -> Speed:
        return table[directory.name]

    found = keeping_pace.findings(config.load(sets=sets).asr, places.find(), said.append, measure)
    return list(found), said


def hold(here: dict[str, Path], *names: str) -> None:
    here.update({name: Path(name) for name in names})


def test_every_model_at_hand_is_measured_and_the_choice_explained(here: dict[str, Path]) -> None:
    hold(here, *TABLE)
    found, said = look()
    assert said == ["measuring tiny.en, base.en, small.en with both sides talking, a few seconds each"]
    assert [finding.state for finding in found] == ["ok"] * 4
    assert found[0].text == "tiny.en takes 0.20 s of a core for a second of one side, 120 ms for a sentence"
    assert found[2].text.endswith("too slow, both sides at once take 140% of its 2 workers")
    assert found[3].text == "auto takes base.en: the largest at hand that keeps up with 2 workers and profile safe"


def test_what_is_larger_than_a_slow_one_is_not_measured(here: dict[str, Path]) -> None:
    hold(here, *TABLE)
    found, _ = look("asr.workers=1")
    assert "base.en takes 0.50" in found[1].text
    assert found[2].text == "small.en: not measured, being larger than one that is too slow"
    assert found[3].text.startswith("auto takes tiny.en")
    assert (found[3].state, found[3].advice) == ("warning", "set asr.model to tiny.en, or to auto")


def test_one_model_is_measured_as_well(here: dict[str, Path]) -> None:
    hold(here, "tiny.en")
    found, _ = look()
    assert found[-1].text.startswith("auto takes tiny.en: the only one at hand, and it keeps up")


def test_where_none_keeps_up_that_is_said(here: dict[str, Path]) -> None:
    hold(here, "base.en", "small.en")
    found, _ = look("asr.workers=1")
    assert found[-1].state == "warning"
    assert "no model at hand keeps up; auto takes the cheapest, base.en" in found[-1].text


def test_without_a_model_it_says_what_to_do(here: dict[str, Path]) -> None:
    (found,), said = look()
    assert (found.state, said) == ("warning", [])
    assert found.text == "nothing to measure: none of tiny.en, base.en, small.en is here"
    assert found.advice == "`sidecar models pull base.en` brings one, 145 MB"
    (found,), _ = look("asr.language=de", "asr.model=base")
    assert "none of tiny, base, small is here" in found.text


def test_the_reference_engine_needs_no_speed(here: dict[str, Path]) -> None:
    assert look("asr.engine=reference") == ([], [])


def test_a_broken_model_is_a_problem(here: dict[str, Path]) -> None:
    hold(here, "tiny.en")

    def measure(_: AsrConfig, directory: Path) -> Speed:
        raise ModelError("it is broken")

    (found,) = keeping_pace.findings(config.load().asr, places.find(), lambda _: None, measure)
    assert (found.state, found.text) == ("problem", "tiny.en: it is broken")


def test_what_the_first_start_found_is_compared(here: dict[str, Path]) -> None:
    hold(here, "tiny.en", "base.en")
    asr, folder = config.load(sets=["asr.model=auto"]).asr, places.find().models_dir
    pick.name(asr, folder, say=lambda _: None, measure=lambda _, directory: Speed(0.2, 100.0))
    found, _ = look("asr.model=auto")
    assert (found[-1].state, found[-1].text[:19]) == ("ok", "auto takes base.en:")
    found, _ = look("asr.model=auto", table=TABLE | {"base.en": Speed(0.9, 400.0)})
    assert found[-1].state == "warning"
    assert found[-1].text.endswith("at first start it was base.en, which is kept")
    assert found[-1].advice.startswith(f"delete {folder}")


def test_nothing_is_asked_of_the_hub_but_its_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(model_hub, "cached", asked.append)
    look()
    assert len(asked) == 3


def test_a_broken_model_hides_no_good_one(here: dict[str, Path]) -> None:
    hold(here, "tiny.en", "base.en")

    def measure(_: AsrConfig, directory: Path) -> Speed:
        if directory.name == "tiny.en":
            raise ModelError("it is broken")
        return TABLE[directory.name]

    found = [*keeping_pace.findings(config.load().asr, places.find(), lambda _: None, measure)]
    assert [(finding.state, finding.text.split()[0]) for finding in found] == [
        ("ok", "base.en"),
        ("problem", "tiny.en:"),
        ("ok", "auto"),
    ]


def test_a_folder_that_holds_no_model_is_a_problem(tmp_path: Path) -> None:
    models_dir = places.find().models_dir
    (models_dir / "base.en").mkdir(parents=True)
    (found,) = keeping_pace.findings(config.load().asr, places.find(), pytest.fail)
    assert found.state == "problem"
    assert "is not a converted Whisper model" in found.text
