"""The calls that ship: what is heard, what is written and what was scripted are one."""

import re
from pathlib import Path

import numpy as np
import pytest
import soxr

from sidecar.rulebook import read_pack
from sidecar.trial import judge, report
from streams.audio import pcm_to_float
from streams.events import Channel
from streams.recording import open_recording
from streams.script import Script, with_words
from streams.transcript import read_transcript, read_words

ROOT = Path(__file__).parents[2]
CALLS = ROOT / "sidecar" / "calls"
SCRIPTS = ROOT / "tests" / "calls" / "scripts"
NAMES = sorted(path.stem for path in CALLS.glob("*.call"))
SIDES: tuple[Channel, ...] = ("agent", "customer")


def script(name: str) -> Script:
    call = read_transcript((CALLS / f"{name}.call").read_text(encoding="utf-8"), f"{name}.call")
    words = read_words((CALLS / f"{name}.words.json").read_text(encoding="utf-8"), f"{name}.words.json")
    return with_words(call, words)


def test_there_are_several_of_different_kinds() -> None:
    assert len(NAMES) >= 5
    assert sorted(path.stem for path in SCRIPTS.glob("*.txt")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_words_stand_where_the_turns_are(name: str) -> None:
    call = script(name)
    assert {"title", "about", "queue", "agent", "left"} <= set(call.facts)
    assert call.expectations
    for turn in call.turns:
        assert (turn.words[0].start_ms, turn.words[-1].end_ms) == (turn.started_ms, turn.ended_ms)


@pytest.mark.parametrize("name", NAMES)
def test_the_call_says_what_its_script_says(name: str) -> None:
    lines = (SCRIPTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    written = re.findall(r"^(agent|customer)(?: [+-]\d+)?: (.+)$", "\n".join(lines), re.MULTILINE)
    assert len(written) == sum(line.startswith(SIDES) for line in lines)
    said = sorted((who, " ".join(re.sub(r"<\d+>", " ", words).split())) for who, words in written)
    assert said == sorted((turn.channel, turn.text) for turn in script(name).turns)


@pytest.mark.parametrize("name", NAMES)
def test_the_recording_is_a_small_telephone_call(name: str) -> None:
    path = CALLS / f"{name}.flac"
    recording = open_recording(path)
    assert recording.channels == SIDES
    assert recording.rate_hz == 8000
    assert recording.notes == ()
    assert 60_000 <= recording.duration_ms <= 120_000
    assert 0 < recording.duration_ms - max(turn.ended_ms for turn in script(name).turns) < 3000
    assert path.stat().st_size < 900_000


@pytest.mark.parametrize("name", NAMES)
def test_the_coach_says_what_the_call_expects(name: str) -> None:
    pack = read_pack("default")
    written = read_transcript((CALLS / f"{name}.call").read_text(encoding="utf-8"), f"{name}.call")
    for call in (written, script(name)):
        verdict = judge(call, pack)
        assert verdict.passed, "\n".join(report(verdict))


@pytest.mark.parametrize("name", NAMES)
def test_voice_activity_detection_hears_the_words(name: str) -> None:
    vad = pytest.importorskip("faster_whisper.vad")
    options = vad.VadOptions(min_silence_duration_ms=480, speech_pad_ms=0)
    frames = list(open_recording(CALLS / f"{name}.flac").frames(name))
    for side in SIDES:
        line = np.concatenate([pcm_to_float(frame.pcm) for frame in frames if frame.channel == side])
        sound = soxr.resample(line, 8000, 16_000)
        heard = np.zeros(len(sound), bool)
        for span in vad.get_speech_timestamps(sound, options):
            heard[span["start"] : span["end"]] = True
        own = [turn for turn in script(name).turns if turn.channel == side]
        spoken = np.zeros(len(sound), bool)
        for word in (word for turn in own for word in turn.words):
            spoken[word.start_ms * 16 : word.end_ms * 16] = True
        assert heard[spoken].mean() > 0.95
        # Pauses within a turn may be bridged; between turns there must be nothing.
        between = np.ones(len(sound), bool)
        for turn in own:
            between[max(0, turn.started_ms - 150) * 16 : (turn.ended_ms + 150) * 16] = False
        assert heard[between].mean() < 0.01
