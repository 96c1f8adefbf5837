from pathlib import Path

import msgspec
import pytest

from sidecar import cli, model_hub
from sidecar.bench import course, machine
from sidecar.bench.figures import Report


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_hub, "cached", lambda _: None)


def sidecar(*arguments: str) -> int:
    return cli.run(cli.cli, ["bench", *arguments])


def test_the_report_is_json_and_the_picture_is_drawn(
    tiny_en_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cores: list[int] = []
    monkeypatch.setattr(machine, "use_cores", cores.append)
    monkeypatch.setattr(course, "SPELL_S", 1)
    picture = tmp_path / "p.svg"
    asked = ("--model", str(tiny_en_dir), "--profile", "fast", "--cores", "1", "--minutes", "0.2", "--json")
    monkeypatch.setattr(course, "Conversation", lambda _ms, first=0: conversation(first))
    assert sidecar(*asked, "--plot", str(picture)) == 0
    report = msgspec.json.decode(capsys.readouterr().out, type=Report)
    assert report.profile == "fast"
    assert report.about.startswith("real weights of")
    assert picture.read_text("utf-8").startswith("<svg")
    assert cores == [1]


def conversation(first: int) -> object:
    from sidecar.bench.conversation import Conversation

    return Conversation(1_200, first=first)


def test_the_first_line_says_what_is_real(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[course.Asked] = []

    def measured(wanted: course.Asked, subject: object, config: object, say: object) -> course.Result:
        asked.append(wanted)
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "measure", measured)
    assert sidecar("--model", "tiny.en", "--soak", "--overload", "1.5", "--against", "stock", "--load", "50") == 130
    assert capsys.readouterr().out.splitlines()[0].startswith("random weights of tiny.en's dimensions")
    assert asked == [course.Asked(minutes=60.0, load=50, overload=1.5, stock=True)]


def test_a_model_without_weights_or_size_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("--model", "large-v3-turbo") == 1
    assert "without weights there are only the sizes tiny.en" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_said(
    tiny_en_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = course.Result(msgspec.convert(_BARE, Report), "<svg/>")
    monkeypatch.setattr(course, "measure", lambda *_: result)
    (tmp_path / "p.svg").symlink_to(tmp_path / "no" / "p.svg")
    assert sidecar("--model", str(tiny_en_dir), "--plot", str(tmp_path / "p.svg")) == 1
    said = capsys.readouterr()
    assert "word first shown" in said.out
    assert "cannot write" in said.err


def test_a_folder_that_is_not_there_is_said_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sidecar("--model", "tiny.en", "--plot", str(tmp_path / "no" / "p.svg")) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("sidecar: cannot write")


@pytest.mark.parametrize(("minutes", "listened"), [((), 60.0), (("--minutes", "6"), 6.0)])
def test_a_soak_takes_an_hour_or_as_long_as_is_asked(
    minutes: tuple[str, ...], listened: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def measured(wanted: course.Asked, *_: object) -> course.Result:
        asked.append(wanted.minutes)
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "measure", measured)
    assert sidecar("--model", "tiny.en", "--soak", *minutes) == 130
    assert asked == [listened]


def test_a_soak_of_moments_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert sidecar("--soak", "--minutes", "1") == 2
    assert "--soak takes 5 minutes at least" in capsys.readouterr().err


_SPREAD = {"p50": 1.0, "p95": 2.0, "p99": 3.0, "count": 4}
_BARE = {
    "about": "a",
    "model": "m",
    "profile": "safe",
    "minutes": 1.0,
    "background_load": 0,
    "machine": {"cpu": "c", "cores": 2, "cores_used": 2, "system": "s", "python": "3"},
    "word_shown_ms": _SPREAD,
    "word_committed_ms": _SPREAD,
    "final_after_speech_ms": {**_SPREAD, "wait": _SPREAD, "queue": _SPREAD, "compute": _SPREAD},
    "turn_final_ms": _SPREAD,
    "cpu_s_per_audio_s": 0.1,
    "cpu_s_per_channel_s": 0.05,
    "rss_mb": 1.0,
    "unstable_word_ratio": 0.0,
    "committed_changed": 0,
    "finals": 1,
    "finals_lost": 0,
    "words_said": 1,
    "words_lost": 0,
    "words_invented_per_silent_minute": 0.0,
    "partials": 1,
    "partials_skipped": 0,
    "most_degraded": 0,
    "frames_sent_late": 0,
}


@pytest.mark.parametrize("there", [True, False])
def test_a_picture_that_may_not_be_written_is_said_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    picture = tmp_path / "p.svg"
    if there:
        picture.touch()
    closed = picture if there else tmp_path
    monkeypatch.setattr("os.access", lambda path, _mode: path != closed)
    assert sidecar("--plot", str(picture)) == 1
    assert capsys.readouterr().err == f"sidecar: cannot write {picture}: you may not\n"
