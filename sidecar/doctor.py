"""What on this machine helps or hinders the sidecar: the machine is looked at, findings with advice flow out.

Nothing is changed, made or fetched. Each check is a function that gives findings; whatever a check cannot find out it
says, and the others go on.
"""

import importlib.metadata
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

import msgspec

from sidecar import keys, models, pick, ports
from sidecar.config_sections import Config
from sidecar.invocation import Invocation
from sidecar.places import Places
from streams.errors import SidecarError

State: TypeAlias = Literal["ok", "warning", "problem"]

DISTRIBUTION = "agent-assist-sidecar"
MIN_PYTHON = (3, 11)
MIN_FREE_BYTES = 1_000_000_000
"""A journal is a few hundred kilobytes a call, a model up to 1.6 GB."""
MIN_CORES = 2
MIN_COLUMNS, MIN_ROWS = 40, 24
_FAST_INT8 = ("avx512_vnni", "avx512_bw", "avx_vnni", "avx2", "asimddp", "asimd")
"""CPU features that CTranslate2's 8-bit arithmetic gains by, best first."""


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at; `advice` says what to do where it is not ok."""

    about: str
    state: State
    text: str
    advice: str = ""


def examine(
    invocation: Invocation, *, answers: Callable[[Config], bool], terminal: TextIO = sys.stdout
) -> list[Finding]:
    """Look at everything; `answers` tells whether a service of ours answers on the bus."""
    places = invocation.places
    findings = [python(sys.version_info[:3]), *packages(_requirements()), *cpu(_cpu_features(), _cores())]
    try:
        config = invocation.config
    except SidecarError as error:
        findings.append(Finding("config", "problem", str(error), "mend the file; `sidecar config check` looks again"))
    else:
        sources = ", ".join(map(str, invocation.files)) or "defaults only"
        findings.append(Finding("config", "ok", sources))
        findings += [model(config, places), *taken_ports(config, serving=answers(config))]
    findings += [*key_files(places), *folders(places), *audio(), *screen(terminal, os.environ)]
    return findings


def python(version: tuple[int, ...]) -> Finding:
    """The interpreter's version."""
    text = f"{'.'.join(map(str, version))} on {platform.system()} {platform.machine()}"
    if version < MIN_PYTHON:
        return Finding("python", "problem", text, f"install Python {MIN_PYTHON[0]}.{MIN_PYTHON[1]} or newer")
    return Finding("python", "ok", text)


