"""What to enter at each platform so that its calls come here: settings flow in, exact lines to copy flow out. Pure.

The names of menus and verbs are the platforms' own, as their documentation has them; the account of what was never
tried against a real account is in the README.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sidecar.config_sections import TapsConfig

CLOUD = frozenset({"audiohook", "twilio", "telnyx", "signalwire", "plivo", "vonage"})
"""Platforms that run elsewhere, and so need an address that the world can reach."""
UNREACHABLE = (
    "this platform calls from the internet: give it a `sidecar gateway`, or a TLS proxy on this machine named by "
    "taps.public_url"
)


class Recipe(NamedTuple):
    """One source: its name in `[taps.dialects]`, the platform, where it is to call, what to enter, what to heed."""

    name: str
    platform: str
    url: str
    lines: tuple[str, ...]
    heed: tuple[str, ...] = ()


class _Steps(NamedTuple):
    """A recipe without its name."""

    platform: str
    url: str
    lines: tuple[str, ...]
    heed: tuple[str, ...] = ()


class _Place(NamedTuple):
    """Where this listener is, and the token; in URLs and lines alike."""

    base: str
    token: str

    def at(self, path: str) -> str:
        return f"{self.base}/{path}"


def recipes(taps: TapsConfig, token: str) -> list[Recipe]:
    """One recipe for each source that is switched on, in the order of the settings; `token` stands where it belongs."""
    place = _Place(_base(taps), token)
    found = [Recipe(name, *_STEPS[name](place)) for name in taps.dialects.over_websocket]
    if taps.tcp_ports:
        found.append(Recipe("audiosocket", *_audiosocket(taps)))
    return [_heeding(recipe, taps) for recipe in found]


def as_text(recipe: Recipe) -> str:
    """A recipe as a block of lines."""
    lines = [f"{recipe.name}  {recipe.platform}", f"  {recipe.url}", *(f"    {line}" for line in recipe.lines)]
    return "\n".join([*lines, *(f"  ! {line}" for line in recipe.heed)])


def _heeding(recipe: Recipe, taps: TapsConfig) -> Recipe:
    if recipe.name in CLOUD and not (taps.public_url or taps.tls.certificate):
        return recipe._replace(heed=(UNREACHABLE, *recipe.heed))
    return recipe


def _base(taps: TapsConfig) -> str:
    if taps.public_url:
        return taps.public_url.rstrip("/")
    host = f"[{taps.host}]" if ":" in taps.host else taps.host
    return f"{'wss' if taps.tls.certificate else 'ws'}://{host}:{taps.port}"


def _plain(place: _Place) -> _Steps:
    hello = (
        '{"type":"hello","version":1,"call_id":"c1","agent_id":"a17","rate_hz":8000,"channels":["agent","customer"]}'
    )
    return _Steps(
        "our own dialect",
        place.at("plain"),
        (
            f"Authorization: Bearer {place.token}",
            f"first text   {hello}",
            "then binary  16-bit little-endian samples, the channels side by side",
            'last text    {"type":"end"}',
        ),
    )


def _audiohook(place: _Place) -> _Steps:
    return _Steps(
        "Genesys Cloud CX, integration AudioHook Monitor",
        place.at("audiohook"),
        (
            f"Connection URI  {place.at('audiohook')}",
            f"API Key         {place.token}",
            "Client Secret   any, base64; once in audiohook.secret in the keys folder, handshakes must be signed",
            "Audio format    PCMU, both channels",
            'customConfig    {"agent": "a17"} names the agent where the platform does not',
        ),
    )


def _twilio(place: _Place) -> _Steps:
    url = place.at(f"twilio/{place.token}")
    return _Steps(
        "Twilio and Flex, Media Streams",
        url,
        (
            "TwiML, before <Dial>:",
            *_stream(url),
        ),
        (
            "Twilio drops the query of the URL, so the token stands in the path; put the account's auth token into "
            "twilio.secret in the keys folder and its signature is checked as well",
        ),
    )


def _stream(url: str, shown: str = "") -> tuple[str, ...]:
    """The verb that Twilio and its kin share; `shown` is an attribute that shows the token."""
    return (
        f'<Start><Stream url="{url}" track="both_tracks"{shown}>',
        '  <Parameter name="agent" value="a17"/>',
        "</Stream></Start>",
    )


def _telnyx(place: _Place) -> _Steps:
    url = place.at(f"telnyx?token={place.token}&agent=a17")
    return _Steps(
        "Telnyx, media streaming",
        url,
        ("Call Control, command streaming_start:", f'{{"stream_url": "{url}", "stream_track": "both_tracks"}}'),
    )


def _signalwire(place: _Place) -> _Steps:
    url = place.at("signalwire")
    return _Steps(
        "SignalWire, cXML <Stream>",
        url,
        _stream(url, f' authorizationBearerToken="{place.token}"'),
    )


def _plivo(place: _Place) -> _Steps:
    url = place.at(f"plivo?token={place.token}")
    return _Steps(
        "Plivo, audio streaming",
        url,
        (f'<Stream audioTrack="both" contentType="audio/x-l16;rate=16000" extraHeaders="agent=a17">{url}</Stream>',),
    )


def _jambonz(place: _Place) -> _Steps:
    url = place.at("jambonz")
    return _Steps(
        "jambonz, verb listen (stream)",
        url,
        (
            f'{{"verb": "listen", "url": "{url}", "sampleRate": 16000, "mixType": "stereo",',
            f' "wsAuth": {{"username": "sidecar", "password": "{place.token}"}}, "metadata": {{"agent": "a17"}}}}',
        ),
    )


def _freeswitch(place: _Place) -> _Steps:
    url = place.at(f"freeswitch?token={place.token}&rate=16000&mix=stereo")
    return _Steps(
        "FreeSWITCH, mod_audio_fork or mod_audio_stream",
        url,
        (
            f'uuid_audio_fork <uuid> start {url} stereo 16k {{"agent":"a17"}}',
            f'uuid_audio_stream <uuid> start {url} stereo 16k {{"agent":"a17"}}',
        ),
        ("rate and mix in the URL must be those of the command: nothing on the wire tells them",),
    )


def _vonage(place: _Place) -> _Steps:
    url = place.at(f"vonage?token={place.token}")
    return _Steps(
        "Vonage Voice, NCCO connect to a websocket",
        url,
        (
            f'{{"type": "websocket", "uri": "{url}",',
            ' "content-type": "audio/l16;rate=16000", "headers": {"agent": "a17"}}',
        ),
        (
            "the socket hears everybody else mixed; for both sides apart connect one to each leg, with headers "
            '{"call": "ID", "side": "customer"} and "agent"',
        ),
    )


def _asterisk(place: _Place) -> _Steps:
    return _Steps(
        "Asterisk, chan_websocket",
        place.at("asterisk"),
        (
            "websocket_client.conf:",
            "[sidecar]",
            "type = websocket_client",
            f"uri = {place.at('asterisk')}",
            "protocols = media",
            "username = sidecar",
            f"password = {place.token}",
            "one snoop channel a side (spy=in, spy=out), each bridged to",
            "Dial(WebSocket/sidecar/c(slin16)f(json)v(call=ID,side=customer,agent=a17))",
        ),
        ("always give v(): without it a later call arrives with the one before's variables",),
    )


def _audiosocket(taps: TapsConfig) -> _Steps:
    host = taps.host
    lines = [f"AudioSocket(<uuid>,{host}:{taps.audiosocket_port})"]
    if taps.audiosocket_agent_port:
        lines.append(f"AudioSocket(<uuid>,{host}:{taps.audiosocket_agent_port})   the agent's channel, same uuid")
    return _Steps(
        "Asterisk, AudioSocket over TCP",
        f"tcp://{host}:{taps.audiosocket_port}",
        tuple(lines),
        ("it knows no secret: taken only on a machine of one user, beyond it only from taps.allow",),
    )


_STEPS: Mapping[str, Callable[[_Place], _Steps]] = {
    "plain": _plain,
    "audiohook": _audiohook,
    "twilio": _twilio,
    "telnyx": _telnyx,
    "signalwire": _signalwire,
    "plivo": _plivo,
    "jambonz": _jambonz,
    "freeswitch": _freeswitch,
    "vonage": _vonage,
    "asterisk": _asterisk,
}
