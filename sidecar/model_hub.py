"""The edge to the Hugging Face Hub: a repository's name flows in, a directory with the model's files flows out."""

from pathlib import Path

import huggingface_hub
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from streams import model_files
from streams.errors import ModelError, StorageError

# The first base is the root of what the HTTP library raises, whichever one the installed version uses; what moves the
# large files raises RuntimeError.
_FAILURES: tuple[type[Exception], ...] = (HfHubHTTPError.__bases__[0], OSError, RuntimeError)
_FILES = list(model_files.ALL)


class HubUnreachableError(ModelError):
    """The hub did not answer, or not to the end."""


def cached(repository: str) -> Path | None:
    """The model in the Hugging Face cache; None when it is not there or only in part."""
    try:
        found = Path(huggingface_hub.snapshot_download(repository, local_files_only=True, allow_patterns=_FILES))
    except FileNotFoundError:
        return None
    return None if model_files.missing(found) else found


def download(repository: str, directory: Path) -> None:
    """Fetch a model's files into `directory`, with the library's own bar on stderr where that is a terminal.

    Raises HubUnreachableError, ModelError for a repository that does not exist, StorageError when the disk refuses.
    """
    try:
        huggingface_hub.snapshot_download(repository, local_dir=directory, allow_patterns=_FILES)
    except RepositoryNotFoundError as error:
        raise ModelError(f"huggingface.co has no public {repository}: name another model") from error
    except _FAILURES as error:
        # Errors of the disk carry a number; those of the network come as OSError without one.
        if isinstance(error, OSError) and error.errno is not None and not isinstance(error, ConnectionError):
            raise StorageError(f"cannot write {directory}: {error.strerror}; make room or set SIDECAR_HOME") from error
        raise HubUnreachableError(f"huggingface.co cannot be reached: {' '.join(str(error).split())}") from error
