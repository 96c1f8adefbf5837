"""The side of jambonz, FreeSWITCH and Vonage: sound flows in, a text and then 16-bit samples flow out."""

import base64
import json
from collections.abc import Mapping
from urllib.parse import quote

from sidecar.taptest.client import Asked, Message, Slice, unwanted
from sidecar.taptest.sound import Side, side_by_side


class L16:
    """One connection: both sides of jambonz and FreeSWITCH, one leg of Vonage; a `Client`."""

    rate_hz = 16_000
    slice_ms = 20
    ready = True

    def __init__(self, platform: str, asked: Asked, side: Side = "customer") -> None:
        self._platform = platform
        self._asked = asked
        self.sides: tuple[Side, ...] = (side,) if platform == "vonage" else ("customer", "agent")
        self.hangs_up = platform != "jambonz"

    @property
    def path(self) -> str:
        """FreeSWITCH's rate and mix stand nowhere else."""
        token = quote(self._asked.token, safe="")
        extra = "&rate=16000&mix=stereo" if self._platform == "freeswitch" else ""
        return "/jambonz" if self._platform == "jambonz" else f"/{self._platform}?token={token}{extra}"

    @property
    def subprotocols(self) -> tuple[str, ...]:
        """What jambonz and mod_audio_fork offer."""
        offered = {"jambonz": ("audio.jambonz.org",), "freeswitch": ("audio.drachtio.org",)}
        return offered.get(self._platform, ())

    def headers(self, url: str) -> Mapping[str, str]:  # noqa: ARG002  (the Protocol has it)
        """Jambonz shows user and password."""
        if self._platform != "jambonz":
            return {}
        return {"Authorization": f"Basic {base64.b64encode(f'sidecar:{self._asked.token}'.encode()).decode()}"}

    def begin(self) -> list[Message]:
        """The first text; jambonz's may have another right behind it."""
        call_id, agent = self._asked.call_id, self._asked.agent
        match self._platform:
            case "jambonz":
                first = {
                    "callSid": call_id,
                    "sampleRate": self.rate_hz,
                    "mixType": "stereo",
                    "metadata": {"agent": agent},
                }
                return [json.dumps(first) + json.dumps({"event": "dtmf", "dtmf": "1"})]
            case "freeswitch":
                return [json.dumps({"uuid": call_id, "agent": agent})]
        form = f"audio/l16;rate={self.rate_hz}"
        told = {"call": call_id, "side": self.sides[0], "agent": agent}
        return [json.dumps({"event": "websocket:connected", "content-type": form, **told})]

    def sound(self, sides: Slice, at_ms: int) -> list[Message]:  # noqa: ARG002
        """One binary message."""
        given = [sides[side] for side in self.sides]
        return [given[0] if len(given) == 1 else side_by_side(given[0], given[1], 2)]

    def hear(self, message: Message) -> list[Message]:
        """Nothing is to be heard: a text would be taken for a command.

        Raises TapError for anything.
        """
        raise unwanted(self._platform, message)

    def finish(self) -> list[Message]:
        """Jambonz says that no more will come and waits; the others hang up."""
        return [] if self.hangs_up else [b""]
