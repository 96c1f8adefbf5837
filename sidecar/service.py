"""`sidecar run`: taps' calls and people's commands flow in, coached calls flow out to the bus and the journals.

One event loop carries everything; decoding happens in threads. Each call runs in a task of its own whose failure ends
that call and nothing else. Settings may be read anew while calls go on: what is decided per call holds from the next
one, the volume at once.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

import msgspec
import structlog

from sidecar import logs, signatures
from sidecar.audiosocket_listener import listen_tcp
from sidecar.bus import Bus, open_bus
from sidecar.config import Config, TapsConfig
from sidecar.desk import Desk, VirtualDesk, WorkerDesk
from sidecar.ears import NoWords
from sidecar.journal import Journal, new_folder
from sidecar.keys import Keys
from sidecar.library import Library
from sidecar.listener import listen
from sidecar.live import LiveCall
from sidecar.people import People, Reach
from sidecar.places import Places, ensure
from sidecar.reception import Reception
from sidecar.replay import context_of, make_call
from sidecar.runner import CallRunner, Sink
from sidecar.thumbs import ThumbKeeper, Thumbs
from streams.clock import WallClock, utc_now
from streams.engine import Transcriber
from streams.errors import InputError, SidecarError
from streams.events import CallEnded, CallStarted, Volume, WordsFrom
from streams.reference import ReferenceTranscriber
from streams.taps.dialect import Began
from streams.workers import DecodeWorkers

WRAP_UP_S = 120.0
"""How long a late screen still learns of a call that is over."""
_RESTART = ("bus", "taps", "asr")
_log = logs.get("service")


class Service:
    """The service; `load_config` reads the settings, `engine` is the recogniser where there is one."""

    def __init__(
        self,
        load_config: Callable[[], Config],
        places: Places,
        keys: Keys,
        token: str,
        engine: Transcriber | None,
    ) -> None:
        self._load_config = load_config
        self._config = load_config()
        self._places = places
        self._keys = keys
        self._token = token
        self._engine = engine
        self._people = People(self._reload)
        self._workers: DecodeWorkers | None = None
        self.reload_wanted = asyncio.Event()

    async def run(self, ready: Callable[[str], None]) -> None:
        """Serve until cancelled; `ready` gets one line when calls are taken.

        Raises BusError or TapError when a port cannot be had, PackError for a rule pack that cannot be used.
        """
        config = self._config
        context_of(config, "")
        async with open_bus(config.bus, self._keys, f"service {utc_now()} {os.getpid()}") as bus:
            self._bus = bus
            self._workers = None if self._engine is None else DecodeWorkers(self._engine, config.asr.workers)
            try:
                await self._serve(config, bus, ready)
            finally:
                if self._workers is not None:
                    await self._workers.aclose()

    async def _serve(self, config: Config, bus: Bus, ready: Callable[[str], None]) -> None:
        reception = Reception(config.taps, WallClock(), self._begin)
        self._reception = reception
        async with asyncio.TaskGroup() as self._group:
            self._group.create_task(self._people.obey(bus))
            self._group.create_task(self._reload_when_wanted())
            self._group.create_task(asyncio.to_thread(self._purge, config))
            async with AsyncExitStack() as listening:
                if config.taps.dialects.over_websocket:
                    agreed = signatures.read(self._places.keys_dir)
                    await listening.enter_async_context(listen(config.taps, self._token, reception, agreed))
                await listening.enter_async_context(listen_tcp(config.taps, reception))
                ready(_where(config.taps))
                await asyncio.Event().wait()

    # --- calls ------------------------------------------------------------------------------------------------------

    def _begin(self, live: LiveCall, began: Began) -> None:
        self._group.create_task(self._drive(live, began))

    async def _drive(self, live: LiveCall, began: Began) -> None:
        """Carry one call from its beginning to its end; whatever breaks in it stays in it."""
        failed = True
        with structlog.contextvars.bound_contextvars(call_id=live.call_id):
            try:
                await self._coach(live, began)
                failed = False
            except SidecarError as error:
                _log.error("call failed", reason=str(error))
                self._close_for_screens(live, "failed")
            except Exception as error:  # noqa: BLE001 - one bad call never takes down the service
                _log.exception("call broke", error=type(error).__name__)
                self._close_for_screens(live, "failed")
            finally:
                self._people.calls.pop(live.call_id, None)
                self._reception.leave(live, failed=failed)
        await asyncio.sleep(WRAP_UP_S)
        if live.call_id not in self._people.calls:
            self._bus.forget(live.call_id)

    async def _coach(self, live: LiveCall, began: Began) -> None:
        config = self._config
        desk, words_from = self._desk(config, began)
        started = msgspec.structs.replace(
            live.started, started_at=live.started.started_at or utc_now(), words_from=words_from
        )
        thumbs = Thumbs(self._places.state_dir)
        context = context_of(config, live.call_id, thumbs.of(started.agent_id))
        call = make_call(started, context, config, listens=True)
        reach = self._people.calls[live.call_id] = Reach(live.call_id)
        with self._journal(config, started) as journal:
            sinks: list[Sink] = [self._bus, reach, ThumbKeeper(thumbs, started.agent_id), *journal]
            runner = CallRunner(call, desk, sinks, pace=None, report=_report)
            reach.follow(runner)
            _log.info("call began", channels=started.channels, words_from=words_from)
            await runner.run(live.source())
            _log.info("call ended", media_ms=call.now_ms)

    def _desk(self, config: Config, began: Began) -> tuple[Desk, WordsFrom]:
        """Who turns this call's sound into words, and where they come from."""
        asr = config.asr
        if self._workers is not None and began.engine != "reference":
            return WorkerDesk(self._workers), "recogniser"
        if began.words:
            return VirtualDesk(ReferenceTranscriber(began.words), asr.partial_lag_ms, asr.final_lag_ms), "reference"
        return VirtualDesk(NoWords(), asr.partial_lag_ms, asr.final_lag_ms), "none"

    @contextmanager
    def _journal(self, config: Config, started: CallStarted) -> Iterator[list[Sink]]:
        if not config.journal.enabled:
            yield []
            return
        folder = new_folder(ensure(self._places.journals_dir), started.started_at, started.call_id)
        with Journal(folder, text=config.journal.text) as journal:
            yield [journal]

    def _close_for_screens(self, live: LiveCall, reason: str) -> None:
        reach = self._people.calls.get(live.call_id)
        call = reach.call if reach else None
        if call is None or not call.ended:
            at_ms = live.clock.now_ms() if call is None else call.now_ms
            self._bus.write(CallEnded(call_id=live.call_id, at_ms=at_ms, reason=reason))

    # --- settings ---------------------------------------------------------------------------------------------------

    async def _reload_when_wanted(self) -> None:
        while True:
            await self.reload_wanted.wait()
            self.reload_wanted.clear()
            try:
                _log.warning("settings read anew", note=self._reload())
            except InputError as error:
                _log.error("settings kept as they were", reason=str(error))

    def _reload(self) -> str:
        """Read the settings anew and say what they touch.

        Raises ConfigError or PackError, and keeps the old ones, when they are wrong.
        """
        before, after = self._config, self._load_config()
        context = context_of(after, "")
        self._config = after
        self._reception.config = msgspec.structs.replace(
            self._reception.config, max_calls=after.taps.max_calls, idle_s=after.taps.idle_s
        )
        if before.nudges.volume != after.nudges.volume:
            for call_id, reach in self._people.calls.items():
                reach.tell(Volume(call_id=call_id, at_ms=0, level=after.nudges.volume))
        for call_id, reach in self._people.calls.items():
            reach.tell(msgspec.structs.replace(context, call_id=call_id))
        changed = [name for name in _RESTART if getattr(before, name) != getattr(after, name)]
        needs = f"; [{'], ['.join(changed)}] may need a restart" if changed else ""
        return f"settings read anew; rules hold at once, their thresholds and the journal from the next call{needs}"

    def _purge(self, config: Config) -> None:
        try:
            gone = Library(self._places.journals_dir).purge(config.journal.keep_days, utc_now())
        except SidecarError as error:
            _log.error("old calls were not purged", reason=str(error))
        else:
            if gone:
                _log.info("old calls purged", count=len(gone))


def _where(taps: TapsConfig) -> str:
    """Where calls are taken, for whoever started the service."""
    names = taps.dialects.over_websocket
    places = [f"ws://{taps.host}:{taps.port}/ ({', '.join(names)})"] if names else []
    places += [f"AudioSocket {taps.host}:{port}" for port in taps.tcp_ports]
    return f"taking calls at {' and '.join(places)}" if places else "taking no calls: all of [taps.dialects] are off"


def _report(line: str) -> None:
    _log.error("sink failed", reason=line)
