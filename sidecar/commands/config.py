"""`sidecar config`: where settings come from, what they are, and whether a file is right."""

import sys
from pathlib import Path

import click
import msgspec

from sidecar import config as configuration
from sidecar.invocation import Invocation
from streams.errors import ConfigError


@click.group(short_help="Show the configuration and check files.")
def command() -> None:
    """Show the configuration and check files."""


@command.command()
@click.pass_obj
def path(invocation: Invocation) -> None:
    """Print where your own settings are read from."""
    print(invocation.places.config_file)


@command.command()
@click.argument("section", required=False)
@click.pass_obj
def show(invocation: Invocation, section: str | None) -> None:
    """Print the effective settings as TOML: all of them, or one SECTION."""
    import tomlkit

    tree = msgspec.to_builtins(invocation.config)
    if section is not None:
        if section not in tree:
            raise ConfigError(f"no section {section}; there are {', '.join(tree)}")
        tree = {section: tree[section]}
    sys.stdout.write(tomlkit.dumps(tree))


@command.command(short_help="Check a file, or all that applies.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def check(invocation: Invocation, file: Path | None) -> None:
    """Check FILE, or everything that applies to this run, and say where the mistake is."""
    files = invocation.files if file is None else (file,)
    configuration.load(files, invocation.sets)
    print(f"ok: {', '.join(map(str, files)) or 'the defaults'}")
