import json
import tomllib
from pathlib import Path

import pytest

from sidecar import cli, demo, recogniser, tuning
from streams.engine import DecodeJob, Samples, Transcription
from streams.settings import ProfileSettings


class Says:
    """Words by the length of the sound; the profile with the smaller window hears every tenth one wrong."""

    def __init__(self, profile: ProfileSettings) -> None:
        self._floor_s = profile.final_floor_s

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        count = len(samples) // 4000
        words = [f"w{number}" for number in range(count)]
        if self._floor_s < 10:
            words[::10] = ["x" for _ in words[::10]]
        return Transcription(text=" ".join(words), encode_ms=10.0 * self._floor_s)


@pytest.fixture(autouse=True)
def _engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        recogniser,
        "load_profiles",
        lambda _asr, _directory, profiles: {name: Says(profile) for name, profile in profiles.items()},
    )


def sidecar(*arguments: str) -> int:
    return cli.run(cli.cli, ["tune", *arguments])


@pytest.fixture
def recording() -> str:
    return str(demo.bundled()[0].sound)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "home" / "config.toml"


@pytest.mark.parametrize(("tolerance", "chosen"), [("1", "safe"), ("15", "fast")])
def test_the_fastest_profile_within_the_tolerance_is_kept(
    recording: str,
    settings: Path,
    tiny_en_dir: Path,
    capsys: pytest.CaptureFixture[str],
    tolerance: str,
    chosen: str,
) -> None:
    asked = ("--set", f"asr.model={tiny_en_dir}", "--tolerance", tolerance, "--minutes", "1.5", recording)
    assert sidecar(*asked) == 0
    assert tomllib.loads(settings.read_text("utf-8")) == {"asr": {"profile": chosen}}
    table = capsys.readouterr().out
    assert [line.split()[0] for line in table.splitlines()[2:5]] == ["full", "safe", "fast"]
    assert next(line for line in table.splitlines() if "chosen" in line).startswith(chosen)


def test_nothing_is_written_when_only_asked_to_look(
    recording: str, settings: Path, tiny_en_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = f"asr.model={tiny_en_dir}"
    assert sidecar("--set", model, "--minutes", "1.5", "--dry-run", "--left", "agent", recording) == 0
    assert "asr.profile would be safe" in capsys.readouterr().out
    assert not settings.exists()


@pytest.mark.parametrize(
    ("options", "chosen", "written"),
    [(["1.5"], "safe", True), (["1.5", "--dry-run"], "safe", False), (["0.2"], None, False)],
)
def test_the_report_as_json_says_what_was_chosen_and_where_it_is_written(
    recording: str,
    settings: Path,
    tiny_en_dir: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    chosen: str | None,
    written: bool,
) -> None:
    asked = ("--set", f"asr.model={tiny_en_dir}", "--json", recording, "--minutes", *options)
    assert sidecar(*asked) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["model"], report["tolerance"]) == (str(tiny_en_dir), 0.01)
    assert [row["name"] for row in report["rows"]] == ["full 30 s", "safe", "fast"]
    assert report["rows"][0].keys() == {"name", "cost", "difference"}
    assert min(report[name] for name in ("words", "utterances", "speech_ms")) > 0
    assert (report["chosen"], report["written"]) == (chosen, str(settings) if written else None)
    assert settings.exists() is written


def test_too_few_words_decide_nothing(
    recording: str, settings: Path, tiny_en_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sidecar("--set", f"asr.model={tiny_en_dir}", "--minutes", "0.2", recording) == 0
    assert "too few to decide by" in capsys.readouterr().out
    assert not settings.exists()


def test_where_no_profile_is_good_enough_all_stays(
    recording: str,
    settings: Path,
    tiny_en_dir: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tuning, "choose", lambda _rows, _tolerance: None)
    assert sidecar("--set", f"asr.model={tiny_en_dir}", "--minutes", "1.5", recording) == 0
    assert "no profile is within 1 %; asr.profile stays safe" in capsys.readouterr().out
    assert not settings.exists()


def test_several_recordings_are_taken_together(
    settings: Path, tiny_en_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = [str(call.sound) for call in demo.bundled() if call.sound.suffix != ".call"][:2]
    counts = []
    for recordings in (both[:1], both[1:], both):
        asked = ("--set", f"asr.model={tiny_en_dir}", "--minutes", "0.8", "--dry-run", *recordings)
        assert sidecar(*asked) == 0
        counts.append(int(capsys.readouterr().out.split(" utterances")[0].split()[-1]))
    assert counts[2] == counts[0] + counts[1]


def test_stopped_in_the_middle_nothing_is_written(
    recording: str,
    settings: Path,
    tiny_en_dir: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[object] = []

    def take(_: tuning.Comparison, piece: object) -> None:
        taken.append(piece)
        if len(taken) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(tuning.Comparison, "take", take)
    assert sidecar("--set", f"asr.model={tiny_en_dir}", recording) == 130
    assert "setting" not in capsys.readouterr().out
    assert not settings.exists()


def test_what_has_no_sound_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "talk.call"
    script.write_text("00:01 agent hello\n", "utf-8")
    assert sidecar(str(script)) == 2
    assert "has no sound" in capsys.readouterr().err
