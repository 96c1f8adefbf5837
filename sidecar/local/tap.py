"""The local tap within the service: both devices' messages and people's commands flow in, calls flow to the reception.

Nothing here decides: `streams.taps.local` does, and gives the pieces that a platform's dialect would give.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial

import msgspec

from sidecar import logs
from sidecar.config_sections import Config, LocalConfig
from sidecar.live import LiveCall
from sidecar.local.devices import KIND_OF
from sidecar.local.listening import Listening, Open, process
from sidecar.local.systems import check_installed
from sidecar.reception import Reception
from sidecar.sources import introduce
from streams.background import background
from streams.clock import monotonic_us
from streams.engine import SpeechProbe
from streams.errors import InputError, ProtocolError
from streams.settings import VadSettings
from streams.taps.dialect import Began, SayEnd, Timed
from streams.taps.facts import safe_id
from streams.taps.local import LocalSettings, LocalTap
from streams.taps.local_slots import SIDES
from streams.taps.local_wire import Closed, Message, Opened, Side
from streams.taps.timeline import Timeline
from streams.vad import SileroProbe

QUEUE_LIMIT = 64
"""Messages of both devices, half a second; when it is full the capture processes wait, and the system keeps sound."""
LOOK_S = 0.04
IDLE_LOOK_S = 0.25
"""Time passes for the tap also when no device says anything, in a call and between calls."""
_log = logs.get("local tap")


def devices_of(config: LocalConfig) -> Mapping[Side, Open]:
    """How each side's device is opened."""
    wanted = {"agent": config.microphone, "customer": config.loopback}
    return {side: partial(process, KIND_OF[side], wanted[side], config.library) for side in SIDES}


@asynccontextmanager
async def listen_here(config: Config, reception: Reception) -> AsyncIterator["LocalCalls"]:
    """Listen to this machine's devices for as long as the block runs.

    Raises TapError when the library for it is not installed.
    """
    check_installed(config.taps.local.library)
    calls = LocalCalls(config.taps.local, config.asr.vad, reception, {side: SileroProbe() for side in SIDES})
    async with background(calls.run()):
        yield calls


class LocalCalls:
    """The calls of this machine's softphone."""

    def __init__(
        self,
        config: LocalConfig,
        vad: VadSettings,
        reception: Reception,
        probes: Mapping[Side, SpeechProbe],
        devices: Mapping[Side, Open] | None = None,
        *,
        now_us: Callable[[], int] = monotonic_us,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._config = config
        self._reception = reception
        self._devices = {
            side: Listening(opened, sleep=sleep) for side, opened in (devices or devices_of(config)).items()
        }
        self._now_us = now_us
        settings = LocalSettings(
            start=config.start, idle_end_ms=config.idle_end_s * 1000, echo_gate=config.echo_gate, vad=vad
        )
        self._tap = LocalTap(settings, probes)
        # Bounded by what `command` lets in: one that is waiting stands for all of its kind.
        self._asked: dict[str, str] = {}
        self._said: asyncio.Queue[tuple[Side, Message] | None] = asyncio.Queue(QUEUE_LIMIT)
        self._live: LiveCall | None = None
        self._line: Timeline | None = None
        self._told: dict[Side, str] = {}

    async def run(self) -> None:
        """Listen for ever; whatever breaks here leaves the service standing."""
        try:
            await self._listen()
        except Exception as error:  # noqa: BLE001 - one bad device never takes down the service
            _log.exception("the local tap broke and is off until the service starts anew", error=type(error).__name__)

    async def _listen(self) -> None:
        async with asyncio.TaskGroup() as group:
            for side in SIDES:
                group.create_task(self._follow(side))
            while True:
                await self._step()

    def command(self, action: str, value: str) -> str:
        """Begin a call (`value` may name it) or end the one that goes on; gives a line of what will be.

        Raises InputError when it is so already.
        """
        if action == "call_start":
            if self._tap.in_call or "call_start" in self._asked:
                raise InputError("a call of this machine is going on; `sidecar call end` ends it")
            self._ask(action, value)
            return "the call begins"
        if not self._tap.in_call:
            raise InputError("no call of this machine is going on")
        self._ask(action, value)
        return "the call ends"

    def _ask(self, action: str, value: str) -> None:
        self._asked[action] = value
        # A full queue wakes whoever waits for it as well.
        with suppress(asyncio.QueueFull):
            self._said.put_nowait(None)

    async def _follow(self, side: Side) -> None:
        async with aclosing(self._devices[side].messages()) as said:
            async for message in said:
                self._tell(side, message)
                await self._said.put((side, message))

    async def _step(self) -> None:
        """Take one message, or the passing of time."""
        said = None
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S if self._tap.in_call else IDLE_LOOK_S):
                said = await self._said.get()
        pieces = self._tap.advance(self._now_us()) if said is None else self._tap.feed(*said)
        await self._put(pieces)
        if self._live is not None and self._live.over.is_set():
            self._live = self._line = None
            self._tap.end()
        elif self._live is not None and self._live.clock.now_ms() > self._reception.config.longest_s * 1000:
            await self._put(self._tap.end("too_long"))
        for action, value in tuple(self._asked.items()):
            del self._asked[action]
            await self._put(self._begin(value) if action == "call_start" else self._tap.end())
        for device in self._devices.values():
            device.hurry(self._tap.in_call)

    def _begin(self, call_id: str) -> list[Began | Timed]:
        return self._tap.begin(call_id, self._now_us())

    async def _put(self, pieces: Sequence[Began | Timed]) -> None:
        for piece in pieces:
            if isinstance(piece, Began):
                self._join(piece)
            elif self._live is not None and self._line is not None:
                live, events = self._live, self._line.feed(piece)
                if isinstance(piece, SayEnd):
                    self._live = self._line = None
                    live.leave(SIDES)
                await live.put(events)

    def _join(self, began: Began) -> None:
        config = self._config
        call_id = safe_id(began.call_id) if began.call_id else self._reception.new_id(config.call_name)
        began = msgspec.structs.replace(
            began, call_id=call_id, agent_id=config.agent_id, agent_name=config.agent_name, source="this machine"
        )
        leg = introduce(began, "local", self._reception.config)
        try:
            live, new = self._reception.join(leg)
        except ProtocolError as error:
            _log.warning("call not taken", reason=str(error))
            return
        self._live = live
        self._line = Timeline(leg.began, live.clock, first=new, named=leg.named)

    def _tell(self, side: Side, message: Message) -> None:
        """A line of log when a device comes or goes, once for each reason."""
        kind = KIND_OF[side]
        match message:
            case Opened(_, _, name):
                self._told.pop(side, None)
                _log.info(f"{kind} opened", device=name)
            case Closed(_, reason) if self._told.get(side) != reason:
                self._told[side] = reason
                _log.warning(f"{kind} lost; trying again", reason=reason)
