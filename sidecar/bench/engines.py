"""Which recogniser is measured: a model's name flows in; the model, and what is real about its words, flow out.

Where the model's weights are not on this machine, a model of its dimensions with random weights does the work and the
words come from the truth, with seeded mistakes: the time is real, the words are not.
"""

import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from sidecar import models
from sidecar.bench.conversation import Conversation
from streams.engine import DecodeJob, Samples, Transcriber, Transcription
from streams.errors import ModelError
from streams.oracle import OracleTranscriber
from streams.random_weights import SIZES, build
from streams.reference import ReferenceTranscriber
from streams.whisper import WhisperTranscriber


class Subject(NamedTuple):
    """A model to measure: its name, its directory, and whether its weights were trained."""

    name: str
    directory: Path
    trained: bool

    @property
    def about(self) -> str:
        """What is real about the run, in one line."""
        if self.trained:
            return f"real weights of {self.name}: compute, words and times are the recogniser's own"
        return (
            f"random weights of {self.name}'s dimensions: the compute is real; the words are the true ones, with the "
            "last word of a partial wrong one time in four"
        )


@contextmanager
def subject(name: str, models_dir: Path) -> Iterator[Subject]:
    """The model of that name or in that directory; one with random weights is gone after the block.

    Raises ModelError where there is neither a model nor a size of that name.
    """
    found = models.find(name, models_dir)
    if found is not None:
        yield Subject(name, found, trained=True)
        return
    if name not in SIZES:
        sizes = ", ".join(SIZES)
        raise ModelError(f"model {name} is not on this machine; without weights there are only the sizes {sizes}")
    with tempfile.TemporaryDirectory(prefix="sidecar-bench-") as folder:
        # In a process of its own, so that what it takes to make a model is not in the memory that is measured.
        with ProcessPoolExecutor(1, get_context("spawn")) as maker:
            directory = maker.submit(build, Path(folder) / name, name).result()
        yield Subject(name, directory, trained=False)


class Engine:
    """Implements `streams.engine.Transcriber` for the calls it was told of."""

    def __init__(self, model: WhisperTranscriber, subject: Subject) -> None:
        self._model = model
        self._trained = subject.trained
        self._calls: dict[str, Transcriber] = {}

    def expect(self, talks: Mapping[str, Conversation]) -> None:
        """Take note of what will be said in some calls, in place of those told of before."""
        self._calls = {
            call_id: self._model if self._trained else OracleTranscriber(self._model, ReferenceTranscriber(talk.words))
            for call_id, talk in talks.items()
        }

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        """Decode a job of one of these calls.

        Raises RecogniserError when the model fails on it.
        """
        return self._calls[job.call_id].transcribe(job, samples)
