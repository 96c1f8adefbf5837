"""The composition root: from the words on the command line to an exit code.

Each command is imported only when it is called, so that help is instant and the service never loads a screen. Whatever
goes wrong ends here as one line on stderr and the right exit code; a traceback goes to a file.
"""

import errno
import importlib
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# One thread per decode worker is what the scheduler counts on, and NumPy reads these when it is first imported.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import click  # noqa: E402 - the environment comes first

from sidecar.invocation import Invocation  # noqa: E402
from sidecar.printable import printable  # noqa: E402
from streams.errors import SidecarError, StorageError  # noqa: E402

INTERRUPTED = 130

COMMANDS = {
    "run": "Run the service: taps, recogniser, coach and bus.",
    "panel": "Open the agent's panel beside the service.",
    "floor": "Open the supervisor's floor.",
    "hub": "Join many workstations into one floor.",
    "gateway": "Hand cloud platforms' calls to workstations that they cannot reach.",
    "keys": "Say who may talk to the hub.",
    "demo": "Play a bundled call through the whole path.",
    "replay": "Play a recording, a transcript or an earlier call.",
    "tail": "Print what passes on the bus.",
    "devices": "List and choose the sound devices of this machine.",
    "call": "Begin and end a call of this machine's softphone; pause any call.",
    "tap-test": "Play a call at a server as a platform would, or watch a platform.",
    "answer": "Answer the nudge on screen, for a hotkey or a foot pedal.",
    "calls": "List, show, export and purge the calls that were kept.",
    "report": "Report on one call, with a picture.",
    "rules": "List rules and check them against conversations.",
    "eval": "Measure the coach on labelled calls.",
    "models": "List, fetch and check speech models.",
    "bench": "Measure latency, cost and memory on this machine.",
    "tune": "Find the fastest setting that hears your calls as well.",
    "config": "Show the configuration and check files.",
    "doctor": "Check this machine and say what to do.",
}


class LazyGroup(click.Group):
    """A group whose commands live in `sidecar.commands.NAME` and are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands, in the order of a first day's use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now; None when there is no such."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"sidecar.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        _take_settings(command)
        return command

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the arguments, where help may be printed."""
        with _while_read():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with _while_read():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@contextmanager
def _while_read() -> Iterator[None]:
    """Leave well when whoever reads our output has left; click would make a failure of it."""
    try:
        yield
    except BrokenPipeError as error:
        raise click.exceptions.Exit(_explain(error)) from error


def _take_settings(command: click.Command) -> None:
    """Let a command, and each that belongs to it, take `--set` behind its own name too."""
    if not any("--set" in parameter.opts for parameter in command.params):
        command.params.append(_set_option())
    if isinstance(command, click.Group):
        for part in command.commands.values():
            _take_settings(part)


def _set_option() -> click.Option:
    """`--set` for one command."""

    def add(ctx: click.Context, _option: click.Parameter, sets: tuple[str, ...]) -> None:
        ctx.obj.sets += sets

    return click.Option(
        ["--set"],
        multiple=True,
        metavar="SECTION.KEY=VALUE",
        help="One setting for this run.",
        expose_value=False,
        callback=add,
    )


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings of this file win over your own; may be given again.",
)
@click.option(
    "--set", "sets", multiple=True, metavar="SECTION.KEY=VALUE", help="One setting for this run; may be given again."
)
@click.option("-v", "--verbose", count=True, help="Log more; twice for everything.")
@click.version_option(package_name="agent-assist-sidecar", prog_name="sidecar", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, files: tuple[Path, ...], sets: tuple[str, ...], verbose: int) -> None:
    """A coach beside the contact-centre agent: live words, mood and short nudges."""
    ctx.obj = Invocation(files, sets, verbose)


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; every error has been said on stderr."""
    try:
        code = command.main(args=list(arguments), prog_name="sidecar", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    except BaseException as error:  # noqa: BLE001 - the last line of defence
        return _explain(_innermost(error))
    return code if isinstance(code, int) else 0


def _innermost(error: BaseException) -> BaseException:
    """What a task group wraps: an error meant for a person where there is one, else the first."""
    while isinstance(error, BaseExceptionGroup):
        meant = error.subgroup(SidecarError)
        error = (meant or error).exceptions[0]
    return error


def _explain(error: BaseException) -> int:
    match error:
        case KeyboardInterrupt():
            return INTERRUPTED
        case BrokenPipeError():
            # They have seen enough, and the interpreter must not complain when it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case OSError(errno=errno.ENOSPC):
            return _say(f"the output cannot be written: {error.strerror}", 1)
        case SidecarError():
            return _say(str(error), error.exit_code)
        case click.exceptions.NoArgsIsHelpError():
            print(error.format_message(), file=sys.stderr)
            return error.exit_code
        case click.ClickException():
            where = (
                f"; see `{error.ctx.command_path} --help`" if isinstance(error, click.UsageError) and error.ctx else ""
            )
            message = error.format_message().rstrip(".")
            return _say(message[:1].lower() + message[1:] + where, error.exit_code)
        case _:
            return _say(f"broke unexpectedly ({type(error).__name__}){_keep(error)}", 1)


def _say(message: str, code: int) -> int:
    print(f"sidecar: {printable(' '.join(message.split()))}", file=sys.stderr)
    return code


def _keep(error: BaseException) -> str:
    """Write the traceback to a file, and say where it is; the temporary folder is there for want of our own."""
    name = f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    for folder in (_state_dir, tempfile.gettempdir):
        with suppress(OSError, StorageError):
            path = Path(folder()) / name
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
                traceback.print_exception(error, file=file)
            return f"; details are in {path}"
    return f", and no details could be kept: {error}"


def _state_dir() -> Path:
    from sidecar import places

    return places.ensure(places.find().state_dir)
