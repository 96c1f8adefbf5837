"""Voice activity: 32 ms frames flow in, the probability of each that it is speech flows out.

The model is Silero v6 as it comes inside the faster-whisper package (ONNX). One session serves every call; the
recurrent state and the 64 samples of context belong to one channel.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from streams.engine import Samples
from streams.errors import ModelError
from streams.segments import FRAME_SAMPLES

_CONTEXT_SAMPLES = 64
_STATE_SHAPE = (1, 1, 128)
_ASSET = Path("assets") / "silero_vad_v6.onnx"


class Session(Protocol):
    """What is used of an onnxruntime session."""

    def run(self, outputs: None, feed: dict[str, Any]) -> list[Any]:
        """Run the model once."""
        ...


class SileroProbe:
    """Silero v6 on one channel; state is carried from frame to frame."""

    def __init__(self, session: Session | None = None) -> None:
        self._session = session or shared_session()
        self._context = np.zeros(_CONTEXT_SAMPLES, np.float32)
        self._h = self._c = np.zeros(_STATE_SHAPE, np.float32)

    def probabilities(self, frames: Sequence[Samples]) -> list[float]:
        """The probability, 0 to 1, that each of some frames of 512 samples at 16 kHz is speech.

        After a rest most of a run's time goes into fetching the model into the processor's cache, so four frames at
        once cost little more than one; the answers are the same to the last bit.
        """
        windows = np.empty((len(frames), _CONTEXT_SAMPLES + FRAME_SAMPLES), np.float32)
        windows[:, _CONTEXT_SAMPLES:] = frames
        windows[0, :_CONTEXT_SAMPLES] = self._context
        windows[1:, :_CONTEXT_SAMPLES] = windows[:-1, -_CONTEXT_SAMPLES:]
        self._context = windows[-1, -_CONTEXT_SAMPLES:]
        speech, self._h, self._c = self._session.run(None, {"input": windows, "h": self._h, "c": self._c})
        return [float(one) for one in speech]

    def reset(self) -> None:
        """Forget what was heard."""
        self._context = np.zeros(_CONTEXT_SAMPLES, np.float32)
        self._h = self._c = np.zeros(_STATE_SHAPE, np.float32)


@lru_cache(maxsize=1)
def shared_session() -> Session:
    """The one session of this process; it is stateless and may be run from any thread.

    Raises ModelError when faster-whisper's model file is missing or unreadable.
    """
    path = asset_path()
    # Loaded here, because importing it costs a command that needs no ears a tenth of a second.
    onnxruntime = import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    try:
        session: Session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has no public base class for its errors
        raise ModelError(f"voice activity model {path} cannot be loaded ({error}); reinstall faster-whisper") from error
    return session


def asset_path() -> Path:
    """Where faster-whisper keeps the model, found without importing that package.

    Raises ModelError when the package or its file is missing.
    """
    spec = find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / _ASSET
        if path.is_file():
            return path
    raise ModelError("no voice activity model: faster-whisper 1.2 or newer brings it, reinstall faster-whisper")
