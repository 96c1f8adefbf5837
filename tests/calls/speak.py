"""Makes the demo calls: scripts in, two-channel telephone audio with exactly timed words out.

    python -m tests.calls.speak [NAME...]       needs libflite1 (Debian: `apt install libflite1`)

reads `tests/calls/scripts/NAME.txt` and writes `sidecar/calls/NAME.call`, `.flac` and `.words.json`. The same script
gives the same call, sample for sample, with the same flite. A script has these lines, in the order of what is said:

    # a comment
    @ key: value                    a call fact, copied into the .call (`sidecar demo --list` shows title and about)
    % agent slt 1.05 190            voice, stretch (above 1 is slower) and optionally mean pitch in Hz of one side
    agent +400: I see. <900> Right. a turn that starts 400 ms after all that was said before has ended; negative
                                    numbers talk over it; `<900>` is a pause within the turn, ms; the usual gap is 350
    => rule.id warn within -2 +15   an expectation, its span in seconds from the end of the turn above it
    => none                         an expectation without a span is copied as it is
"""

import argparse
import json
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt
import soxr

from tests.calls.flite import RATE_HZ, SpokenWord, Voice

SCRIPTS = Path(__file__).parent / "scripts"
CALLS = Path(__file__).parents[2] / "sidecar" / "calls"
SIDES = ("agent", "customer")
LINE_RATE_HZ = 8_000
LEAD_IN_MS = 700
LEAD_OUT_MS = 1_500
GAP_MS = 350
RELEASE_MS = 40
"""Kept behind the last word's end, faded out, so that nothing clicks."""
SPEECH_DBFS = {"agent": -21.0, "customer": -23.0}
NOISE_DBFS = {"agent": -66.0, "customer": -62.0}
"""A headset in an office, and a telephone at home behind a line."""
QUANTUM = 32
"""Samples are multiples of this: less coarse than µ-law is at speech level, and it lets FLAC keep half as much."""

_TURN = re.compile(r"(agent|customer)(?:\s+([+-]\d+))?:\s+(.+)")
_EXPECTED = re.compile(r"=>\s+(.+?)(?:\s+within\s+([+-][\d.]+)\s+([+-][\d.]+))?$")

Signal = npt.NDArray[np.float64]


class Turn(NamedTuple):
    """One turn on the call's clock, in samples at 16 kHz."""

    side: str
    start: int
    samples: Signal
    words: tuple[SpokenWord, ...]

    @property
    def end(self) -> int:
        """Where its last word ends."""
        return self.start + self.words[-1].end


def say(voice: Voice, text: str) -> tuple[Signal, tuple[SpokenWord, ...]]:
    """Speak a turn with its pauses."""
    pieces: list[Signal] = []
    words: list[SpokenWord] = []
    at = 0
    for number, part in enumerate(re.split(r"<(\d+)>", text)):
        if number % 2:
            silence = np.zeros(int(part) * RATE_HZ // 1000)
            pieces.append(silence)
            at += len(silence)
            continue
        speech = voice.say(part.strip())
        words += [SpokenWord(word.text, word.start + at, word.end + at) for word in speech.words]
        pieces.append(_faded(speech.samples))
        at += len(speech.samples)
    return np.concatenate(pieces), tuple(words)


def _faded(samples: Signal) -> Signal:
    ramp = min(len(samples), RELEASE_MS * RATE_HZ // 1000 // 2)
    samples = samples.copy()
    samples[:ramp] *= np.linspace(0, 1, ramp)
    samples[-ramp:] *= np.linspace(1, 0, ramp)
    return samples


def telephone_band(signal: Signal) -> Signal:
    """300 to 3400 Hz, without delay: a gentle skirt below, as telephones have it, and a steep one above.

    A steep cut at 300 Hz would take the fundamental from these voices, and with it what voice activity detection knows
    them by.
    """
    spectrum = np.fft.rfft(signal)
    hz = np.maximum(np.fft.rfftfreq(len(signal), 1 / RATE_HZ), 1.0)
    spectrum /= np.sqrt(1 + (300 / hz) ** 4) * np.sqrt(1 + (hz / 3400) ** 40)
    return np.fft.irfft(spectrum, len(signal))


def noise(samples: int, dbfs: float, seed: int) -> Signal:
    """Room and line noise: more of it at low frequencies, as rooms have it, at `dbfs` rms."""
    white = np.random.default_rng(seed).standard_normal(samples)
    spectrum = np.fft.rfft(white)
    hz = np.fft.rfftfreq(samples, 1 / LINE_RATE_HZ)
    spectrum *= 1 / np.sqrt(np.maximum(hz, 200.0))
    spectrum[(hz < 200) | (hz > 3500)] *= 0.1
    coloured = np.fft.irfft(spectrum, samples)
    return coloured / np.sqrt(np.mean(coloured**2)) * 10 ** (dbfs / 20)


def render(turns: list[Turn], seed: int) -> npt.NDArray[np.int16]:
    """Both sides at 8 kHz, shape (samples, 2), agent on the left."""
    length = max(turn.start + len(turn.samples) for turn in turns) + LEAD_OUT_MS * RATE_HZ // 1000
    length += length % 2
    sides = []
    for number, side in enumerate(SIDES):
        voice = np.zeros(length)
        for turn in turns:
            if turn.side == side:
                voice[turn.start : turn.start + len(turn.samples)] += turn.samples
        band = soxr.resample(telephone_band(voice), RATE_HZ, LINE_RATE_HZ, quality="VHQ")[: length // 2]
        loud = np.sqrt(np.mean(band[np.abs(band) > 0.02] ** 2))
        band *= 10 ** (SPEECH_DBFS[side] / 20) / loud
        sides.append(band + noise(len(band), NOISE_DBFS[side], seed + number))
    both = np.stack(sides, axis=1) * 32768
    return (np.clip(np.rint(both / QUANTUM) * QUANTUM, -32768, 32736)).astype(np.int16)


def write_flac(path: Path, samples: npt.NDArray[np.int16]) -> None:
    """Two channels of 16-bit samples at 8 kHz as FLAC."""
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=LINE_RATE_HZ, layout="stereo", options={"compression_level": "12"})
        for start in range(0, len(samples), 4096):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[start : start + 4096]).reshape(1, -1), format="s16", layout="stereo"
            )
            frame.sample_rate = LINE_RATE_HZ
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def clock(ms: int) -> str:
    """Milliseconds as MM:SS.mmm."""
    return f"{ms // 60_000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def in_ms(samples: int) -> int:
    """Samples at 16 kHz in whole milliseconds."""
    return round(samples * 1000 / RATE_HZ)


