"""What a workstation has to say to the hub, and when: states, facts and words flow in, the next message flows out.

A state gives way to a newer one of its call, and goes at most twice a second unless it is urgent. A kept fact stays
until the hub has taken it, in order, through lost connections and restarts of the hub. Pure: the time is handed in.
"""

from collections import deque
from collections.abc import Sequence

import msgspec

from streams.events import Band, Channel
from streams.floor import (
    CallDetail,
    CallState,
    DetailPut,
    FloorMessage,
    FromStation,
    HelloAsked,
    KeptFact,
    StatePut,
    StationBeat,
    StationHello,
    Taken,
    Welcome,
    WordsPut,
)

STATE_EVERY_MS = 500
"""Least time between two states of one call that are not urgent."""
HELLO_AGAIN_MS = 2_000
RESEND_MS = 5_000
"""A fact that was sent and not taken for so long is sent again, with all that follow it."""
KEPT_LIMIT = 10_000
"""Facts kept for a hub that is away; one more drops the oldest, which is counted."""
WINDOW = 64
"""Facts sent ahead of what the hub has taken."""
WORDS_LIMIT = 64
"""Lines that wait to be sent; one more drops the oldest: words are for those who look on now."""
FACT_LIMIT_BYTES = 192 * 1024
"""A larger fact would end the connection each time it is sent, so it is not kept at all and counted as dropped."""
BANDS: dict[Band, int] = {"calm": 0, "watch": 1, "warm": 2, "hot": 3, "critical": 4}


class _Call:
    """The newest state of a call and what the hub has been told of it."""

    def __init__(self) -> None:
        self.state: CallState | None = None
        self.made_ns = 0
        self.told: CallState | None = None
        self.told_ms = 0
        self.fresh = False


