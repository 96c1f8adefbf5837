"""Sound for calls of tests that need no voice: silence keeps time as well as speech does."""

from collections.abc import Iterator

from streams.events import AudioFrame, Channel

RATE_HZ = 8000
FRAME_MS = 20


def silent_frames(call_id: str, duration_ms: int) -> Iterator[AudioFrame]:
    """Two sides of digital silence, 20 ms at a time."""
    sides: tuple[Channel, Channel] = ("agent", "customer")
    for started_ms in range(0, duration_ms, FRAME_MS):
        for channel in sides:
            yield AudioFrame(
                call_id=call_id,
                at_ms=started_ms + FRAME_MS,
                channel=channel,
                pcm=bytes(2 * RATE_HZ * FRAME_MS // 1000),
                rate_hz=RATE_HZ,
                started_ms=started_ms,
                duration_ms=FRAME_MS,
            )
