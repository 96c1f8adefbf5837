"""The sections of the configuration as frozen structs: what the file says, checked for kind and for unknown keys.

What each setting means, its unit and its default stand in `config.toml`; `sidecar.config` reads it into these.
"""

from typing import Literal

import msgspec

from sidecar.edge import is_loopback
from streams.settings import EndpointSettings, ProfileSettings, VadSettings


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One section of the file; what its settings mean stands there."""


class AsrConfig(_Section, frozen=True, kw_only=True):
    """`[asr]`: who turns sound into words, and how hard it tries."""

    engine: Literal["auto", "whisper", "reference"]
    model: str
    language: str
    profile: str
    compute_type: Literal["int8", "int8_float32", "float32"]
    workers: int
    batching: bool
    download: bool
    partial_lag_ms: int
    final_lag_ms: int
    profiles: dict[str, ProfileSettings]
    endpoint: EndpointSettings
    vad: VadSettings

    @property
    def decode_threads(self) -> int:
        """How many decodes are begun at once: with batching more than are computed, or none would go together."""
        return self.workers * 2 if self.batching else self.workers


class RecordingsConfig(_Section, frozen=True, kw_only=True):
    """`[recordings]`: how a recording is read."""

    left: Literal["agent", "customer"]


class DialectsConfig(_Section, frozen=True, kw_only=True):
    """`[taps.dialects]`: which platforms' calls are taken."""

    plain: bool
    audiohook: bool
    twilio: bool
    telnyx: bool
    signalwire: bool
    plivo: bool
    jambonz: bool
    freeswitch: bool
    vonage: bool
    asterisk: bool
    audiosocket: bool

    @property
    def over_websocket(self) -> tuple[str, ...]:
        """The names of those that have a path of the WebSocket listener."""
        return tuple(name for name, on in msgspec.structs.asdict(self).items() if on and name != "audiosocket")


class TappedConfig(_Section, frozen=True, kw_only=True):
    """`[taps.tapped]`: whose leg of the call a platform taps."""

    audiohook: Literal["customer", "agent"]
    twilio: Literal["customer", "agent"]
    telnyx: Literal["customer", "agent"]
    signalwire: Literal["customer", "agent"]
    plivo: Literal["customer", "agent"]
    jambonz: Literal["customer", "agent", "mixed"]
    freeswitch: Literal["customer", "agent", "mixed"]
    vonage: Literal["customer", "agent", "mixed"]
    asterisk: Literal["customer", "agent", "mixed"]
    audiosocket: Literal["customer", "agent", "mixed"]


class SendConfig(_Section, frozen=True, kw_only=True):
    """`[taps.send]`: what platforms are told of their own calls."""

    transcript: bool
    nudges: bool

    @property
    def anything(self) -> bool:
        """Whether they are told anything."""
        return self.transcript or self.nudges


class FactsConfig(_Section, frozen=True, kw_only=True):
    """`[taps.facts]`: under which names a platform's metadata says who and what."""

    agent: tuple[str, ...]
    agent_name: tuple[str, ...]
    queue: tuple[str, ...]
    call: tuple[str, ...]
    side: tuple[str, ...]


class TlsConfig(_Section, frozen=True, kw_only=True):
    """`[taps.tls]`: the listener's certificate and its key, as paths of PEM files; both or neither."""

    certificate: str
    key: str


class LocalConfig(_Section, frozen=True, kw_only=True):
    """`[taps.local]`: the sound devices of this machine."""

    enabled: bool
    microphone: str
    loopback: str
    library: Literal["auto", "soundcard", "sounddevice"]
    start: Literal["voice", "hotkey", "always"]
    idle_end_s: int
    echo_gate: bool
    call_name: str
    agent_id: str
    agent_name: str


