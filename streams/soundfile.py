"""One sound file of any common kind: a path in, blocks of float samples at the file's own rate out.

The adapter around PyAV: it decodes piece by piece, so an hour takes no more memory than a second, and turns the
library's errors into ones for people.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
import av.error
import numpy as np
import numpy.typing as npt

from streams.errors import AudioInputError
from streams.wav import HEAD_BYTES, WavClaims, wav_claims

LOWEST_HZ, HIGHEST_HZ = 8_000, 192_000
SHORTEST_HOLE_S, LONGEST_HOLE_S = 0.005, 60

Block = npt.NDArray[np.float32]
"""Samples by channels, in [-1, 1]."""

_KINDS = "aac,aiff,amr,au,flac,matroska,mov,mp3,ogg,rf64,w64,wav"
"""Containers of sound; playlists and the like, which would open other files or addresses, are not among them."""

_SCALE: dict[str, tuple[float, float]] = {
    "u8": (128.0, 128.0),
    "s16": (0.0, 2.0**15),
    "s32": (0.0, 2.0**31),
    "s64": (0.0, 2.0**63),
    "flt": (0.0, 1.0),
    "dbl": (0.0, 1.0),
}
"""Zero point and full scale of the decoder's sample formats."""


class SoundFile:
    """A readable file with one or two channels of sound.

    Raises AudioInputError at once when it is missing, empty, no sound, or of a shape that cannot be a call.
    """

    def __init__(self, path: str | Path) -> None:
        self.name = str(path)
        self._claims = self._look(Path(path))
        with self._opened() as (_, stream):
            self.rate_hz = int(stream.rate or 0)
            self.channels = int(stream.channels)
            self._promised_s = float((stream.duration or 0) * (stream.time_base or 0))
        if not LOWEST_HZ <= self.rate_hz <= HIGHEST_HZ:
            raise AudioInputError(f"{self.name}: {self.rate_hz} Hz; a recording needs {LOWEST_HZ} to {HIGHEST_HZ} Hz")
        if self.channels not in (1, 2):
            raise AudioInputError(
                f"{self.name}: {self.channels} channels; give one with the two sides left and right, or mono files"
            )
        self.holes = 0
        """How many pieces of the last pass were missing or could not be decoded; silence stands for them."""

    def promised_samples(self, heard: int) -> int:
        """How many samples the header promises, given that `heard` were there; `heard` where it says nothing."""
        claims = self._claims
        if claims is None:
            return max(heard, round(self._promised_s * self.rate_hz))
        if not claims.promised_bytes or not claims.present_bytes:
            return heard
        return heard * claims.promised_bytes // claims.present_bytes

    def blocks(self) -> Iterator[Block]:
        """The sound from the start, a piece at a time.

        Raises AudioInputError when it cannot be read on.
        """
        self.holes = 0
        expected: int | None = None
        for frame in self._decoded():
            block = self._floats(frame)
            at = expected or 0
            if frame.pts is not None and frame.time_base is not None:
                at = round(frame.pts * frame.time_base * self.rate_hz)
            hole = 0 if expected is None else at - expected
            # Some containers keep time in whole milliseconds; a hole longer than the longest is a damaged time stamp.
            if SHORTEST_HOLE_S * self.rate_hz < hole < LONGEST_HOLE_S * self.rate_hz:
                self.holes += 1
                yield np.zeros((hole, self.channels), np.float32)
            expected = at + len(block)
            yield block

    def _decoded(self) -> Iterator[av.AudioFrame]:
        """The decoder's frames; a piece that it cannot decode leaves a hole in their time stamps."""
        # Where the container itself breaks off, what comes behind is lost and what came before is good.
        with self._opened() as (container, stream), suppress(av.error.FFmpegError):
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except av.error.FFmpegError:
                    continue
                yield from frames

    def _floats(self, frame: av.AudioFrame) -> Block:
        if frame.sample_rate != self.rate_hz or frame.layout.nb_channels != self.channels:
            raise AudioInputError(f"{self.name}: rate or channels change within the file; convert it to one of each")
        zero, full_scale = _SCALE[frame.format.name.removesuffix("p")]
        values = frame.to_ndarray()
        values = values.T if frame.format.is_planar else values.reshape(-1, self.channels)
        return np.nan_to_num((values.astype(np.float64) - zero) / full_scale, posinf=1.0, neginf=-1.0).astype(
            np.float32
        )

    def _look(self, path: Path) -> WavClaims | None:
        """Refuse what the decoder's own words would not explain."""
        try:
            file_bytes = path.stat().st_size
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
        except FileNotFoundError as error:
            raise AudioInputError(f"{self.name}: there is no such file") from error
        except IsADirectoryError as error:
            raise AudioInputError(f"{self.name}: this is a directory; name a recording in it") from error
        except (OSError, ValueError) as error:
            raise AudioInputError(f"{self.name}: cannot be read: {error}") from error
        if not head:
            raise AudioInputError(f"{self.name}: the file is empty")
        claims = wav_claims(head, file_bytes)
        if claims and not (claims.rate_hz and claims.channels):
            says = f"{claims.rate_hz} Hz and {claims.channels} channel(s)"
            raise AudioInputError(f"{self.name}: the header says {says}; record or convert it again")
        return claims

    @contextmanager
    def _opened(self) -> Iterator[tuple[av.container.InputContainer, av.AudioStream]]:
        try:
            # The prefix keeps a name such as "http://..." from being anything but a file.
            container = av.open(f"file:{self.name}", options={"format_whitelist": _KINDS, "protocol_whitelist": "file"})
        except (av.error.FFmpegError, UnicodeError) as error:
            raise AudioInputError(
                f"{self.name}: not a recording that can be read; wav, flac, mp3, ogg, opus and m4a can"
            ) from error
        with container:
            if not container.streams.audio:
                raise AudioInputError(f"{self.name}: there is no sound in it")
            yield container, container.streams.audio[0]
