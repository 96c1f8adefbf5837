"""The effective configuration: the documented defaults, under the user's file, under --config, under --set.

Paths and `section.key=value` texts flow in, one frozen `Config` flows out, whole and checked. Whatever cannot be is a
ConfigError that names file, line, key and, for an unknown one, the nearest key that exists.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import msgspec

from sidecar.config_layers import Layer, Tree, default_text, dotted, from_set, merge, parse, read
from sidecar.toml_lines import KeyPath
from streams.settings import EndpointSettings, LoopSettings, ProfileSettings, VadSettings


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
    download: bool
    partial_lag_ms: int
    final_lag_ms: int
    profiles: dict[str, ProfileSettings]
    endpoint: EndpointSettings
    vad: VadSettings


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


class FactsConfig(_Section, frozen=True, kw_only=True):
    """`[taps.facts]`: under which names a platform's metadata says who and what."""

    agent: tuple[str, ...]
    agent_name: tuple[str, ...]
    queue: tuple[str, ...]
    call: tuple[str, ...]
    side: tuple[str, ...]


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
    dialects: DialectsConfig
    tapped: TappedConfig
    facts: FactsConfig
    agents: dict[str, str]

    @property
    def tcp_ports(self) -> tuple[int, ...]:
        """The ports at which AudioSocket is taken: none where others on the machine could use them."""
        if not (self.dialects.audiosocket and self.single_user):
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


class ShareConfig(_Section, frozen=True, kw_only=True):
    """`[share]`: what leaves this machine."""

    hub: str
    transcript: bool


class Config(_Section, frozen=True, kw_only=True):
    """Everything that can be set."""

    asr: AsrConfig
    recordings: RecordingsConfig
    taps: TapsConfig
    bus: BusConfig
    journal: JournalConfig
    nudges: NudgesConfig
    panel: PanelConfig
    share: ShareConfig


PROFILE = "*"
"""Stands for any name in the paths below: `[asr.profiles]` is the one table whose names are the user's."""

RANGES: Mapping[str, tuple[float, float]] = {
    "asr.workers": (1, 64),
    "asr.partial_lag_ms": (0, 60_000),
    "asr.final_lag_ms": (0, 60_000),
    # Whisper loses whole phrases in windows of one to three seconds, and cannot encode more than thirty.
    "asr.profiles.*.windows_s": (5, 30),
    "asr.profiles.*.partial_floor_s": (5, 30),
    "asr.profiles.*.final_floor_s": (5, 30),
    "asr.profiles.*.partial_margin_ms": (0, 10_000),
    "asr.profiles.*.final_margin_ms": (0, 10_000),
    "asr.profiles.*.partial_every_ms": (100, 10_000),
    "asr.endpoint.soft_pause_ms": (50, 10_000),
    "asr.endpoint.pause_ms": (50, 10_000),
    "asr.endpoint.sentence_pause_ms": (50, 10_000),
    "asr.endpoint.hesitation_pause_ms": (50, 10_000),
    "asr.endpoint.longest_s": (2, 28),
    "asr.endpoint.turn_gap_ms": (0, 10_000),
    "asr.vad.start_probability": (0.01, 0.99),
    "asr.vad.stop_probability": (0.01, 0.99),
    "asr.vad.min_speech_ms": (0, 2_000),
    "asr.vad.min_voiced_ms": (0, 5_000),
    "asr.vad.pre_roll_ms": (0, 2_000),
    "taps.port": (1, 65_535),
    "taps.audiosocket_port": (1, 65_535),
    "taps.audiosocket_agent_port": (0, 65_535),
    "taps.max_calls": (1, 1_000),
    "taps.idle_s": (1, 3_600),
    "taps.resume_s": (0, 3_600),
    "taps.longest_s": (60, 86_400),
    # Control uses the port above, so the last one is not to be had.
    "bus.port": (1, 65_534),
    "bus.heartbeat_ms": (50, 60_000),
    "journal.keep_days": (0, 36_500),
    "panel.frames_per_s": (1, 60),
}


def load(files: Sequence[Path] = (), sets: Sequence[str] = ()) -> Config:
    """The effective configuration; later files win over earlier ones, `sets` (`section.key=value`) over all.

    Raises ConfigError for a file that cannot be read and for any setting that cannot be.
    """
    base = parse(default_text(), "config.toml")
    tree, config = base.tree, _convert(base, base.tree)
    for layer in [*(read(path) for path in files), *(from_set(text, base.tree) for text in sets)]:
        _refuse_unknown(layer, layer.tree, base.tree, ())
        tree = merge(tree, layer.tree)
        config = _convert(layer, tree)
    return config


