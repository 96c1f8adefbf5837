"""How the kin of Twilio's Media Streams differ: one row of names for each platform."""

from collections.abc import Mapping

import msgspec


class Kin(msgspec.Struct, frozen=True):
    """Where one platform puts what all of them say, as paths of names within a message; the first that is there holds.

    `pairs` hold custom data as `k=v;k=v`; `both` is whether both tracks come where the start does not say; `hangs_up`
    that closing the connection is the platform's only word for the call's end.
    """

    stream: tuple[tuple[str, ...], ...] = (("streamSid",), ("start", "streamSid"))
    call: tuple[tuple[str, ...], ...] = (("start", "callSid"),)
    media_format: tuple[str, ...] = ("start", "mediaFormat")
    rate: str = "sampleRate"
    custom: tuple[str, ...] = ("start", "customParameters")
    pairs: tuple[tuple[str, ...], ...] = ()
    encoding: str = "audio/x-mulaw"
    both: bool = False
    hangs_up: bool = False


KIN: Mapping[str, Kin] = {
    "twilio": Kin(),
    "signalwire": Kin(encoding="PCMU"),
    "telnyx": Kin(
        stream=(("stream_id",),),
        call=(("start", "call_control_id"),),
        media_format=("start", "media_format"),
        rate="sample_rate",
        custom=("start", "custom_parameters"),
        encoding="PCMU",
        both=True,
    ),
    "plivo": Kin(
        stream=(("streamId",), ("start", "streamId")),
        call=(("start", "callId"),),
        pairs=(("extra_headers",), ("start", "extra_headers")),
        hangs_up=True,
    ),
}
