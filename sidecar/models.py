"""Speech models: a name or a directory flows in, the directory of a usable model flows out.

Looked for in this order: a directory that was named, the program's own models folder, the Hugging Face cache; then,
where that is allowed, fetched into the models folder. A model stands there whole or not at all: it is fetched beside
its place and moved when complete.
"""

import difflib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sidecar import model_hub, places
from streams import model_files
from streams.errors import ModelError, WrongModelError


class Offer(NamedTuple):
    """A model that can be fetched by its name; `megabytes` are of the download, 16-bit weights."""

    repository: str
    megabytes: int
    multilingual: bool


OFFERS = {
    "tiny.en": Offer("Systran/faster-whisper-tiny.en", 76, multilingual=False),
    "base.en": Offer("Systran/faster-whisper-base.en", 145, multilingual=False),
    "small.en": Offer("Systran/faster-whisper-small.en", 484, multilingual=False),
    "medium.en": Offer("Systran/faster-whisper-medium.en", 1530, multilingual=False),
    "tiny": Offer("Systran/faster-whisper-tiny", 76, multilingual=True),
    "base": Offer("Systran/faster-whisper-base", 145, multilingual=True),
    "small": Offer("Systran/faster-whisper-small", 484, multilingual=True),
    "medium": Offer("Systran/faster-whisper-medium", 1530, multilingual=True),
    "distil-small.en": Offer("Systran/faster-distil-whisper-small.en", 334, multilingual=False),
    "distil-medium.en": Offer("Systran/faster-distil-whisper-medium.en", 789, multilingual=False),
    "distil-large-v3": Offer("Systran/faster-distil-whisper-large-v3", 1510, multilingual=False),
    "large-v3-turbo": Offer("mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620, multilingual=True),
}
"""The models known by name: conversions for CTranslate2 on the Hugging Face Hub, smallest first of each kind."""


def find(model: str, models_dir: Path) -> Path | None:
    """The directory of a model that is on this machine; None for a known name whose model is not here.

    Raises WrongModelError for a directory that holds no model and for a name that is not known.
    """
    if _is_path(model):
        return _checked(Path(model).expanduser())
    kept = models_dir / model
    if kept.is_dir():
        return _checked(kept)
    return model_hub.cached(_offer(model).repository)


def resolve(model: str, models_dir: Path, *, download: bool, say: Callable[[str], None]) -> Path:
    """The directory of a model, fetched if it is not here and `download` allows it; see `fetch`.

    Raises ModelError where no usable model can be had.
    """
    if found := find(model, models_dir):
        return found
    if not download:
        raise ModelError(f"speech model {model} is not on this machine: {_ways_on(model, models_dir)}")
    return fetch(model, models_dir, say=say)


def fetch(name: str, models_dir: Path, *, say: Callable[[str], None]) -> Path:
    """Download a model by its name into the models folder.

    `say` gets a line before that, and the hub's library draws a bar on stderr where that is a terminal.
    Raises ModelError when it cannot be had, StorageError when the folder cannot be written.
    """
    offer = _offer(name)
    target = places.ensure(models_dir) / name
    unfinished = models_dir / f".{name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    say(f"fetching speech model {name} ({offer.megabytes} MB) from huggingface.co/{offer.repository}")
    try:
        model_hub.download(offer.repository, unfinished)
        shutil.rmtree(unfinished / ".cache", ignore_errors=True)
        if absent := model_files.missing(unfinished):
            raise ModelError(f"the download of {name} came without {', '.join(absent)}: try again later")
        shutil.rmtree(target, ignore_errors=True)
        unfinished.rename(target)
    except model_hub.HubUnreachableError as error:
        reason = f"speech model {name} is not on this machine and huggingface.co cannot be reached"
        raise ModelError(f"{reason}: {_ways_on(name, models_dir)}") from error
    finally:
        # Also after Ctrl-C: nothing half-fetched is left behind.
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


def _is_path(model: str) -> bool:
    return model not in OFFERS and (os.sep in model or "/" in model or Path(model).expanduser().is_dir())


def _offer(name: str) -> Offer:
    if name in OFFERS:
        return OFFERS[name]
    close = difflib.get_close_matches(name, OFFERS, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    raise WrongModelError(
        f"no speech model is called {name!r}: {hint}`sidecar models list` names them; a directory works too"
    )


def _checked(directory: Path) -> Path:
    if not directory.is_dir():
        raise WrongModelError(f"{directory} is not a directory: name one that holds a converted Whisper model")
    if absent := model_files.missing(directory):
        raise WrongModelError(f"{directory} is not a converted Whisper model: {', '.join(absent)} missing")
    return directory


def _ways_on(name: str, models_dir: Path) -> str:
    files = ", ".join((*model_files.REQUIRED, model_files.VOCABULARIES[0]))
    return (
        f"once online, `sidecar models pull {name}` fetches it ({OFFERS[name].megabytes} MB), or put {files} into "
        f"{models_dir / name}; `sidecar replay --engine reference --transcript FILE` needs none: it takes the words "
        "from a transcript"
    )