class TapsConfig(_Section, frozen=True, kw_only=True):
    """`[taps]`: the listeners for live calls."""

    host: str
    port: int
    audiosocket_port: int
    audiosocket_agent_port: int
    public_url: str
    single_user: bool
    max_calls: int
    idle_s: int
    resume_s: int
    longest_s: int
    pause_s: int
    drain_s: int
    allow: tuple[str, ...]
    per_address: int
    messages_per_s: int
    tls: TlsConfig
    dialects: DialectsConfig
    tapped: TappedConfig
    send: SendConfig
    local: LocalConfig
    facts: FactsConfig
    agents: dict[str, str]

    @property
    def tcp_ports(self) -> tuple[int, ...]:
        """The ports at which AudioSocket is taken: none where others on the machine, or on the net, could use them."""
        if not (self.dialects.audiosocket and self.single_user and (is_loopback(self.host) or self.allow)):
            return ()
        return tuple(port for port in (self.audiosocket_port, self.audiosocket_agent_port) if port)

    @property
    def ports(self) -> tuple[int, ...]:
        """Every port that is listened at."""
        return (*((self.port,) if self.dialects.over_websocket else ()), *self.tcp_ports)


class BusConfig(_Section, frozen=True, kw_only=True):
    """`[bus]`: where the service meets its screens."""

    host: str
    port: int
    heartbeat_ms: int


class JournalConfig(_Section, frozen=True, kw_only=True):
    """`[journal]`: what is kept of a call, and how long."""

    enabled: bool
    keep_days: int
    text: bool


class DispositionConfig(_Section, frozen=True, kw_only=True):
    """One of `nudges.dispositions`: what a call may be filed under."""

    name: str
    words: tuple[str, ...] = ()


class NudgesConfig(_Section, frozen=True, kw_only=True):
    """`[nudges]`: how much coaching, by which rules."""

    pack: str
    volume: Literal["novice", "standard", "expert"]
    off: tuple[str, ...]
    shadow: tuple[str, ...]
    dispositions: tuple[DispositionConfig, ...]


class PanelConfig(_Section, frozen=True, kw_only=True):
    """`[panel]`: how the agent's panel looks and which keys it knows."""

    theme: str
    glyphs: Literal["auto", "unicode", "ascii"]
    bell: bool
    title_flash: bool
    frames_per_s: int
    keys: dict[str, str]


class FloorConfig(_Section, frozen=True, kw_only=True):
    """`[floor]`: where the supervisor's floor finds its hub, how it calls for attention, and which keys it knows."""

    hub: str
    hub_key: str
    order: Literal["need", "mood", "time", "agent", "queue"]
    hold_s: int
    title: bool
    bell: bool
    desktop: Literal["off", "osc9", "osc777"]
    frames_per_s: int
    shift_hours: float
    notes: tuple[str, ...]
    answers: tuple[str, ...]
    keys: dict[str, str]


class HubConfig(_Section, frozen=True, kw_only=True):
    """`[hub]`: the machine that joins workstations into one floor."""

    host: str
    port: int
    authentication: bool
    beat_ms: int
    frames_per_s: int
    unclaimed_s: int
    keep_days: int
    per_agent: tuple[str, ...]


class MonitorConfig(_Section, frozen=True, kw_only=True):
    """`[monitor]`: where a monitoring system finds counts and health."""

    host: str
    port: int


class WebhookConfig(_Section, frozen=True, kw_only=True):
    """`[webhook]`: where events are sent as JSON, and which."""

    url: str
    calls: bool
    nudges: bool
    transcript: bool
    timeout_s: float


class GatewayConfig(_Section, frozen=True, kw_only=True):
    """`[gateway]`: how calls of cloud platforms come to a workstation, and what a gateway itself is tuned by."""

    address: str
    key: str
    host: str
    port: int
    max_calls: int
    park_s: int
    resume_s: int


class ShareConfig(_Section, frozen=True, kw_only=True):
    """`[share]`: what leaves this machine."""

    hub: str
    hub_key: str
    station: str
    transcript: bool
    mood: bool
    nudges: bool
    alerts: bool
    shift: bool
    may_stop: bool
    show_watchers: bool


class Config(_Section, frozen=True, kw_only=True):
    """Everything that can be set."""

    asr: AsrConfig
    recordings: RecordingsConfig
    taps: TapsConfig
    bus: BusConfig
    journal: JournalConfig
    nudges: NudgesConfig
    panel: PanelConfig
    floor: FloorConfig
    hub: HubConfig
    monitor: MonitorConfig
    webhook: WebhookConfig
    gateway: GatewayConfig
    share: ShareConfig
