"""What a path turns out to be."""

import wave
from pathlib import Path

import numpy as np
import pytest

from sidecar.journal import Journal
from sidecar.material import Material, open_path, open_sides
from streams.errors import AudioInputError, StorageError, TranscriptError
from streams.events import AudioFrame, CallContext, CallEnded, CallStarted, Channel, Utterance

CALL = """@ queue: bills
@ agent: Ada
@ left: customer
00:00.100-00:00.500 agent     Hello there
00:00.600-00:00.900 customer  Hi
"""
WORDS = '{"agent": [["Hello", 110, 290], ["there", 300, 480]]}'


def wav(path: Path, channels: int = 2, seconds: float = 1.0) -> Path:
    noise = np.random.default_rng(channels).integers(-9000, 9000, int(8000 * seconds) * channels).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(noise.tobytes())
    return path


def opened(path: Path, left: Channel | None = None, transcript: Path | None = None) -> Material:
    return open_path(path, left=left, default_left="agent", transcript=transcript)


def test_a_recording_alone(tmp_path: Path) -> None:
    material = opened(wav(tmp_path / "my call.wav"))
    assert material.kind == "audio"
    assert material.started == CallStarted(call_id="my-call", at_ms=0, source="my call.wav")
    assert (material.duration_ms, material.known, material.context) == (1000, None, None)
    *frames, end = material.events()
    assert len(frames) == 100
    assert all(isinstance(frame, AudioFrame) for frame in frames)
    assert end == CallEnded(call_id="my-call", at_ms=1000, reason="end_of_recording")
    assert len(list(material.events())) == 101


def test_facts_and_words_may_lie_beside_a_recording(tmp_path: Path) -> None:
    path = wav(tmp_path / "x.wav")
    (tmp_path / "x.call").write_text(CALL)
    material = opened(path)
    assert (material.started.queue, material.started.agent_name) == ("bills", "Ada")
    assert material.known is not None
    assert material.known.name == "x.call"
    assert [word.text for word in material.known.words["agent"]] == ["Hello", "there"]
    (tmp_path / "x.words.json").write_text(WORDS)
    timed = opened(path).known
    assert timed is not None
    assert (timed.name, timed.words["agent"][0].start_ms) == ("x.words.json", 110)


def test_whose_the_left_channel_is(tmp_path: Path) -> None:
    path = wav(tmp_path / "x.wav")
    frames = {left: next(iter(opened(path, left).events())) for left in ("agent", "customer", None)}
    assert frames["agent"] == frames[None]
    (tmp_path / "x.call").write_text(CALL)
    assert next(iter(opened(path).events())) == frames["customer"]
    assert next(iter(opened(path, "agent").events())) == frames["agent"]


def test_words_may_be_named(tmp_path: Path) -> None:
    path = wav(tmp_path / "x.wav")
    words = tmp_path / "other.words.json"
    words.write_text(WORDS)
    subtitles = tmp_path / "y.srt"
    subtitles.write_text("1\n00:00:00,100 --> 00:00:00,900\nagent: Hello there\n")
    known = [opened(path, transcript=transcript).known for transcript in (words, subtitles)]
    assert [each.name for each in known if each] == ["other.words.json", "y.srt"]


def test_two_recordings_are_one_call(tmp_path: Path) -> None:
    agent, customer = wav(tmp_path / "x.agent.wav", 1), wav(tmp_path / "x.customer.wav", 1, 0.5)
    material = open_sides(agent, customer, None)
    assert material.started.call_id == "x"
    assert material.started.source == "x.agent.wav + x.customer.wav"
    assert material.duration_ms == 1000
    other = wav(tmp_path / "b.wav", 1)
    assert open_sides(agent, other, None).started.call_id == "x.agent-b"
    (tmp_path / "w.call").write_text(CALL)
    known = open_sides(agent, other, tmp_path / "w.call").known
    assert known is not None


def test_a_mono_recording_is_mixed(tmp_path: Path) -> None:
    assert opened(wav(tmp_path / "x.wav", 1)).started.channels == ("mixed",)


def test_a_transcript_is_a_call_with_words(tmp_path: Path) -> None:
    path = tmp_path / "x.call"
    path.write_text(CALL)
    material = opened(path)
    assert (material.kind, material.started.source, material.started.words_from) == ("script", "x.call", "text")
    assert [event.text for event in material.events() if isinstance(event, Utterance)] == ["Hello there", "Hi"]
    assert material.duration_ms == 900


def kept(folder: Path, *, text: bool = True, ends: bool = True) -> Path:
    folder.mkdir()
    said = Utterance(call_id="c", at_ms=90, channel="agent", utterance=0, started_ms=0, ended_ms=80, text="hm")
    with Journal(folder, text=text) as journal:
        for event in (CallContext(call_id="c", at_ms=0, pack="p"), CallStarted(call_id="c", at_ms=0), said):
            journal.write(event)
        if ends:
            journal.write(CallEnded(call_id="c", at_ms=100))
    return journal.path


def test_a_journal_is_a_call_with_its_context(tmp_path: Path) -> None:
    path = kept(tmp_path / "a")
    for given in (path, path.parent):
        material = opened(given)
        assert (material.kind, material.duration_ms, material.notes) == ("journal", 100, ())
        assert material.context == CallContext(call_id="c", at_ms=0, pack="p")
        assert len(list(material.events())) == 4


def test_a_journal_that_was_cut_says_so(tmp_path: Path) -> None:
    assert "ends before the call does" in opened(kept(tmp_path / "a", ends=False)).notes[0]


def test_a_journal_without_words_cannot_be_played(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="kept without text"):
        opened(kept(tmp_path / "a", text=False))


def test_what_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(AudioInputError, match="is a folder"):
        opened(tmp_path)
    with pytest.raises(AudioInputError):
        opened(tmp_path / "gone.wav")
    with pytest.raises(StorageError, match="cannot read"):
        opened(tmp_path / "gone.jsonl")
    with pytest.raises(TranscriptError, match=r"cannot read .*gone\.call"):
        opened(tmp_path / "gone.call")
    (tmp_path / "x.srt").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(TranscriptError, match="not UTF-8"):
        opened(tmp_path / "x.srt")