def build(name: str) -> None:
    """Make one call from its script."""
    facts: list[str] = []
    voices: dict[str, Voice] = {}
    turns: list[Turn] = []
    lines: list[str] = []
    for number, written in enumerate((SCRIPTS / f"{name}.txt").read_text(encoding="utf-8").splitlines(), 1):
        line = written.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("@"):
            facts.append(line)
        elif line.startswith("%"):
            side, voice, stretch, *pitch = line[1:].split()
            voices[side] = Voice(voice, stretch=float(stretch), pitch_hz=float(pitch[0]) if pitch else None)
        elif turn := _TURN.fullmatch(line):
            side, gap, text = turn.groups()
            samples, words = say(voices[side], text)
            end = max((turn.end for turn in turns), default=None)
            gap_ms = int(gap) if gap else GAP_MS
            start = LEAD_IN_MS * RATE_HZ // 1000 if end is None else end + gap_ms * RATE_HZ // 1000
            own = max((turn.end for turn in turns if turn.side == side), default=0)
            assert start >= own, f"{name}:{number}: {side} would talk over themselves"
            turns.append(Turn(side, start, samples, words))
            spoken = " ".join(word.text for word in words)
            lines.append(f"{clock(in_ms(start))}-{clock(in_ms(turns[-1].end))} {side:8}  {spoken}")
        elif expected := _EXPECTED.fullmatch(line):
            what, after, before = expected.groups()
            end_ms = in_ms(turns[-1].end) if turns else 0
            span = ""
            if after:
                start_ms = max(0, end_ms + round(float(after) * 1000))
                span = f" within {clock(start_ms)}-{clock(end_ms + round(float(before) * 1000))}"
            lines.append(f"=> {what}{span}")
        else:
            raise SystemExit(f"{name}:{number}: not a line of a script: {line}")
    # Turns of a .call stand in the order of their start; an expectation stays behind the turn it was written under.
    samples = render(turns, zlib.crc32(name.encode()))
    words = {
        side: [
            [word.text, in_ms(turn.start + word.start), in_ms(turn.start + word.end)]
            for turn in sorted(turns, key=lambda turn: turn.start)
            if turn.side == side
            for word in turn.words
        ]
        for side in SIDES
    }
    CALLS.mkdir(parents=True, exist_ok=True)
    (CALLS / f"{name}.call").write_text("\n".join([*facts, "@ left: agent", *_by_start(lines), ""]), encoding="utf-8")
    (CALLS / f"{name}.words.json").write_text(json.dumps(words, separators=(",", ":")) + "\n", encoding="utf-8")
    write_flac(CALLS / f"{name}.flac", samples)
    spoken_s = {side: sum(len(turn.samples) for turn in turns if turn.side == side) / RATE_HZ for side in SIDES}
    size_kb = (CALLS / f"{name}.flac").stat().st_size // 1000
    print(f"{name}: {len(samples) / LINE_RATE_HZ:.1f} s, spoken {spoken_s}, {size_kb} kB")


def _by_start(lines: list[str]) -> list[str]:
    """Turns in the order of their start, each followed by the expectations written under it."""
    groups: list[list[str]] = []
    for line in lines:
        if line.startswith("=>") and groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [line for group in sorted(groups, key=lambda group: group[0].split("-")[0]) for line in group]


def main() -> None:
    """Make the calls named on the command line, or all."""
    parser = argparse.ArgumentParser(description="make the demo calls")
    parser.add_argument("names", nargs="*")
    names = parser.parse_args().names or sorted(path.stem for path in SCRIPTS.glob("*.txt"))
    if len(names) == 1:
        build(names[0])
        return
    for name in names:
        # The synthesiser carries random state and a voice's settings from call to call; a new process does not.
        subprocess.run([sys.executable, "-m", "tests.calls.speak", name], check=True)


if __name__ == "__main__":
    main()
