"""The effective configuration: the documented defaults, under the user's file, under --config, under --set.

Paths and `section.key=value` texts flow in, one frozen `Config` flows out, whole and checked. Whatever cannot be is a
ConfigError that names file, line, key and, for an unknown one, the nearest key that exists.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from sidecar.config_layers import Layer, Tree, default_text, dotted, from_set, merge, parse, read
from sidecar.config_sections import Config
from sidecar.edge import Door, is_loopback
from sidecar.toml_lines import KeyPath
from streams.errors import ConfigError
from streams.settings import LoopSettings

KEY_LENGTH = 40
"""Characters of a CURVE key in Z85."""
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
    "asr.profiles.*.partial_beam": (1, 10),
    "asr.profiles.*.speculative_beam": (1, 10),
    "asr.profiles.*.final_beam": (1, 10),
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
    "taps.pause_s": (0, 86_400),
    "taps.local.idle_end_s": (0, 86_400),
    "taps.drain_s": (0, 86_400),
    "taps.per_address": (1, 100_000),
    "taps.messages_per_s": (10, 100_000),
    # Control uses the port above, so the last one is not to be had.
    "bus.port": (1, 65_534),
    "bus.heartbeat_ms": (50, 60_000),
    "journal.keep_days": (0, 36_500),
    "panel.frames_per_s": (1, 60),
    "floor.frames_per_s": (1, 30),
    "monitor.port": (0, 65_535),
    "webhook.timeout_s": (0.1, 120),
    "gateway.port": (1, 65_535),
    "gateway.max_calls": (1, 10_000),
    "gateway.park_s": (0, 3_600),
    "gateway.resume_s": (1, 3_600),
    "hub.port": (1, 65_535),
    "hub.beat_ms": (50, 60_000),
    "hub.frames_per_s": (1, 50),
    "hub.unclaimed_s": (1, 3_600),
    "hub.keep_days": (1, 36_500),
    "floor.hold_s": (0, 3_600),
    "floor.shift_hours": (0.25, 168),
}


def load(files: Sequence[Path] = (), sets: Sequence[str] = ()) -> Config:
    """The effective configuration; later files win over earlier ones, `sets` (`section.key=value`) over all.

    Raises ConfigError for a file that cannot be read and for any setting that cannot be.
    """
    base = parse(default_text(), "config.toml")
    tree, config = base.tree, _convert(base, base.tree)
    layers = [*(read(path) for path in files), *(from_set(text, base.tree) for text in sets)]
    for layer in layers:
        _refuse_unknown(layer, layer.tree, base.tree, ())
        tree = merge(tree, layer.tree)
        config = _convert(layer, tree)
    _check_edge([base, *layers], config)
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
    if len(config.gateway.key) not in (0, KEY_LENGTH):
        raise layer.refuse(("gateway", "key"), f"gateway.key must have {KEY_LENGTH} characters, or none")
    if len(config.share.hub_key) not in (0, KEY_LENGTH):
        raise layer.refuse(("share", "hub_key"), f"share.hub_key must have {KEY_LENGTH} characters, or none")
    if len(config.floor.hub_key) not in (0, KEY_LENGTH):
        raise layer.refuse(("floor", "hub_key"), f"floor.hub_key must have {KEY_LENGTH} characters, or none")
    if config.taps.port in (config.bus.port, config.bus.port + 1):
        raise layer.refuse(("bus", "port"), "bus.port and the port above it must not be taps.port")
    if len(set(config.taps.ports)) < len(config.taps.ports):
        raise layer.refuse(("taps", "audiosocket_port"), "taps.port and the ports of AudioSocket must not be the same")


def _check_edge(layers: Sequence[Layer], config: Config) -> None:
    """Who may reach the listeners, and how; looked at when all layers are on, since each may bring a part of it."""
    taps = config.taps
    if not is_loopback(config.monitor.host):
        reason = f"monitor.host is {config.monitor.host}: figures are served on this machine only"
        raise _refused(layers, ("monitor", "host"), reason)
    if bool(taps.tls.certificate) != bool(taps.tls.key):
        given, missing = ("certificate", "key") if taps.tls.certificate else ("key", "certificate")
        raise _refused(layers, ("taps", "tls", given), f"taps.tls.{missing} is missing: TLS needs both files")
    if not (is_loopback(taps.host) or taps.tls.certificate):
        reason = f"taps.host is {taps.host}: beyond this machine's own addresses (127.0.0.1, ::1) calls need [taps.tls]"
        raise _refused(layers, ("taps", "host"), reason)
    try:
        Door(taps.allow, 1, 1)
    except ValueError as error:
        raise _refused(layers, ("taps", "allow"), f"taps.allow: {error}") from error
    if not re.fullmatch(r"(wss?://[^/\s]+\S*)?", taps.public_url):
        reason = f"taps.public_url is {taps.public_url!r}, must be such as wss://hook.example.org"
        raise _refused(layers, ("taps", "public_url"), reason)
    if fault := _webhook_fault(config.webhook.url):
        raise _refused(layers, ("webhook", "url"), fault)
    if not re.fullmatch(r"(tcp://\S+:\d+)?", config.gateway.address):
        reason = f"gateway.address is {config.gateway.address!r}, must be such as tcp://gateway.example.org:8790"
        raise _refused(layers, ("gateway", "address"), reason)


def _webhook_fault(url: str) -> str:
    """Why events cannot be sent to an address; empty where they can, and where there is none."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        return f"webhook.url is {url!r}: {error}"
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return f"webhook.url is {url!r}: it must be https://HOST/…"
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return f"webhook.url is {url!r}: beyond this machine events go over https only"
    return ""


def _refused(layers: Sequence[Layer], path: KeyPath, reason: str) -> ConfigError:
    """The error for a setting that does not go with others, at the last place that has it."""
    return next(layer for layer in reversed(layers) if _has(layer.tree, path)).refuse(path, reason)


def _has(tree: Any, path: KeyPath) -> bool:
    return not path or (isinstance(tree, dict) and path[0] in tree and _has(tree[path[0]], path[1:]))
