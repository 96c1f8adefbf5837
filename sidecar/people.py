"""The calls that people can act on: screens' commands flow in off the bus, events flow into the calls they are for.

Commands are carried out one after the other in the order in which they came, each answered with what became of it; only
settings that are read anew take their time beside the others.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from sidecar import logs
from sidecar.actions import THUMBS, Actions
from sidecar.bus import Asked, Bus
from sidecar.call import Call, Passing
from sidecar.runner import CallRunner
from streams.errors import InputError, SidecarError
from streams.events import CallContext, HumanEvent, Note, NudgeAnswered
from streams.wire import Command, Reply

DRAWN = "drawn"
"""The command by which a screen tells how long drawing took: its value is milliseconds, one for each frame drawn."""
DRAWN_LIMIT = 100
"""Frames told of at once; a screen draws at most 60 a second and tells every few seconds of the latest."""
_LONGEST_DRAW_MS = 600_000.0
Told = Callable[[str, str], tuple[str, ...]]
_log = logs.get("people")


class Reach:
    """One call within people's reach; one of its own sinks, so that it knows what stands on the screen."""

    def __init__(self, call_id: str, *, keeps_sharing: str = "nothing is shared: no hub is set") -> None:
        self._actions = Actions(call_id, keeps_sharing=keeps_sharing)
        self._runner: CallRunner | None = None

    @property
    def call(self) -> Call | None:
        """The call, once it is driven."""
        return self._runner.call if self._runner else None

    @property
    def going(self) -> bool:
        """Whether the call has begun and not ended."""
        return self._runner is not None and not self._runner.call.ended

    def follow(self, runner: CallRunner) -> None:
        """Reach the call through its runner from now on."""
        self._runner = runner

    def write(self, event: Passing) -> None:
        """Follow the call."""
        self._actions.feed(event)

    def do(self, command: Command, by: str) -> None:
        """Carry a command into the call, at the media time of now.

        Raises InputError when it means nothing.
        """
        if self._runner is None:
            raise InputError("the call has not begun")
        over = self._runner.call.ended
        if over and not (command.action == "answer" and command.value in THUMBS):
            raise InputError("the call is over")
        if command.action == DRAWN:
            self._runner.drawn(_lags_ms(command.value))
            return
        event = self._actions.event(command, command.by or by, self._runner.call.now_ms)
        if over and isinstance(event, NudgeAnswered):
            self._runner.add(event)
        elif event is not None:
            self._runner.tell(event)

    def tell(self, event: HumanEvent | CallContext) -> None:
        """Carry an event into the call; one that is over takes nothing, and the same note is taken once."""
        known = isinstance(event, Note) and self._actions.knows(event.note)
        if self._runner is not None and not known:
            self._runner.tell(event)


class Softphone(Protocol):
    """The tap of this machine's own softphone, whose calls may begin and end by hand."""

    def command(self, action: str, value: str) -> str:
        """Carry out `call_start` or `call_end`; gives a line of what will be.

        Raises InputError when it is so already.
        """
        ...


class People:
    """All calls within reach, also those in their wrap-up, which take thumbs.

    `reload` reads the settings anew and says what that touched; `told` gives the lines that say what is watched
    ("sharing") and what was sent of a call ("sent").
    """

    def __init__(self, reload: Callable[[], Awaitable[str]], told: Told = lambda _action, _call_id: ()) -> None:
        self._reload = reload
        self._told = told
        self.calls: dict[str, Reach] = {}
        self.softphone: Softphone | None = None

    def tell(self, call_id: str, event: HumanEvent) -> None:
        """Carry what somebody else did into a call; one that is unknown or over takes nothing."""
        if reach := self.calls.get(call_id):
            reach.tell(event)

    async def obey(self, bus: Bus) -> None:
        """Carry out commands for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                asked = await bus.commands.get()
                if asked.command.action == "reload":
                    group.create_task(self._reload_for(asked))
                else:
                    await asked.answer(self.carry_out(asked.command, asked.client))

    def carry_out(self, command: Command, client: str) -> Reply:
        """Do what a command says; whatever goes wrong is told to whoever sent it."""
        try:
            if command.action in ("call_start", "call_end"):
                return Reply(ok=True, text=self._softphone().command(command.action, command.value))
            if command.action in ("sharing", "sent"):
                return Reply(ok=True, lines=self._told(command.action, command.call_id))
            self._meant(command.call_id).do(command, client)
        except Exception as error:  # noqa: BLE001 - what one person asked for must not end everybody's service
            return _failed(command, error)
        return Reply(ok=True)

    async def _reload_for(self, asked: Asked) -> None:
        try:
            reply = Reply(ok=True, text=await self._reload())
        except Exception as error:  # noqa: BLE001 - as above
            reply = _failed(asked.command, error)
        await asked.answer(reply)

    def _softphone(self) -> Softphone:
        if self.softphone is None:
            raise InputError("the local tap is off; set taps.local.enabled = true and start the service anew")
        return self.softphone

    def _meant(self, call_id: str) -> Reach:
        if call_id:
            if call_id not in self.calls:
                raise InputError(f"no call {call_id} is going on")
            return self.calls[call_id]
        going = [reach for reach in self.calls.values() if reach.going] or [*self.calls.values()][-1:]
        if len(going) != 1:
            raise InputError("several calls are going on; name one" if going else "no call is going on")
        return going[0]


def _failed(command: Command, error: Exception) -> Reply:
    """Why a command was not carried out; what nobody foresaw is for the log."""
    if isinstance(error, SidecarError):
        return Reply(ok=False, text=str(error))
    _log.error("command broke", action=command.action, error=type(error).__name__, exc_info=error)
    return Reply(ok=False, text=f"that broke ({type(error).__name__}); the service's log says more")


def _lags_ms(value: str) -> list[float]:
    """What a screen measured.

    Raises InputError when that is no list of numbers.
    """
    try:
        lags_ms = [float(each) for each in value.split()[-DRAWN_LIMIT:]]
    except ValueError:
        raise InputError(f"drawn {value[:40]!r}? give milliseconds, separated by spaces") from None
    return [lag_ms for lag_ms in lags_ms if 0 <= lag_ms <= _LONGEST_DRAW_MS]
