"""Where settings come from: the documented default, files, and `section.key=value` typed on a command line.

Texts flow in, layers flow out: what each source says, what it is called, and on which line each of its keys stands, so
that whoever finds a mistake can name its place.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from sidecar.toml_lines import KeyPath, key_lines, line_of
from streams.errors import ConfigError

Tree = dict[str, Any]


class Layer(msgspec.Struct, frozen=True):
    """One source of settings: what it says, what it is called, and where its keys stand."""

    name: str
    tree: Tree
    lines: dict[KeyPath, int]

    def refuse(self, path: KeyPath, reason: str) -> ConfigError:
        """The error for a mistake at a key, with the place where it stands."""
        line = line_of(self.lines, path)
        return ConfigError(f"{self.name}:{line}: {reason}" if line else f"{self.name}: {reason}")


def default_text() -> str:
    """The documented default: `config.toml` beside this module in a wheel, at the root of a checkout."""
    here = Path(__file__).parent
    shipped = here / "config.toml"
    return (shipped if shipped.exists() else here.parent / "config.toml").read_text("utf-8")


def read(path: Path) -> Layer:
    """A file as a layer.

    Raises ConfigError when it cannot be read or is not TOML.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text (byte {error.start})") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Layer:
    """TOML text as a layer.

    Raises ConfigError when it is not TOML.
    """
    try:
        return Layer(name, tomllib.loads(text), key_lines(text))
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        place = re.search(r"\(at line (\d+), column \d+\)", reason)
        line = place[1] if place else str(len(text.splitlines()))
        raise ConfigError(f"{name}:{line}: not TOML: {reason.split(' (at ', maxsplit=1)[0]}") from error


def from_set(text: str, defaults: Tree) -> Layer:
    """`section.key=value` as a layer; the default's type decides how the value is read.

    Raises ConfigError when the text is of another form.
    """
    name = f"--set {text}"
    keys, equals, value = text.partition("=")
    path = tuple(key.strip() for key in keys.split("."))
    if not equals or len(path) < 2 or not all(path):
        raise ConfigError(f"{name}: write section.key=value")
    default: Any = defaults
    for key in path:
        default = default.get(key) if isinstance(default, dict) else None
    tree: Any = _typed(value.strip(), default)
    for key in reversed(path):
        tree = {key: tree}
    return Layer(name, tree, {})


def _typed(value: str, default: object) -> object:
    """A value as typed on a command line: quotes may be left out, a list may be given as `a,b`."""
    if isinstance(default, list) and not value.startswith("["):
        return [_toml(item.strip()) for item in value.split(",") if item.strip()]
    if isinstance(default, str) and not value.startswith(('"', "'")):
        return value
    return _toml(value)


def _toml(value: str) -> object:
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def merge(below: Tree, above: Tree) -> Tree:
    """Two trees as one, the second winning key by key."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def dotted(path: KeyPath) -> str:
    """A key path as it is written."""
    return ".".join(path)
