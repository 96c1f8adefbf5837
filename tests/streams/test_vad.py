import importlib.machinery

import numpy as np
import pytest

from streams import vad
from streams.errors import ModelError
from streams.vad import SileroProbe, asset_path, shared_session


class RecordingSession:
    """Answers with what it was given, so that context and state can be seen."""

    def __init__(self):
        self.inputs = []

    def run(self, outputs, feed):
        assert outputs is None
        self.inputs.append((feed["input"].copy(), feed["h"], feed["c"]))
        return [np.array([0.25], np.float32), feed["h"] + 1, feed["c"] + 2]


def frame(value):
    return np.full(512, value, np.float32)


def test_context_and_state_are_carried_from_frame_to_frame():
    session = RecordingSession()
    probe = SileroProbe(session)
    assert probe.probabilities([frame(0.1)]) == [0.25]
    probe.probabilities([frame(0.2)])
    (first, _, _), (second, h, c) = session.inputs
    assert first.shape == (1, 576)
    assert not first[0, :64].any()
    assert np.all(second[0, :64] == np.float32(0.1))
    assert np.all(second[0, 64:] == np.float32(0.2))
    assert (h.shape, h.max(), c.max()) == ((1, 1, 128), 1.0, 2.0)


def test_a_reset_forgets_context_and_state():
    session = RecordingSession()
    probe = SileroProbe(session)
    probe.probabilities([frame(0.1)])
    probe.reset()
    probe.probabilities([frame(0.2)])
    window, h, c = session.inputs[-1]
    assert not window[0, :64].any()
    assert not h.any()
    assert not c.any()


def test_one_session_serves_all_and_channels_keep_apart():
    assert shared_session() is shared_session()
    sounds = np.random.default_rng(3).normal(0, 0.1, (6, 512)).astype(np.float32)
    alone = SileroProbe()
    expected = alone.probabilities(sounds)
    one, other = SileroProbe(), SileroProbe()
    heard = []
    for sound in sounds:
        heard += one.probabilities([sound])
        other.probabilities([-sound])
    assert heard == expected


def test_frames_at_once_are_heard_to_the_bit_as_one_by_one():
    sounds = np.random.default_rng(3).normal(0, 0.1, (7, 512)).astype(np.float32)
    single, several = SileroProbe(), SileroProbe()
    expected = [single.probabilities([sound])[0] for sound in sounds]
    assert several.probabilities(sounds[:4]) + several.probabilities(sounds[4:]) == expected


def test_noise_and_tones_are_no_speech():
    time_s = np.arange(512 * 60) / 16_000
    noise = np.random.default_rng(3).normal(0, 0.05, time_s.shape)
    dial_tone = 0.2 * np.sin(2 * np.pi * 350 * time_s) + 0.2 * np.sin(2 * np.pi * 440 * time_s)
    for sound in (noise, dial_tone):
        probe = SileroProbe()
        heard = probe.probabilities(sound.astype(np.float32).reshape(-1, 512))
        assert np.mean(np.array(heard) >= 0.5) < 0.1


def test_a_missing_package_is_one_clear_line(monkeypatch):
    monkeypatch.setattr(vad, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="reinstall faster-whisper"):
        asset_path()


def test_a_missing_file_is_one_clear_line(monkeypatch, tmp_path):
    spec = importlib.machinery.ModuleSpec("faster_whisper", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(vad, "find_spec", lambda name: spec)
    with pytest.raises(ModelError, match="reinstall faster-whisper"):
        asset_path()


def test_a_broken_file_is_one_clear_line(monkeypatch, tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a model")
    monkeypatch.setattr(vad, "asset_path", lambda: broken)
    with pytest.raises(ModelError, match=r"broken\.onnx cannot be loaded"):
        shared_session.__wrapped__()
