import shutil
from pathlib import Path

import pytest

from sidecar import model_hub, models
from streams.errors import ModelError, StorageError, WrongModelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """What the Hugging Face cache holds, by repository."""
    held: dict[str, Path] = {}
    monkeypatch.setattr(model_hub, "cached", held.get)
    return held


@pytest.fixture
def said() -> list[str]:
    return []


def deliver(
    monkeypatch: pytest.MonkeyPatch, source: Path, *, without: str = "", failure: BaseException | None = None
) -> list[str]:
    """The hub gives the files of `source`, one by one, until it fails; returns the repositories that were asked for."""
    asked: list[str] = []

    def download(repository: str, directory: Path) -> None:
        asked.append(repository)
        (directory / ".cache" / "huggingface").mkdir(parents=True)
        for file in sorted(source.iterdir()):
            if file.name == without:
                continue
            shutil.copy(file, directory)
            if failure:
                raise failure

    monkeypatch.setattr(model_hub, "download", download)
    return asked


def left(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_directory_that_holds_a_model_is_found(tiny_en_dir: Path, folder: Path) -> None:
    assert models.find(str(tiny_en_dir), folder) == tiny_en_dir


def test_a_directory_in_the_home_folder_is_found(
    tiny_en_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tiny_en_dir.parent))
    monkeypatch.setenv("USERPROFILE", str(tiny_en_dir.parent))
    assert models.find(f"~/{tiny_en_dir.name}", folder) == tiny_en_dir


def test_a_directory_that_is_no_model_says_what_it_lacks(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"x")
    with pytest.raises(
        WrongModelError, match=r"not a converted Whisper model: config\.json, tokenizer\.json, vocabulary"
    ):
        models.find(str(tmp_path), folder)


def test_a_path_that_is_no_directory_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(WrongModelError, match="is not a directory"):
        models.find(str(tmp_path / "absent"), folder)


def test_an_unknown_name_is_refused_with_the_nearest_one(folder: Path) -> None:
    with pytest.raises(WrongModelError, match=r"no speech model is called 'bas\.en': did you mean base\.en\?"):
        models.find("bas.en", folder)
    with pytest.raises(WrongModelError, match=r"called 'zzz': `sidecar models list`"):
        models.find("zzz", folder)


def test_a_kept_model_wins_over_the_cache(tiny_en_dir: Path, folder: Path, cache: dict[str, Path]) -> None:
    cache["Systran/faster-whisper-tiny.en"] = tiny_en_dir
    assert models.find("tiny.en", folder) == tiny_en_dir
    shutil.copytree(tiny_en_dir, folder / "tiny.en")
    assert models.find("tiny.en", folder) == folder / "tiny.en"


def test_a_model_put_in_place_by_hand_may_have_any_name(tiny_en_dir: Path, folder: Path) -> None:
    shutil.copytree(tiny_en_dir, folder / "ours")
    assert models.find("ours", folder) == folder / "ours"


def test_a_model_put_in_place_in_part_is_refused(tiny_en_dir: Path, folder: Path) -> None:
    shutil.copytree(tiny_en_dir, folder / "tiny.en")
    (folder / "tiny.en" / "tokenizer.json").unlink()
    with pytest.raises(WrongModelError, match=r"tokenizer\.json missing"):
        models.find("tiny.en", folder)


def test_a_model_that_is_not_here_is_not_found(folder: Path, cache: dict[str, Path]) -> None:
    assert models.find("base.en", folder) is None


def test_a_model_at_hand_is_not_fetched(
    tiny_en_dir: Path, folder: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = deliver(monkeypatch, tiny_en_dir)
    assert models.resolve(str(tiny_en_dir), folder, download=True, say=said.append) == tiny_en_dir
    assert (asked, said) == ([], [])


def test_where_fetching_is_not_allowed_one_line_says_how_to_go_on(
    folder: Path, cache: dict[str, Path], said: list[str]
) -> None:
    with pytest.raises(ModelError) as caught:
        models.resolve("base.en", folder, download=False, say=said.append)
    message = str(caught.value)
    for part in ("base.en is not on this machine", "sidecar models pull base.en", str(folder), "--engine reference"):
        assert part in message
    assert "\n" not in message


def test_a_missing_model_is_fetched_and_then_found(
    tiny_en_dir: Path, folder: Path, cache: dict[str, Path], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = deliver(monkeypatch, tiny_en_dir)
    fetched = models.resolve("tiny.en", folder, download=True, say=said.append)
    assert fetched == folder / "tiny.en" == models.find("tiny.en", folder)
    assert left(folder) == ["tiny.en"]
    assert left(fetched) == left(tiny_en_dir)
    assert asked == ["Systran/faster-whisper-tiny.en"]
    assert said == ["fetching speech model tiny.en (76 MB) from huggingface.co/Systran/faster-whisper-tiny.en"]


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (model_hub.HubUnreachableError("no route"), ModelError),
        (StorageError("disk full"), StorageError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_an_interrupted_download_leaves_nothing_behind(
    tiny_en_dir: Path,
    folder: Path,
    failure: BaseException,
    expected: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deliver(monkeypatch, tiny_en_dir, failure=failure)
    with pytest.raises(expected):
        models.fetch("tiny.en", folder, say=lambda _: None)
    assert left(folder) == []


def test_without_a_network_one_line_says_how_to_go_on(
    tiny_en_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(monkeypatch, tiny_en_dir, failure=model_hub.HubUnreachableError("no route"))
    with pytest.raises(
        ModelError, match=r"huggingface\.co cannot be reached: once online, `sidecar models pull"
    ) as caught:
        models.fetch("tiny.en", folder, say=lambda _: None)
    assert str(folder / "tiny.en") in str(caught.value)


def test_a_download_that_lacks_a_file_is_no_model(
    tiny_en_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(monkeypatch, tiny_en_dir, without="tokenizer.json")
    with pytest.raises(ModelError, match=r"came without tokenizer\.json"):
        models.fetch("tiny.en", folder, say=lambda _: None)
    assert left(folder) == []


def test_what_a_killed_download_left_is_cleared_away_by_the_next(
    tiny_en_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".tiny.en.unfinished").mkdir(parents=True)
    deliver(monkeypatch, tiny_en_dir)
    models.fetch("tiny.en", folder, say=lambda _: None)
    assert left(folder) == ["tiny.en"]
