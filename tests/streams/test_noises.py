"""What is no speech gives no words, though the recogniser would hear some in anything: real Silero, synthetic lines."""

from collections.abc import Iterator

import numpy as np
import pytest

from sidecar import demo
from streams.audio import Upsampler, float_to_pcm, pcm_to_float
from streams.engine import DecodeJob, Transcription
from streams.events import AudioFrame, Utterance
from streams.loop import ListeningLoop, Output
from streams.recording import open_recording
from streams.settings import LoopSettings
from streams.vad import SileroProbe
from tests.streams.noises import RATE_HZ, Sound, all_noises

NOISES = all_noises(12.0)
SPEECH_MS = 40_000

CERTAIN = Transcription(text="Thank you.", mean_logprob=-0.1, no_speech=0.0, align_p=0.9)
"""A phantom that no gate can tell from words: only voice activity stands before it."""
USUAL = Transcription(text="Thank you.", mean_logprob=-0.5, no_speech=0.75, align_p=0.5)
"""The phantom with the figures that Whisper gives it on noise."""


def listen(sound: Sound, rate_hz: int, phantom: Transcription) -> tuple[list[Utterance], list[DecodeJob]]:
    """What comes of a sound, and what was decoded for it."""
    loop = ListeningLoop("c", ("customer",), LoopSettings(), {"customer": SileroProbe()})
    finals: list[Utterance] = []
    jobs: list[DecodeJob] = []

    def step(output: Output, at_ms: int) -> None:
        finals.extend(event for event in output.events if isinstance(event, Utterance))
        for job in output.jobs:
            jobs.append(job)
            step(loop.decoded(job, phantom, at_ms), at_ms)

    at_ms = 0
    for frame in framed(sound, rate_hz):
        at_ms = frame.at_ms
        step(loop.hear(frame), at_ms)
    step(loop.finish(at_ms), at_ms)
    return finals, jobs


def framed(sound: Sound, rate_hz: int) -> Iterator[AudioFrame]:
    size = rate_hz // 50
    for number in range(len(sound) // size):
        pcm = float_to_pcm(sound[number * size : (number + 1) * size])
        yield AudioFrame(
            call_id="c",
            at_ms=(number + 1) * 20,
            channel="customer",
            pcm=pcm,
            rate_hz=rate_hz,
            started_ms=number * 20,
            duration_ms=20,
        )


@pytest.fixture(scope="module")
def speech() -> Sound:
    """Somebody who talks, so that the loop has learnt a speaker."""
    frames = (f for f in open_recording(demo.find("calm-rebooking").sound).frames("c") if f.channel == "customer")
    spoken = [(frame.rate_hz, pcm_to_float(frame.pcm)) for frame in frames if frame.at_ms <= SPEECH_MS]
    sound = np.concatenate([samples for _, samples in spoken])
    return sound if spoken[0][0] == RATE_HZ else Upsampler().feed(sound)


@pytest.mark.parametrize("rate_hz", [16_000, 8_000])
@pytest.mark.parametrize("name", NOISES)
def test_on_a_line_without_voice_nothing_is_even_decoded(name: str, rate_hz: int) -> None:
    finals, jobs = listen(NOISES[name][:: RATE_HZ // rate_hz], rate_hz, CERTAIN)
    assert jobs == []
    assert [final.text for final in finals if final.text] == []


@pytest.mark.parametrize("name", NOISES)
def test_behind_speech_no_noise_becomes_words(name: str, speech: Sound) -> None:
    pause = np.zeros(RATE_HZ, np.float32)
    finals, _ = listen(np.concatenate([speech, pause, NOISES[name]]), RATE_HZ, USUAL)
    noise_began_ms = (len(speech) + len(pause)) * 1000 // RATE_HZ
    assert finals[0].started_ms < noise_began_ms
    assert [final.text for final in finals if final.ended_ms > noise_began_ms - 500 and final.text] == []


def test_the_same_phantom_where_somebody_speaks_would_be_heard(speech: Sound) -> None:
    finals, jobs = listen(speech, RATE_HZ, CERTAIN)
    assert len(jobs) > 5
    assert {final.text for final in finals} >= {"Thank you."}
