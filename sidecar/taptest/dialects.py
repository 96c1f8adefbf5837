"""Which connections a platform makes for one call of two sides: a dialect's name flows in, its clients flow out."""

from collections.abc import Sequence

from sidecar.taptest.asterisk import ChanWebSocket
from sidecar.taptest.audiohook import AudioHook
from sidecar.taptest.audiosocket import AudioSocket
from sidecar.taptest.client import Asked, Client
from sidecar.taptest.kin import Kin
from sidecar.taptest.l16 import L16
from sidecar.taptest.plain import Plain


def clients(name: str, asked: Asked, *, apart: bool = False) -> Sequence[Client]:
    """The clients of one call; AudioSocket brings the sides `apart` where there is a port for each."""
    match name:
        case "plain":
            return [Plain(asked)]
        case "audiohook":
            return [AudioHook(asked)]
        case "twilio" | "telnyx" | "signalwire" | "plivo":
            return [Kin(name, asked)]
        case "jambonz" | "freeswitch":
            return [L16(name, asked)]
        case "vonage":
            return [L16(name, asked, "customer"), L16(name, asked, "agent")]
        case "asterisk":
            return [ChanWebSocket(asked, "customer"), ChanWebSocket(asked, "agent")]
        case "audiosocket":
            return [AudioSocket(asked, "customer"), AudioSocket(asked, "agent")] if apart else [AudioSocket(asked)]
    raise LookupError(f"no dialect is named {name}")
