"""From settings and a directory to a recogniser: loaded, one a profile, and measured."""

from pathlib import Path

import numpy as np
import pytest

from sidecar import recogniser
from sidecar.config import load
from streams.engine import DecodeJob, JobKind
from streams.errors import ModelError

JOB = DecodeJob(
    call_id="c", channel="customer", utterance=0, kind=JobKind.FINAL, started_ms=0, ended_ms=1000, requested_ms=1000
)


@pytest.mark.parametrize(("profile", "window_ms"), [("safe", 10_000), ("fast", 5_000)])
def test_the_profile_decides_the_window(tiny_en_dir: Path, profile: str, window_ms: int) -> None:
    asr = load((), (f"asr.profile={profile}",)).asr
    heard = recogniser.load(asr, tiny_en_dir).transcribe(JOB, np.zeros(16_000, np.float32))
    assert heard.window_ms == window_ms


def test_all_profiles_share_one_model(tiny_en_dir: Path) -> None:
    asr = load((), ()).asr
    both = recogniser.load_profiles(asr, tiny_en_dir, asr.profiles)
    assert sorted(both) == ["fast", "safe"]


def test_what_speech_takes_is_measured(tiny_en_dir: Path) -> None:
    found = recogniser.measure(load((), ()).asr, tiny_en_dir)
    assert min(found.cost, found.final_ms) > 0


def test_what_is_not_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        recogniser.load(load((), ()).asr, tmp_path)
