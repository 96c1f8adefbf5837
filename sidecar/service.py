"""`sidecar run`: taps' calls and people's commands flow in, coached calls flow out to the bus and the journals.

One event loop carries everything; decoding happens in threads. Each call runs in a task of its own whose failure ends
that call and nothing else. Settings may be read anew while calls go on: what is decided per call holds from the next
one, the volume at once.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, closing, contextmanager, suppress

import msgspec
import structlog

from sidecar import logs, monitor, readiness, signatures
from sidecar.audiosocket_listener import listen_tcp
from sidecar.bus import Bus, open_bus
from sidecar.config_sections import Config, NudgesConfig, TapsConfig
from sidecar.desk import Desk, VirtualDesk, WorkerDesk
from sidecar.ears import NoWords
from sidecar.folded import fold
from sidecar.gateway.dialler import dialled
from sidecar.journal import Journal, new_folder
from sidecar.keys import Keys, agreed_secret
from sidecar.lasting_pauses import LastingPauses
from sidecar.library import Library
from sidecar.likely_swap import LikelySwap
from sidecar.listener import listen
from sidecar.live import LiveCall
from sidecar.local.tap import listen_here
from sidecar.metrics import Metrics
from sidecar.peaks import PeakKeeper, Peaks
from sidecar.people import People, Reach
from sidecar.places import Places, ensure
from sidecar.reception import Reception
from sidecar.replay import context_of, make_call
from sidecar.rulebook import trusted_pack, unknown_ids
from sidecar.runner import CallRunner, Sink
from sidecar.thumbs import ThumbKeeper, Thumbs
from sidecar.told import Told
from sidecar.uplink.station import Uplink, joined, station
from sidecar.uplink.told import keeps_sharing, plain_words
from sidecar.webhook import Webhook, WebhookSink, opened
from streams.clock import WallClock, utc_now
from streams.engine import Transcriber
from streams.errors import InputError, SidecarError
from streams.events import CallEnded, CallStarted, Volume, WordsFrom
from streams.reference import ReferenceTranscriber
from streams.taps.dialect import Began
from streams.workers import DecodeWorkers

WRAP_UP_S = 120.0
"""How long a late screen still learns of a call that is over, and thumbs for it are taken."""
_RESTART = ("bus", "taps", "asr", "share", "monitor", "webhook", "gateway")
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
        self._people = People(self._reload, self._told)
        self._uplink: Uplink | None = None
        self._workers: DecodeWorkers | None = None
        self._webhook: Webhook | None = None
        self._reception = Reception(self._config.taps, WallClock(), self._begin)
        self._metrics = Metrics()
        self._pulse = monitor.Pulse(WallClock())
        self.reload_wanted = asyncio.Event()
        self._reloading = asyncio.Lock()

    async def run(self, ready: Callable[[str], None]) -> None:
        """Serve until cancelled; `ready` gets one line when calls are taken.

        Raises BusError or TapError when a port cannot be had, PackError for a rule pack that cannot be used, ModelError
        when there is no voice activity model.
        """
        config = self._config
        _slips(trusted_pack(config.nudges.pack), config.nudges)
        await asyncio.to_thread(readiness.make_ready, config)
        name = f"service {utc_now()} {os.getpid()}"
        async with (
            open_bus(config.bus, self._keys, name) as bus,
            joined(config.share, self._keys, self._people.tell) as self._uplink,
            AsyncExitStack() as sending,
        ):
            self._bus = bus
            secret = agreed_secret(self._places.keys_dir, "webhook")
            self._webhook = sending.enter_context(opened(config.webhook, secret, name))
            self._workers = None if self._engine is None else DecodeWorkers(self._engine, config.asr.decode_threads)
            try:
                await self._serve(config, bus, ready)
            finally:
                if self._workers is not None:
                    await self._workers.aclose()

    async def _serve(self, config: Config, bus: Bus, ready: Callable[[str], None]) -> None:
        reception = self._reception
        async with asyncio.TaskGroup() as self._group:
            self._group.create_task(self._people.obey(bus))
            self._group.create_task(self._reload_when_wanted())
            self._group.create_task(self._beat())
            self._group.create_task(asyncio.to_thread(self._purge, config))
            async with AsyncExitStack() as listening:
                if config.taps.dialects.over_websocket:
                    agreed = signatures.read(self._places.keys_dir)
                    await listening.enter_async_context(listen(config.taps, self._token, reception, agreed))
                await listening.enter_async_context(listen_tcp(config.taps, reception))
                boot = f"{utc_now()} {os.getpid()}"
                gateway = dialled(config.gateway, self._keys.station, reception.receive, boot)
                await listening.enter_async_context(gateway)
                if config.taps.local.enabled:
                    self._people.softphone = await listening.enter_async_context(listen_here(config, reception))
                listening.enter_context(monitor.monitored(config.monitor, self._metrics.registry, self._pulse))
                ready(_where(config.taps))
                monitor.notify("READY=1")
                await asyncio.Event().wait()

    async def drain(self) -> None:
        """Let calls that go on come to their end, for a while, and take no new ones."""
        monitor.notify("STOPPING=1")
        self._pulse.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._config.taps.drain_s):
                await self._reception.drained()

    async def _beat(self) -> None:
        """Say once a second that the event loop comes round."""
        while True:
            words = "none" if self._engine is None else "recogniser"
            self._pulse.alive(calls=self._reception.calls, words=words)
            await asyncio.sleep(1)

    # --- calls ------------------------------------------------------------------------------------------------------

    def _begin(self, live: LiveCall, began: Began) -> None:
        self._group.create_task(self._drive(live, began))

    async def _drive(self, live: LiveCall, began: Began) -> None:
        """Carry one call from its beginning to its end; whatever breaks in it stays in it."""
        failed = True
        reach = self._people.calls[live.call_id] = Reach(live.call_id, keeps_sharing=keeps_sharing(self._config.share))
        with structlog.contextvars.bound_contextvars(call_id=live.call_id), ExitStack() as kept_open:
            try:
                await self._coach(live, began, reach, kept_open)
                failed = False
            except SidecarError as error:
                _log.error("call failed", reason=str(error))
                self._close_for_screens(live, "failed")
            except Exception as error:  # noqa: BLE001 - one bad call never takes down the service
                _log.exception("call broke", error=type(error).__name__)
                self._close_for_screens(live, "failed")
            finally:
                self._reception.leave(live, failed=failed)
            await asyncio.sleep(WRAP_UP_S)
        if self._people.calls.get(live.call_id) is reach:
            del self._people.calls[live.call_id]
            self._bus.forget(live.call_id)
            if self._uplink is not None:
                self._uplink.forget(live.call_id)

    async def _coach(self, live: LiveCall, began: Began, reach: Reach, kept_open: ExitStack) -> None:
        """Drive a call to its end; what `kept_open` holds takes what people say in its wrap-up."""
        config = self._config
        desk, words_from = self._desk(config, began)
        started = msgspec.structs.replace(
            live.started, started_at=live.started.started_at or utc_now(), words_from=words_from
        )
        thumbs = Thumbs(self._places.state_dir)
        peaks = Peaks(self._places.state_dir)
        context = context_of(config, live.call_id, thumbs.of(started.agent_id), peaks.of(started.agent_id))
        pauses = LastingPauses(self._places.state_dir, config.taps)
        paused_ms = pauses.lasted_ms(started)
        call = make_call(started, context, config, listens=True, paused_ms=paused_ms)
        live.on_heard = self._metrics.waited
        meter = self._metrics.call()
        agent = started.agent_id
        sinks: list[Sink] = [self._bus, reach, ThumbKeeper(thumbs, agent), PeakKeeper(peaks, agent), meter]
        # Kept before it is shown: what a screen has seen, no crash takes out of the journal, and no pause ends by one.
        sinks[:0] = [pauses.keeper(started), *kept_open.enter_context(self._journal(config, started))]
        if self._uplink is not None:
            sinks.append(self._uplink.call(live.call_id, config.share))
        if self._webhook is not None:
            sinks.append(WebhookSink(self._webhook, config.webhook))
        if config.taps.send.anything:
            sinks.append(Told(live.tell, config.taps.send))
        loop = asyncio.get_running_loop()
        # Told in a turn of its own: the other sinks must first see what raised the doubt.
        sinks.append(LikelySwap(lambda doubt: loop.call_soon(runner.tell, doubt)))
        runner = CallRunner(call, desk, sinks, pace=None, report=_report)
        reach.follow(runner)
        _log.info("call began", channels=started.channels, words_from=words_from, paused=paused_ms is not None)
        with closing(meter):
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
                _log.warning("settings read anew", note=await self._reload())
            except InputError as error:
                _log.error("settings kept as they were", reason=str(error))

    async def _reload(self) -> str:
        """Read the settings anew and say what they touch.

        Raises ConfigError or PackError, and keeps the old ones, when they are wrong.
        """
        async with self._reloading:
            after = self._load_config()
            # Trying a new pack takes its time, in which calls go on.
            pack = await asyncio.to_thread(trusted_pack, after.nudges.pack)
            await asyncio.to_thread(fold, pack)
            return "; ".join((self._go_by(after), *_slips(pack, after.nudges)))

    def _go_by(self, after: Config) -> str:
        before = self._config
        context = context_of(after, "")
        # What is shared was told to the agent when the service began, and stays so until it begins anew.
        self._config = msgspec.structs.replace(after, share=before.share)
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

    def _told(self, action: str, call_id: str) -> tuple[str, ...]:
        """What is watched, in plain words; or what was sent of a call."""
        if action == "sharing":
            return plain_words(self._config, station(self._config.share))
        return () if self._uplink is None else self._uplink.lines(call_id)

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
    scheme = "wss" if taps.tls.certificate else "ws"
    places = [f"{scheme}://{taps.host}:{taps.port}/ ({', '.join(names)})"] if names else []
    places += [f"AudioSocket {taps.host}:{port}" for port in taps.tcp_ports]
    places += ["this machine's own softphone"] if taps.local.enabled else []
    return f"taking calls at {' and '.join(places)}" if places else "taking no calls: all of [taps.dialects] are off"


def _slips(pack: str, nudges: NudgesConfig) -> list[str]:
    """What the settings name and the pack does not have; logged, since a screen says only that a reload went well."""
    slips = unknown_ids(pack, nudges)
    for slip in slips:
        _log.warning("a rule is unknown", reason=slip)
    return slips


def _report(line: str) -> None:
    _log.error("sink failed", reason=line)
