"""This workstation on the floor: calls' events flow out to the hub, what supervisors do flows into the calls.

Nothing here is waited for: the line keeps the newest states and what must not be lost, the calls go on whether or not a
hub is there. Without a hub in the settings there is no line, and no socket is opened.
"""

import asyncio
import importlib.metadata
import os
import platform
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from sidecar import logs
from sidecar.config_sections import ShareConfig
from sidecar.keys import Keys
from sidecar.uplink.sent import SentLog
from sidecar.uplink.sharing import CallSharing, Fact, Outgoing
from streams.background import background
from streams.busline import LinkChange, LinkState
from streams.clock import Clock, WallClock, utc_now
from streams.errors import ConfigError
from streams.events import Channel, Claimed, Event, HelpAnswered, HumanEvent, Note, Released, Telemetry, Watched
from streams.floor import CallDetail, CallState, ClaimChanged, FloorMessage, HelpReply, Watching, Whisper
from streams.floorlink import FloorAddress
from streams.stationline import StationItem, StationLine

DISTRIBUTION = "agent-assist-sidecar"
SILENT_MS = 12_000
"""A call of which nothing was heard for so long is shown as one without sound; telemetry comes every five seconds."""
LOOK_S = 2.0
LONGEST_NOTE = 1_000
"""Characters of a note or an answer that the panel gets; the hub refuses longer ones first."""
_LINK: dict[LinkState, str] = {
    "connecting": "the hub has not been reached yet",
    "up": "the hub is connected",
    "lost": "the hub is away; states and alerts wait for it",
}
_log = logs.get("uplink")


class Line(Protocol):
    """What is asked of `streams.stationline.StationLine`; none of it waits."""

    def __aiter__(self) -> AsyncIterator[StationItem]: ...

    def put(self, state: CallState, made_ns: int = 0) -> None:
        """The newest state of a call."""
        ...

    def keep(self, fact: Fact) -> None:
        """A fact that must not be lost."""
        ...

    def words(self, call_id: str, channel: Channel, started_ms: int, text: str) -> None:
        """A final utterance, for who has the call open."""
        ...

    def detail(self, detail: CallDetail) -> None:
        """What who has the call open sees beyond its state."""
        ...

    def calls(self, ids: Sequence[str]) -> None:
        """Which calls there are now."""
        ...


Tell = Callable[[str, HumanEvent], None]
"""Carries an event into the call of that id; one that is over or unknown takes nothing."""


class Uplink:
    """The calls of this machine on their way to the hub, and back; `tell` carries what people do into a call."""

    def __init__(self, line: Line, tell: Tell, *, show_watchers: bool, sent: SentLog, clock: Clock) -> None:
        self._line = line
        self._tell = tell
        self._show_watchers = show_watchers
        self._sent = sent
        self._clock = clock
        self._calls: dict[str, UplinkSink] = {}
        self._claimed: dict[str, str] = {}
        self._link: LinkState = "connecting"

    def call(self, call_id: str, share: ShareConfig) -> "UplinkSink":
        """A sink for a new call's events."""
        sink = self._calls[call_id] = UplinkSink(self._line, CallSharing(share), self._clock)
        self._line.calls(tuple(self._calls))
        return sink

    def forget(self, call_id: str) -> None:
        """The call's wrap-up is over; the floor sees it no more."""
        if sink := self._calls.pop(call_id, None):
            sink.finish()
            self._claimed.pop(call_id, None)
            self._line.calls(tuple(self._calls))

    def lines(self, call_id: str) -> tuple[str, ...]:
        """How the link stands and what was sent last, of a call and of the machine itself, the newest first."""
        return (_LINK[self._link], *self._sent.lines(call_id, self._clock.now_ms()))

    async def hear(self) -> None:
        """Take what comes from the hub for as long as the line lasts."""
        async for item in self._line:
            if isinstance(item, LinkChange):
                self._link = item.state
                _log.info("hub", state=item.state, reason=item.text)
            else:
                self._take(item)

    async def look(self) -> None:
        """Say for ever of which calls nothing has been heard for a while."""
        while True:
            await asyncio.sleep(LOOK_S)
            for sink in tuple(self._calls.values()):
                sink.look()

    def _take(self, item: Whisper | ClaimChanged | HelpReply | Watching) -> None:
        call_id = item.call_id
        match item:
            case Whisper():
                text = item.text[:LONGEST_NOTE]
                self._tell(call_id, Note(call_id=call_id, at_ms=0, note=item.note, by=item.by, text=text))
            case HelpReply():
                text = item.text[:LONGEST_NOTE]
                self._tell(call_id, HelpAnswered(call_id=call_id, at_ms=0, help=item.help, by=item.by, text=text))
            case ClaimChanged():
                self._claim(item)
            case Watching():
                if sink := self._calls.get(call_id):
                    sink.watched(by_anybody=bool(item.names))
                if self._show_watchers:
                    self._tell(call_id, Watched(call_id=call_id, at_ms=0, names=item.names))

    def _claim(self, item: ClaimChanged) -> None:
        call_id = item.call_id
        before = self._claimed.pop(call_id, "")
        if item.by:
            self._claimed[call_id] = item.by
            self._tell(call_id, Claimed(call_id=call_id, at_ms=0, by=item.by))
        elif before:
            self._tell(call_id, Released(call_id=call_id, at_ms=0, by=before))


