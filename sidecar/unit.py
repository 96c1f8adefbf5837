"""The systemd user units: the path of this program and what it is to do flow in, the text of the unit flows out."""

import shutil
import sys
from pathlib import Path
from typing import Literal

UNIT = """\
[Unit]
Description=sidecar, {described}

[Service]
Type=notify
{environment}ExecStart={program} {does}
{reload}Restart=on-failure
RestartSec=2
# Calls that go on when it is told to stop may come to their end (taps.drain_s).
TimeoutStopSec={stop_s}
# Told to stop before it serves, as while a model is loaded.
SuccessExitStatus=143
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ReadWritePaths={writes}
MemoryMax=2G

[Install]
WantedBy=default.target
"""

_DESCRIBED = {"run": "a coach beside the contact-centre agent", "gateway": "calls of cloud platforms for workstations"}
_RELOAD = {"run": "ExecReload=/bin/kill -HUP $MAINPID\n", "gateway": ""}
"""A gateway sees changed keys by itself, and all else needs a restart."""
ENDING_S = 15
"""What the end of the service may take besides: closing connections, last words to a webhook, a decode that runs."""


def unit(program: str, writes: list[str], drain_s: int, home: str = "", does: Literal["run", "gateway"] = "run") -> str:
    """The unit that lets `program` do that, and write to those folders alone.

    `home` is SIDECAR_HOME where it is set; calls that go on when it is told to stop are given `drain_s`.
    """
    environment = f"Environment={_quoted(f'SIDECAR_HOME={home}')}\n" if home else ""
    folders = " ".join(_quoted(f"-{folder}") for folder in writes)
    return UNIT.format(
        described=_DESCRIBED[does],
        environment=environment,
        program=_quoted(program),
        does=does,
        reload=_RELOAD[does],
        writes=folders,
        stop_s=drain_s + ENDING_S,
    )


def this_program() -> str:
    """The path of the program that runs."""
    return str(Path(shutil.which(sys.argv[0]) or sys.argv[0]).absolute())


def _quoted(text: str) -> str:
    """A word of a unit file: percent signs are specifiers there, and spaces part words."""
    safe = text.replace("\\", "\\\\").replace("%", "%%").replace('"', '\\"')
    return f'"{safe}"' if " " in safe else safe
