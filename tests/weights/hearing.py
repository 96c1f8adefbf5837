"""How well a recogniser hears: clips with known words flow in, shares of wrong words flow out.

Each clip goes through the product's own loop (voice activity, endpoints, gates with their retry); only partials are
left out, since nothing of them is in the final words. The telephone is G.711 at 8 kHz, decoded and brought back to
16 kHz by the product's own code.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import jiwer
import numpy as np
import soxr

from streams.audio import float_to_pcm, pcm_to_float, ulaw_to_pcm
from streams.engine import Samples, Transcriber, Transcription
from streams.errors import RecogniserError
from streams.events import AudioFrame, Channel, Utterance
from streams.loop import ListeningLoop, Output
from streams.recording import open_recording
from streams.settings import LoopSettings, ProfileSettings
from streams.vad import SileroProbe

Way: TypeAlias = Literal["clean", "telephone"]
WAYS: tuple[Way, ...] = ("clean", "telephone")

TELEPHONE_HZ = 8_000
TELEPHONE_BAND_HZ = (300, 3_400)
"""ITU-T G.712: what an analogue telephone channel carries."""

LIMITS: Mapping[Way, float] = {"clean": 0.15, "telephone": 0.30}
"""Shares of wrong words that no usable model exceeds: about three times what Whisper's authors publish for tiny.en on
clean reading, and twice that over the telephone."""

GAPS: Mapping[str, float] = {"safe": 0.02, "fast": 0.05}
"""What a profile's shorter windows may add to the wrong words of the full 30 s window."""
OTHER_GAP = 0.05

FULL = ProfileSettings(windows_s=(30,), partial_floor_s=30, final_floor_s=30)

_SOUNDS = (".wav", ".flac", ".mp3")
_FRAME = 20  # ms
_CHANNEL: Channel = "mixed"


class Clip(NamedTuple):
    """Somebody speaking, and the words."""

    name: str
    samples: Samples
    rate_hz: int
    text: str


class Heard(NamedTuple):
    """What was heard of some clips, and how much of it is wrong."""

    texts: tuple[str, ...]
    wrong: float
    words: int


def clips(folder: Path) -> list[Clip]:
    """Every recording of a folder whose words lie beside it as text."""
    found = []
    for path in sorted(folder.iterdir()):
        words = path.with_suffix(".txt")
        if path.suffix in _SOUNDS and words.is_file():
            frames = list(open_recording(path).frames(path.stem))
            sound = np.concatenate([pcm_to_float(frame.pcm) for frame in frames])
            found.append(Clip(path.stem, sound, frames[0].rate_hz, words.read_text("utf-8")))
    return found


def telephone(clip: Clip) -> Clip:
    """The clip as it comes out of a telephone: band-limited, 8 kHz, µ-law."""
    narrow = soxr.resample(clip.samples, clip.rate_hz, TELEPHONE_HZ) if clip.rate_hz != TELEPHONE_HZ else clip.samples
    spectrum = np.fft.rfft(narrow)
    hz = np.fft.rfftfreq(len(narrow), 1 / TELEPHONE_HZ)
    spectrum[(hz < TELEPHONE_BAND_HZ[0]) | (hz > TELEPHONE_BAND_HZ[1])] = 0
    sent = to_ulaw(np.fft.irfft(spectrum, len(narrow)).astype(np.float32))
    return clip._replace(samples=pcm_to_float(ulaw_to_pcm(sent)), rate_hz=TELEPHONE_HZ)


def to_ulaw(samples: Samples) -> bytes:
    """The nearest µ-law code of every sample, by the product's table."""
    table = np.frombuffer(ulaw_to_pcm(bytes(range(256))), "<i2").astype(np.int32)
    order = np.argsort(table, kind="stable")
    levels = table[order]
    pcm = np.frombuffer(float_to_pcm(samples), "<i2").astype(np.int32)
    above = np.clip(np.searchsorted(levels, pcm), 1, 255)
    lower = pcm - levels[above - 1] <= levels[above] - pcm
    return order[above - lower].astype(np.uint8).tobytes()


def hear(engine: Transcriber, clip: Clip, settings: LoopSettings) -> str:
    """The words of a clip as a call would have them."""
    loop = ListeningLoop(clip.name, (_CHANNEL,), settings, {_CHANNEL: SileroProbe()})
    said: list[str] = []

    def step(output: Output, at_ms: int) -> None:
        for job in output.jobs:
            result: Transcription | RecogniserError = Transcription(text="")
            if not job.kind.is_partial:
                try:
                    result = engine.transcribe(job, loop.samples(job))
                except RecogniserError as error:
                    result = error
            step(loop.decoded(job, result, at_ms), at_ms)
        said.extend(event.text for event in output.events if isinstance(event, Utterance) and event.text)

    at_ms = 0
    for frame in _frames(clip):
        at_ms = frame.at_ms
        step(loop.hear(frame), at_ms)
    step(loop.finish(at_ms), at_ms)
    return " ".join(said)


def hear_all(engine: Transcriber, spoken: Sequence[Clip], settings: LoopSettings) -> Heard:
    """All clips, and the share of their words that is wrong: substituted, left out or made up."""
    texts = tuple(hear(engine, clip, settings) for clip in spoken)
    references = [plain(clip.text) for clip in spoken]
    found = jiwer.process_words(references, [plain(text) for text in texts])
    return Heard(texts, found.wer, sum(len(reference.split()) for reference in references))


def plain(text: str) -> str:
    """What counts when words are compared: small letters and digits, a space between words."""
    spaced = text.casefold().replace("-", " ").replace("’", "'")
    words = (
        "".join(letter for letter in word if letter.isalnum() or letter == "'").strip("'") for word in spaced.split()
    )
    return " ".join(word for word in words if word)


def too_wrong(heard: Heard, way: Way) -> str:
    """What is wrong with an error rate; nothing where it is as it should be."""
    if heard.wrong <= LIMITS[way]:
        return ""
    return f"{heard.wrong:.1%} of {heard.words} words are wrong ({way}); {LIMITS[way]:.0%} may be"


def too_far(profile: str, short: Heard, full: Heard) -> str:
    """What is wrong with the gap to the full window; nothing where it is as it should be."""
    gap, may = round(short.wrong - full.wrong, 4), GAPS.get(profile, OTHER_GAP)
    if gap <= may:
        return ""
    return f"{profile} hears {gap:.1%} of the words worse than the full window ({full.wrong:.1%}); {may:.0%} may be"


def _frames(clip: Clip) -> Iterator[AudioFrame]:
    step = clip.rate_hz * _FRAME // 1000
    for number, first in enumerate(range(0, len(clip.samples), step)):
        yield AudioFrame(
            call_id=clip.name,
            at_ms=(number + 1) * _FRAME,
            channel=_CHANNEL,
            pcm=float_to_pcm(clip.samples[first : first + step]),
            rate_hz=clip.rate_hz,
            started_ms=number * _FRAME,
            duration_ms=_FRAME,
        )