def packages(required: list[str]) -> Iterator[Finding]:
    """The libraries that must be there, by their distributions' names."""
    found, missing = [], []
    for name in required:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Finding("packages", "problem", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    yield Finding("packages", "ok", ", ".join(found))


def cpu(features: frozenset[str] | None, cores: int) -> Iterator[Finding]:
    """Cores and the vector arithmetic that recognition gains by."""
    if cores < MIN_CORES:
        advice = "use asr.model tiny.en, or close other programs"
        yield Finding("cpu", "warning", f"{cores} core for two sides of speech", advice)
    else:
        yield Finding("cpu", "ok", f"{cores} cores")
    if features is None:
        yield Finding("cpu", "ok", "vector features are not told on this system")
        return
    fast = [name for name in _FAST_INT8 if name in features]
    if fast:
        yield Finding("cpu", "ok", f"8-bit arithmetic: {', '.join(fast)}")
    else:
        yield Finding("cpu", "warning", "neither AVX2 nor NEON: recognition will be slow", "use asr.model tiny.en")


def model(config: Config, places: Places) -> Finding:
    """The speech model that the settings name."""
    name = config.asr.model
    if config.asr.engine == "reference":
        return Finding("model", "ok", "none needed: asr.engine is reference")
    if name == "auto":
        at_hand = [offer for offer in models.OFFERS if _found(offer, places)]
        if at_hand:
            return Finding("model", "ok", f"auto, at hand: {', '.join(at_hand)}")
        return Finding("model", "warning", "auto, none at hand", "`sidecar models pull base.en` brings one")
    if reason := pick.deaf(config.asr):
        text, _, advice = reason.partition(": ")
        return Finding("model", "problem", text, advice)
    try:
        directory = models.find(name, places.models_dir)
    except SidecarError as error:
        return Finding("model", "problem", str(error), "set asr.model to a name of `sidecar models list`")
    if directory is None:
        advice = f"`sidecar models pull {name}` brings it; until then words come from transcripts only"
        return Finding("model", "warning", f"{name} is not on this machine", advice)
    return Finding("model", "ok", f"{name} in {directory}")


def taken_ports(config: Config, *, serving: bool) -> Iterator[Finding]:
    """The ports of bus and listener; held by our own running service they are as they should be."""
    wanted = [("bus", config.bus.host, config.bus.port), ("bus", config.bus.host, config.bus.port + 1)]
    wanted += [("taps", config.taps.host, port) for port in config.taps.ports]
    for section, host, port in wanted:
        if ports.is_free(host, port):
            yield Finding("ports", "ok", f"{port} is free for [{section}]")
        elif serving:
            yield Finding("ports", "ok", f"{port} is held by the running service")
        else:
            advice = f"end what holds it, or set {section}.port to another"
            yield Finding("ports", "warning", f"{port} of [{section}] is in use by another program", advice)


def key_files(places: Places) -> Iterator[Finding]:
    """Keys and token, and who may read them."""
    if not places.keys_dir.exists():
        yield Finding("keys", "ok", f"none yet; made at first run in {places.keys_dir}")
        return
    faults = keys.permission_faults(places.keys_dir)
    for fault in faults:
        text, _, advice = fault.partition("; ")
        yield Finding("keys", "problem", text, advice)
    if not faults:
        yield Finding("keys", "ok", f"{places.keys_dir} is readable by you alone")


def folders(places: Places) -> Iterator[Finding]:
    """Whether what is kept can be written, and how much room there is."""
    for name, folder in (("data", places.data_dir), ("state", places.state_dir)):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
            yield Finding("folders", "ok", f"{name}: {folder}")
        else:
            advice = "set SIDECAR_HOME to a folder you may write"
            yield Finding("folders", "problem", f"{name}: {folder} cannot be written", advice)
    there = next(path for path in (places.data_dir, *places.data_dir.parents) if path.exists())
    free = shutil.disk_usage(there).free
    text = f"{free / 1e9:.1f} GB free"
    if free < MIN_FREE_BYTES:
        yield Finding("disk", "warning", text, "make room, or `sidecar calls purge`")
    else:
        yield Finding("disk", "ok", text)


def audio(cards: Path = Path("/proc/asound/cards")) -> Iterator[Finding]:
    """Sound devices, where the system tells of them; recordings and taps need none."""
    if not cards.exists():
        yield Finding("audio", "ok", "no devices are told of here; recordings and WebSocket taps need none")
        return
    names = re.findall(r"^\s*\d+ \[[^\]]*\]: (.+)$", cards.read_text("utf-8", "replace"), re.MULTILINE)
    yield Finding(
        "audio", "ok", ", ".join(names) if names else "no sound card; recordings and WebSocket taps need none"
    )


def screen(terminal: TextIO, environment: Mapping[str, str]) -> Iterator[Finding]:
    """The terminal that the panel would be drawn on."""
    if not terminal.isatty():
        yield Finding("terminal", "ok", "not a terminal; commands print plain lines")
        return
    size = shutil.get_terminal_size()
    text = f"{size.columns}x{size.lines}"
    if size.columns < MIN_COLUMNS or size.lines < MIN_ROWS:
        advice = f"the panel wants {MIN_COLUMNS}x{MIN_ROWS}; below it shows the card alone"
        yield Finding("terminal", "warning", text, advice)
    else:
        yield Finding("terminal", "ok", text)
    yield _colours(environment)
    encoding = (terminal.encoding or "").lower().replace("-", "")
    if encoding == "utf8":
        yield Finding("terminal", "ok", "UTF-8")
    else:
        advice = "set a UTF-8 locale (LANG=C.UTF-8), or panel.glyphs = ascii"
        yield Finding("terminal", "warning", f"encoding {terminal.encoding}", advice)


def _colours(environment: Mapping[str, str]) -> Finding:
    if environment.get("NO_COLOR"):
        return Finding("terminal", "ok", "no colours: NO_COLOR is set")
    if environment.get("COLORTERM") in ("truecolor", "24bit"):
        return Finding("terminal", "ok", "24-bit colours")
    term = environment.get("TERM", "")
    if "256" in term or sys.platform == "win32":
        return Finding("terminal", "ok", f"256 colours ({term})")
    if term in ("", "dumb"):
        return Finding("terminal", "warning", f"TERM is {term or 'not set'}", "open the panel in another terminal")
    return Finding("terminal", "ok", f"16 colours ({term})")


def _requirements() -> list[str]:
    """What the distribution says it needs, without extras."""
    try:
        lines = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    names = [re.match(r"[\w.-]+", line) for line in lines if "extra ==" not in line]
    return [name[0] for name in names if name]


def _found(name: str, places: Places) -> bool:
    try:
        return models.find(name, places.models_dir) is not None
    except SidecarError:
        return False


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _cpu_features(info: Path = Path("/proc/cpuinfo")) -> frozenset[str] | None:
    if not info.exists():
        return None
    match = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", info.read_text("utf-8", "replace"), re.MULTILINE)
    return frozenset(match[1].replace("avx512bw", "avx512_bw").split()) if match else None
