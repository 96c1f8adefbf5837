"""The systemd user unit of the service: the path of this program flows in, the text of the unit flows out. Pure."""

UNIT = """\
[Unit]
Description=sidecar, a coach beside the contact-centre agent

[Service]
Type=notify
{environment}ExecStart={program} run
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
# Calls that go on when it is told to stop may come to their end (taps.drain_s).
TimeoutStopSec={stop_s}
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ReadWritePaths={writes}
MemoryMax=2G

[Install]
WantedBy=default.target
"""


ENDING_S = 15
"""What the end of the service may take besides: closing connections, last words to a webhook, a decode that runs."""


def unit(program: str, writes: list[str], drain_s: int, home: str = "") -> str:
    """The unit that runs `program`, which may write to those folders alone; `home` is SIDECAR_HOME where it is set.

    Calls that go on when it is told to stop are given `drain_s`.
    """
    environment = f"Environment={_quoted(f'SIDECAR_HOME={home}')}\n" if home else ""
    folders = " ".join(_quoted(f"-{folder}") for folder in writes)
    return UNIT.format(program=_quoted(program), environment=environment, writes=folders, stop_s=drain_s + ENDING_S)


def _quoted(text: str) -> str:
    """A word of a unit file: percent signs are specifiers there, and spaces part words."""
    safe = text.replace("\\", "\\\\").replace("%", "%%").replace('"', '\\"')
    return f'"{safe}"' if " " in safe else safe
