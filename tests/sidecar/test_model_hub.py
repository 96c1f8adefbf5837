import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError, OfflineModeIsEnabled, RepositoryNotFoundError

from sidecar import model_hub
from streams.errors import ModelError, StorageError

REPOSITORY = "Systran/faster-whisper-tiny.en"
SNAPSHOT = huggingface_hub.snapshot_download


class Response:
    """What an error of the hub wants to know of the answer it came with."""

    headers: ClassVar[dict[str, str]] = {}
    request = None
    status_code = 404


def hub(monkeypatch: pytest.MonkeyPatch, answer: Callable[..., Any]) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", answer)


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_an_empty_cache_holds_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub(monkeypatch, partial(SNAPSHOT, cache_dir=tmp_path))
    assert model_hub.cached(REPOSITORY) is None


def test_a_whole_model_in_the_cache_is_found_and_a_part_is_not(
    tmp_path: Path, tiny_en_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = tmp_path / "models--Systran--faster-whisper-tiny.en" / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot.parent.parent / "refs").mkdir()
    (snapshot.parent.parent / "refs" / "main").write_text("0" * 40)
    hub(monkeypatch, partial(SNAPSHOT, cache_dir=tmp_path))
    for file in tiny_en_dir.iterdir():
        assert model_hub.cached(REPOSITORY) is None
        (snapshot / file.name).symlink_to(file)
    assert model_hub.cached(REPOSITORY) == snapshot


def test_a_hub_that_does_not_answer_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The discard port of this machine: nobody listens there.
    hub(monkeypatch, partial(SNAPSHOT, endpoint="http://127.0.0.1:9", etag_timeout=1))
    with pytest.raises(model_hub.HubUnreachableError) as caught:
        model_hub.download(REPOSITORY, tmp_path / "fetched")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        LocalEntryNotFoundError("Got: ConnectError: no route\nand more"),
        OfflineModeIsEnabled("offline"),
        ConnectionResetError(errno.ECONNRESET, "reset"),
        TimeoutError("read"),
        RuntimeError("transfer broke"),
        model_hub._FAILURES[0]("answer cut short"),
    ],
)
def test_every_way_a_network_fails_is_one_error(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub(monkeypatch, failing(error))
    with pytest.raises(model_hub.HubUnreachableError, match=r"huggingface\.co cannot be reached"):
        model_hub.download(REPOSITORY, tmp_path)


def test_a_full_disk_is_not_blamed_on_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub(monkeypatch, failing(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(StorageError, match="No space left on device; make room"):
        model_hub.download(REPOSITORY, tmp_path)


def test_a_repository_that_does_not_exist_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub(monkeypatch, failing(RepositoryNotFoundError("404", response=Response())))  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=r"no public Systran/faster-whisper-tiny\.en"):
        model_hub.download(REPOSITORY, tmp_path)


def test_only_the_files_of_a_model_are_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[str] = []
    hub(monkeypatch, lambda repository, *, local_dir, allow_patterns: wanted.extend(allow_patterns))
    model_hub.download(REPOSITORY, tmp_path)
    assert {"model.bin", "tokenizer.json", "preprocessor_config.json"} <= set(wanted)
