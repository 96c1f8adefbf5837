"""What of a call could not be handed on: pieces flow in, what makes them good flows out when there is a way. Pure."""

from streams.events import Channel
from streams.taps.dialect import (
    Control,
    Hole,
    SayHold,
    SayLost,
    SayMuted,
    SayPaused,
    SayResumed,
    SayResumedAudio,
    SayUnmuted,
    Sound,
    Timed,
)


class Missed:
    """One call's missed pieces: of sound how much it was, of hold, pause and mute what holds from now on."""

    def __init__(self) -> None:
        self._lost_ms: dict[tuple[Channel, ...], float] = {}
        self._lost_of_all_ms = 0
        self._said: dict[str, Control] = {}

    def keep(self, piece: Timed) -> None:
        """A piece that found no way."""
        match piece:
            case Sound():
                samples = len(piece.pcm) // (2 * len(piece.channels))
                self._lose(piece.channels, samples * 1000 / piece.rate_hz)
            case Hole():
                self._lose(piece.channels, piece.lost_ms)
            case SayLost(lost_ms, None):
                self._lost_of_all_ms += lost_ms
            case SayLost():
                # The silence that took its place was sound, and is counted as such.
                pass
            case SayHold() | SayResumed():
                self._said["hold"] = piece
            case SayPaused() | SayResumedAudio():
                self._said["pause"] = piece
            case SayMuted() | SayUnmuted():
                self._said[f"mute {piece.channel}"] = piece
            case _:
                self._said["end"] = piece

    def forget_sound(self) -> None:
        """Somebody else knows how much sound was missed."""
        self._lost_ms, self._lost_of_all_ms = {}, 0

    def made_good(self) -> list[Timed]:
        """What takes the place of all that was missed, once; the call's time moves on over it."""
        holes = [
            Hole(channels, round(lost_ms), "gateway") for channels, lost_ms in self._lost_ms.items() if round(lost_ms)
        ]
        of_all = [SayLost(self._lost_of_all_ms, None, "gateway")] if self._lost_of_all_ms else []
        said = [*self._said.values()]
        self.forget_sound()
        self._said = {}
        return [*holes, *of_all, *said]

    def _lose(self, channels: tuple[Channel, ...], lost_ms: float) -> None:
        self._lost_ms[channels] = self._lost_ms.get(channels, 0.0) + lost_ms