class UplinkSink:
    """One call's events on their way to the line; whatever breaks here, the call goes on."""

    def __init__(self, line: Line, sharing: CallSharing, clock: Clock) -> None:
        self._line = line
        self._sharing = sharing
        self._clock = clock
        self._heard_ms = clock.now_ms()
        self._silent = self._broken = False

    def write(self, event: Event | Telemetry) -> None:
        """Send what an event changes."""
        self._heard_ms = self._clock.now_ms()
        self._silent = False
        self._send(lambda: self._sharing.feed(event))

    def watched(self, *, by_anybody: bool) -> None:
        """Somebody has the call open now, or nobody has."""
        self._send(lambda: self._sharing.watched(by_anybody=by_anybody))

    def look(self) -> None:
        """Say once that nothing has been heard for a while."""
        if not self._silent and self._clock.now_ms() - self._heard_ms >= SILENT_MS:
            self._silent = True
            self._send(lambda: Outgoing(state=self._sharing.silent()))

    def finish(self) -> None:
        """Send what is still owed."""
        self._send(lambda: Outgoing(facts=self._sharing.finish()))

    def _send(self, make: Callable[[], Outgoing]) -> None:
        if self._broken:
            return
        try:
            out = make()
            for fact in out.facts:
                self._line.keep(fact)
            if out.state is not None:
                self._line.put(out.state, time.monotonic_ns())
            if out.detail is not None:
                self._line.detail(out.detail)
            for said in out.words:
                self._line.words(said.call_id, said.channel, said.started_ms, said.text)
        except Exception as error:  # noqa: BLE001 - a supervisor's view must not end the agent's coaching
            self._broken = True
            _log.exception("the floor is told no more of this call", error=type(error).__name__)


@asynccontextmanager
async def joined(share: ShareConfig, keys: Keys, tell: Tell) -> AsyncIterator[Uplink | None]:
    """Join the hub for as long as the block runs; None, and no socket, where the settings name no hub.

    Raises ConfigError where `[share]` cannot be used, BusError where its address cannot.
    """
    if not share.hub:
        yield None
        return
    clock, sent = WallClock(), SentLog()

    def keep(message: FloorMessage) -> None:
        sent.add(message, clock.now_ms())

    # Every start of the service numbers what it says anew.
    boot = f"{utc_now()} {os.getpid()}"
    line = StationLine(
        address(share, keys), station(share), boot, importlib.metadata.version(DISTRIBUTION), on_sent=keep
    )
    async with line:
        uplink = Uplink(line, tell, show_watchers=share.show_watchers, sent=sent, clock=clock)
        async with background(uplink.hear(), uplink.look()):
            yield uplink


def address(share: ShareConfig, keys: Keys) -> FloorAddress:
    """Where the hub is, and the keys by which the two know one another.

    Raises ConfigError when the hub's key is missing.
    """
    if not share.hub_key:
        raise ConfigError("share.hub is set and share.hub_key is not; `sidecar hub` prints its public key at its start")
    return FloorAddress(
        hub=share.hub,
        server_public=share.hub_key.encode(),
        client_public=keys.station.public.encode(),
        client_secret=keys.station.secret.encode(),
    )


def station(share: ShareConfig) -> str:
    """This machine's name on the floor."""
    return share.station or platform.node() or "workstation"
