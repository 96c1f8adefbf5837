"""The calls that people can act on: screens' commands flow in off the bus, events flow into the calls they are for.

Commands are carried out one after the other in the order in which they came, each answered with what became of it.
"""

from collections.abc import Callable

from sidecar import logs
from sidecar.actions import Actions
from sidecar.bus import Bus
from sidecar.call import Call, Passing
from sidecar.runner import CallRunner
from streams.errors import InputError, SidecarError
from streams.events import CallContext, HumanEvent
from streams.wire import Command, Reply

_log = logs.get("people")


class Reach:
    """One call within people's reach; one of its own sinks, so that it knows what stands on the screen."""

    def __init__(self, call_id: str) -> None:
        self._actions = Actions(call_id)
        self._runner: CallRunner | None = None

    @property
    def call(self) -> Call | None:
        """The call, once it is driven."""
        return self._runner.call if self._runner else None

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
        if self._runner is None or self._runner.call.ended:
            raise InputError("the call is over" if self._runner else "the call has not begun")
        self._runner.tell(self._actions.event(command, command.by or by, self._runner.call.now_ms))

    def tell(self, event: HumanEvent | CallContext) -> None:
        """Carry an event into the call; one that is over takes nothing."""
        if self._runner is not None:
            self._runner.tell(event)


class People:
    """All calls within reach; `reload` reads the settings anew and says what that touched."""

    def __init__(self, reload: Callable[[], str]) -> None:
        self._reload = reload
        self.calls: dict[str, Reach] = {}

    async def obey(self, bus: Bus) -> None:
        """Carry out commands for ever."""
        while True:
            asked = await bus.commands.get()
            await asked.answer(self.carry_out(asked.command, asked.client))

    def carry_out(self, command: Command, client: str) -> Reply:
        """Do what a command says; whatever goes wrong is told to whoever sent it."""
        try:
            if command.action == "reload":
                return Reply(ok=True, text=self._reload())
            self._meant(command.call_id).do(command, client)
        except SidecarError as error:
            return Reply(ok=False, text=str(error))
        except Exception as error:  # noqa: BLE001 - what one person asked for must not end everybody's service
            _log.exception("command broke", action=command.action, error=type(error).__name__)
            return Reply(ok=False, text=f"that broke ({type(error).__name__}); the service's log says more")
        return Reply(ok=True)

    def _meant(self, call_id: str) -> Reach:
        if call_id:
            if call_id not in self.calls:
                raise InputError(f"no call {call_id} is going on")
            return self.calls[call_id]
        if len(self.calls) != 1:
            raise InputError("several calls are going on; name one" if self.calls else "no call is going on")
        return next(iter(self.calls.values()))