class Outbox:
    """One start of one workstation's service; every method takes the time of one monotonic clock."""

    def __init__(self, station: str, boot: str, version: str = "") -> None:
        self._station = station
        self._boot = boot
        self._version = version
        self._calls: dict[str, _Call] = {}
        self._ids: tuple[str, ...] = ()
        self._number = 0
        self._kept: deque[tuple[int, int, KeptFact]] = deque()
        self._kept_number = 0
        self._next_kept = 1
        self._tried_ms = 0
        self._words: deque[WordsPut] = deque(maxlen=WORDS_LIMIT)
        self._details: dict[str, CallDetail] = {}
        self._connected = False
        self._whole = False
        self._hello_ms = 0
        self._beat_ms = 0
        self._every_ms = HELLO_AGAIN_MS
        self.dropped = 0

    @property
    def whole(self) -> bool:
        """Whether the hub has said welcome on this connection."""
        return self._whole

    @property
    def every_ms(self) -> int:
        """How often the hub wants a beat."""
        return self._every_ms

    @property
    def waiting(self) -> int:
        """Facts that the hub has not taken yet."""
        return len(self._kept)

    def connect(self, now_ms: int) -> None:
        """A connection came about: hello is the first word on it."""
        self._connected, self._whole, self._hello_ms = True, False, now_ms

    def lose(self) -> None:
        """The connection is gone; nothing is due until the next."""
        self._connected = self._whole = False

    def put(self, state: CallState, made_ns: int = 0) -> None:
        """The newest state of a call, in place of an earlier one."""
        call = self._calls.setdefault(state.call_id, _Call())
        call.state, call.made_ns, call.fresh = state, made_ns, True
        if state.call_id not in self._ids:
            self._ids = (*self._ids, state.call_id)

    def calls(self, ids: Sequence[str]) -> None:
        """Which calls there are now; the states of others are forgotten, here and by the hub."""
        if set(self._ids) - set(ids):
            self._beat_ms = 0
        self._ids = tuple(ids)
        self._calls = {call_id: call for call_id, call in self._calls.items() if call_id in self._ids}
        self._details = {call_id: detail for call_id, detail in self._details.items() if call_id in self._ids}

    def keep(self, fact: KeptFact, now_ms: int) -> None:
        """A fact that must not be lost; boot and number are put in here."""
        if len(msgspec.msgpack.encode(fact)) > FACT_LIMIT_BYTES:
            self.dropped += 1
            return
        if len(self._kept) >= KEPT_LIMIT:
            self._kept.popleft()
            self.dropped += 1
            # The hub must hear that it cannot have what came before, or it would wait for it.
            self._whole, self._hello_ms = False, now_ms
        self._kept_number += 1
        numbered = msgspec.structs.replace(fact, boot=self._boot, number=self._kept_number)
        self._kept.append((self._kept_number, now_ms, numbered))

    def words(self, call_id: str, channel: Channel, started_ms: int, text: str) -> None:
        """A final utterance for those who look on; dropped while the hub is away."""
        if self._whole:
            line = WordsPut(
                boot=self._boot, number=0, call_id=call_id, channel=channel, started_ms=started_ms, text=text
            )
            self._words.append(line)

    def detail(self, detail: CallDetail) -> None:
        """What those who look on see of a call, in place of what was; dropped while the hub is away."""
        if self._whole:
            self._details[detail.call_id] = detail

    def hear(self, message: FloorMessage, now_ms: int) -> None:
        """What the hub says about the talk itself; anything else changes nothing here."""
        match message:
            case Welcome(boot=self._boot):
                self._whole, self._beat_ms, self._every_ms = True, 0, max(message.every_ms, 10)
                self._drop_taken(message.taken)
                self._next_kept = message.taken + 1
                for call in self._calls.values():
                    call.told, call.fresh = None, call.state is not None
            case HelloAsked():
                if self._connected and self._whole:
                    self._whole, self._hello_ms = False, now_ms
            case Taken(boot=self._boot):
                self._drop_taken(message.number)
            case _:
                pass

    def due(self, now_ms: int) -> FromStation | None:
        """What is to be said now, if anything; `sent` must follow once it is said."""
        if not self._whole:
            return self._hello() if self._connected and now_ms >= self._hello_ms else None
        for call in self._calls.values():
            if call.fresh and call.state is not None and now_ms >= self._state_ms(call):
                return StatePut(boot=self._boot, number=self._number + 1, state=call.state, made_ns=call.made_ns)
        if now_ms >= self._beat_ms:
            return StationBeat(boot=self._boot, calls=self._ids, number=self._number + 1)
        self._rewind(now_ms)
        fact = self._next_fact()
        if fact is not None:
            number, kept_ms, message = fact
            waited_ms = now_ms - kept_ms
            return msgspec.structs.replace(message, number=number, waited_ms=waited_ms) if waited_ms else message
        if self._words:
            return msgspec.structs.replace(self._words[0], number=self._number + 1)
        for detail in self._details.values():
            return DetailPut(boot=self._boot, number=self._number + 1, detail=detail)
        return None

    def sent(self, message: FromStation, now_ms: int) -> None:
        """The message that was due is on its way."""
        match message:
            case StationHello():
                self._hello_ms = now_ms + HELLO_AGAIN_MS
            case StatePut(state=state):
                call = self._calls[state.call_id]
                call.told, call.told_ms, call.fresh = state, now_ms, False
                self._number += 1
            case StationBeat():
                self._beat_ms = now_ms + self._every_ms
                self._number += 1
            case WordsPut():
                self._words.popleft()
                self._number += 1
            case DetailPut():
                del self._details[message.detail.call_id]
                self._number += 1
            case _:
                self._next_kept = message.number + 1
                self._tried_ms = now_ms

    @property
    def wake_ms(self) -> int | None:
        """When something will be due that is not due yet, as far as is known now; None: only once something happens."""
        if not self._whole:
            return self._hello_ms if self._connected else None
        times = [self._beat_ms, *(self._state_ms(call) for call in self._calls.values() if call.fresh)]
        if self._kept:
            times.append(0 if self._next_fact() else self._tried_ms + RESEND_MS)
        return 0 if self._words or self._details else min(times)

    def _hello(self) -> StationHello:
        kept_from = self._kept[0][0] if self._kept else self._kept_number + 1
        return StationHello(boot=self._boot, station=self._station, version=self._version, kept_from=kept_from)

    def _state_ms(self, call: _Call) -> int:
        told, state = call.told, call.state
        if told is None or state is None:
            return 0
        urgent = BANDS[state.band] > BANDS[told.band] or state.help != told.help
        return 0 if urgent else call.told_ms + STATE_EVERY_MS

    def _drop_taken(self, number: int) -> None:
        while self._kept and self._kept[0][0] <= number:
            self._kept.popleft()
        self._next_kept = max(self._next_kept, number + 1)

    def _rewind(self, now_ms: int) -> None:
        if self._kept and self._next_kept > self._kept[0][0] and now_ms >= self._tried_ms + RESEND_MS:
            self._next_kept = self._kept[0][0]

    def _next_fact(self) -> tuple[int, int, KeptFact] | None:
        if not self._kept:
            return None
        index = max(self._next_kept - self._kept[0][0], 0)
        return self._kept[index] if index < min(len(self._kept), WINDOW) else None
