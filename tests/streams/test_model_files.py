from pathlib import Path

from streams import model_files


def test_a_directory_that_is_no_model_lacks_everything(tmp_path: Path) -> None:
    assert model_files.missing(tmp_path) == ("model.bin", "config.json", "tokenizer.json", "vocabulary.json")
    assert model_files.missing(tmp_path / "absent") == model_files.missing(tmp_path)


def test_an_empty_file_is_missing(tmp_path: Path) -> None:
    for name in (*model_files.REQUIRED, "vocabulary.txt"):
        (tmp_path / name).write_text("x")
    assert model_files.missing(tmp_path) == ()
    (tmp_path / "model.bin").write_bytes(b"")
    assert model_files.missing(tmp_path) == ("model.bin",)


def test_a_built_model_lacks_nothing(tiny_en_dir: Path) -> None:
    assert model_files.missing(tiny_en_dir) == ()