def loop_settings(config: Config) -> LoopSettings:
    """What the listening loop of a call is tuned by."""
    asr = config.asr
    return LoopSettings(profile=asr.profiles[asr.profile], endpoint=asr.endpoint, vad=asr.vad)


def _refuse_unknown(layer: Layer, given: Tree, known: Tree, path: KeyPath) -> None:
    for key, value in given.items():
        here = (*path, key)
        if path == ("asr", "profiles"):
            expected: Any = known.get(key, known["safe"])
        elif path == ("taps", "agents"):
            expected = ""
        elif key in known:
            expected = known[key]
        else:
            raise layer.refuse(here, f"unknown key {dotted(here)}{_nearest(key, known, path)}")
        if isinstance(expected, dict) and isinstance(value, dict):
            _refuse_unknown(layer, value, expected, here)


def _nearest(key: str, known: Tree, path: KeyPath) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {dotted((*path, close[0]))}?"
    return f"; known here: {', '.join(known)}"


def _convert(layer: Layer, tree: Tree) -> Config:
    try:
        config = msgspec.convert(tree, Config)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `")
        path = _named(re.findall(r"\[\.\.\.\]|[A-Za-z_][\w-]*", where), layer.tree)
        words = reason.replace("`", "").replace("object", "table")
        raise layer.refuse(path, f"{dotted(path)}: {words[:1].lower()}{words[1:]}") from error
    for name, limits in RANGES.items():
        _check_range(layer, tree, tuple(name.split(".")), limits)
    _check_together(layer, config)
    return config


def _named(path: Sequence[str], tree: Tree) -> KeyPath:
    """A path with the key that msgspec leaves out (`[...]`) put back: the one whose table has what comes next."""
    named: list[str] = []
    node: Any = tree
    for key, after in pairwise((*path, "")):
        named.append(_holder(node, after) if key == "[...]" else key)
        node = node.get(named[-1], {}) if isinstance(node, dict) else {}
    return tuple(named)


def _holder(tables: Tree, key: str) -> str:
    """The first of the tables that has a key; without one, the first that is no table."""
    return next(name for name, table in tables.items() if (key in table if isinstance(table, dict) else not key))


def _check_range(layer: Layer, tree: Any, pattern: KeyPath, limits: tuple[float, float], path: KeyPath = ()) -> None:
    if pattern:
        for key in tree if pattern[0] == PROFILE else pattern[:1]:
            if key in tree:
                _check_range(layer, tree[key], pattern[1:], limits, (*path, key))
        return
    low, high = limits
    for number in tree if isinstance(tree, list) else [tree]:
        if not low <= number <= high:
            raise layer.refuse(path, f"{dotted(path)} is {number}, must be from {low} to {high}")


def _check_together(layer: Layer, config: Config) -> None:
    """Settings that are fine each by itself and make no sense together."""
    asr = config.asr
    if asr.profile not in asr.profiles:
        raise layer.refuse(
            ("asr", "profile"), f"asr.profile is {asr.profile!r}, must be one of {', '.join(asr.profiles)}"
        )
    for name, profile in asr.profiles.items():
        windows = profile.windows_s
        if not windows or list(windows) != sorted(set(windows)):
            path = ("asr", "profiles", name, "windows_s")
            raise layer.refuse(path, f"{dotted(path)} must rise from the smallest to the largest")
    if asr.vad.stop_probability > asr.vad.start_probability:
        reason = "asr.vad.stop_probability must not be above asr.vad.start_probability"
        raise layer.refuse(("asr", "vad", "stop_probability"), reason)
    if asr.endpoint.soft_pause_ms > asr.endpoint.pause_ms:
        reason = "asr.endpoint.soft_pause_ms must not be above asr.endpoint.pause_ms"
        raise layer.refuse(("asr", "endpoint", "soft_pause_ms"), reason)
    if config.taps.port in (config.bus.port, config.bus.port + 1):
        raise layer.refuse(("bus", "port"), "bus.port and the port above it must not be taps.port")
    if len(set(config.taps.ports)) < len(config.taps.ports):
        raise layer.refuse(("taps", "audiosocket_port"), "taps.port and the ports of AudioSocket must not be the same")
