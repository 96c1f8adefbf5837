"""The hub's side towards workstations: their messages flow in, changes of the room flow out. Pure.

What comes twice, late, out of order or from an earlier start of the workstation's service is passed over; what is
missing is asked for by asking for hello, which brings everything anew.
"""

from sidecar.hub.calls import Call
from sidecar.hub.desk import Desk
from sidecar.hub.records import AlertAnswered, FactKept, Standing
from sidecar.hub.roll import Client
from sidecar.hub.room import FORGET_MS, Room
from sidecar.hub.tidy import CALLS_LIMIT
from streams.floor import (
    AlertRaised,
    ClaimChanged,
    DetailPut,
    FromStation,
    HelloAsked,
    KeptFact,
    NoteState,
    Receipt,
    Refused,
    SpokenLine,
    StatePut,
    StationBeat,
    StationHello,
    Taken,
    Watching,
    Welcome,
    Whisper,
    WordsPut,
)

_NOTE_STEPS = ("sent", "delivered", "read")


class Stations:
    """Hears workstations; one method per kind of message."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def hear(self, client: Client, peer: bytes, message: FromStation, now_ms: int, *, full: bool) -> None:
        """A message of a workstation; while the store is `full`, facts are left with their workstation."""
        desk = self._room.desks.get(client.name)
        if desk is None:
            desk = self._room.desks[client.name] = Desk(client)
        if isinstance(message, StationHello):
            self._greet(desk, peer, message, now_ms)
            return
        if message.boot != desk.boot:
            self._question(desk, peer, message.boot, now_ms)
            return
        self._alive(desk, peer, now_ms)
        match message:
            case StatePut():
                self._state(desk, message, now_ms)
            case StationBeat():
                self._beat(desk, message, now_ms)
            case WordsPut() | DetailPut():
                self._shown(desk, message)
            case _:
                if not full:
                    self._fact(desk, message, now_ms)

    def committed(self, fact: FactKept) -> None:
        """A fact is stored, and all before it."""
        key = (fact.station, fact.boot)
        self._room.committed[key] = max(fact.number, self._room.committed.get(key, 0))
        desk = self._room.desks.get(fact.station)
        if desk is not None and desk.boot == fact.boot:
            self._room.tell(desk, Taken(boot=fact.boot, number=self._room.committed[key]))

    def look(self, now_ms: int) -> None:
        """Notice who has fallen silent, who is gone, and whose calls are to be dropped."""
        for desk in self._room.desks.values():
            if desk.look(now_ms, self._room.settings.beat_ms):
                self._room.presence_changed(desk)
            if now_ms - desk.heard_ms > FORGET_MS:
                for call in self._room.calls.of(desk.client.name):
                    self._room.drop(call)

    # --- the talk itself --------------------------------------------------------------------------------------------

    def _greet(self, desk: Desk, peer: bytes, hello: StationHello, now_ms: int) -> None:
        if desk.is_past(hello.boot) and not desk.is_silent(now_ms, self._room.settings.beat_ms):
            self._refuse_past(desk, peer)
            return
        key = (desk.client.name, hello.boot)
        had = max(self._room.committed.get(key, 0), hello.kept_from - 1)
        self._room.committed[key] = had
        if desk.start(hello.boot, had):
            for call in self._room.calls.of(desk.client.name):
                call.begin_boot()
        self._alive(desk, peer, now_ms)
        welcome = Welcome(
            hub=self._room.run,
            boot=hello.boot,
            name=desk.client.name,
            taken=had,
            every_ms=self._room.settings.beat_ms,
        )
        self._room.tell(desk, welcome)
        for call in self._room.calls.of(desk.client.name):
            self._tell_anew(call)

    def _tell_anew(self, call: Call) -> None:
        """How a call stands, for a workstation that may have missed it."""
        if call.claimed_by:
            self._room.tell(call.desk, ClaimChanged(call_id=call.call_id, by=call.claimed_by))
        if call.watchers:
            self._room.tell(call.desk, Watching(call_id=call.call_id, names=call.watched_by))
        if call.reply is not None:
            self._room.tell(call.desk, call.reply)
        for note in call.notes.values():
            if note.state == "sent":
                self._room.tell(call.desk, Whisper(call_id=call.call_id, note=note.note, by=note.by, text=note.text))

    def _question(self, desk: Desk, peer: bytes, boot: str, now_ms: int) -> None:
        """Something of a boot that is not the one that said hello."""
        if desk.is_past(boot):
            self._refuse_past(desk, peer)
        elif desk.may_ask(now_ms):
            self._room.send(peer, HelloAsked(boot=boot))

    def _refuse_past(self, desk: Desk, peer: bytes) -> None:
        text = f"a later start of {desk.client.name} talks to the hub; each workstation needs a key of its own"
        self._room.send(peer, Refused(text=text))

    def _alive(self, desk: Desk, peer: bytes, now_ms: int) -> None:
        first = not desk.peer
        desk.heard(peer, now_ms)
        if desk.look(now_ms, self._room.settings.beat_ms) or first:
            self._room.presence_changed(desk)

    def _ask_anew(self, desk: Desk, now_ms: int) -> None:
        if desk.may_ask(now_ms):
            self._room.tell(desk, HelloAsked(boot=desk.boot))

    # --- what may be superseded -------------------------------------------------------------------------------------

    def _state(self, desk: Desk, put: StatePut, now_ms: int) -> None:
        call_id = put.state.call_id
        if desk.has_ended(call_id, put.number) or not self._has_room(desk, call_id):
            return
        call = self._room.calls.get(desk, call_id)
        if call.is_another(put.state) and not call.is_newer_than(put.number):
            self._room.begin_anew(call)
        if call.put(put.state, put.number, put.made_ns, now_ms):
            self._room.changed(call)

    def _beat(self, desk: Desk, beat: StationBeat, now_ms: int) -> None:
        if desk.list_calls(beat.calls, beat.number):
            for call in self._room.calls.of(desk.client.name):
                if call.call_id not in beat.calls and not call.is_newer_than(beat.number):
                    self._room.drop(call)
            if desk.misses(call_id for call_id in beat.calls if not self._knows(desk, call_id)):
                self._ask_anew(desk, now_ms)
        taken = self._room.committed[desk.client.name, desk.boot]
        self._room.tell(desk, Taken(boot=desk.boot, number=taken))

    def _shown(self, desk: Desk, message: WordsPut | DetailPut) -> None:
        """Words and detail go to those who have the call open, and to nobody else."""
        call_id = message.call_id if isinstance(message, WordsPut) else message.detail.call_id
        call = self._room.calls.find(desk.client.name, call_id)
        if call is None or not call.watchers or not call.hear(message.number):
            return
        seats = [self._room.seats[peer] for peer in call.watchers]
        if isinstance(message, DetailPut):
            call.show_detail(message.detail)
            for seat in seats:
                seat.detail(call.detail or message.detail)
            return
        line = SpokenLine(
            call_id=call.shown_id, channel=message.channel, started_ms=message.started_ms, text=message.text
        )
        call.lines.append(line)
        for seat in seats:
            seat.lines([line])

    # --- what must not be lost --------------------------------------------------------------------------------------

    def _fact(self, desk: Desk, fact: KeptFact, now_ms: int) -> None:
        if fact.number <= desk.taken:
            taken = self._room.committed[desk.client.name, desk.boot]
            self._room.tell(desk, Taken(boot=desk.boot, number=taken))
            return
        if not desk.accept(fact.number):
            self._ask_anew(desk, now_ms)
            return
        at_ms = now_ms - max(fact.waited_ms, 0)
        call = self._room.calls.find(desk.client.name, fact.call_id)
        self._room.keep(
            FactKept(
                station=desk.client.name,
                team=desk.team,
                boot=desk.boot,
                number=fact.number,
                at_ms=at_ms,
                queue=call.queue if call is not None else "",
                fact=fact,
            )
        )
        if isinstance(fact, AlertRaised) and self._has_room(desk, fact.call_id):
            self._alert(self._room.calls.get(desk, fact.call_id), fact, at_ms, now_ms)
        elif isinstance(fact, Receipt) and call is not None:
            self._receipt(call, fact)

    def _alert(self, call: Call, raised: AlertRaised, at_ms: int, now_ms: int) -> None:
        if call.raise_alert(raised, at_ms):
            call.settle(now_ms)
            station = call.desk.client.name
            self._room.keep(Standing(station=station, call_id=call.call_id, alert=raised, at_ms=at_ms))
            if call.claimed_by:
                # Nobody had to be waited for.
                self._room.keep(AlertAnswered(station, call.call_id, raised.alert, call.claimed_by, 0))
            self._room.changed(call)

    def _receipt(self, call: Call, receipt: Receipt) -> None:
        note = call.notes.get(receipt.note)
        if note is not None and _NOTE_STEPS.index(receipt.state) > _NOTE_STEPS.index(note.state):
            came = NoteState(note=note.note, call_id=call.shown_id, by=note.by, text=note.text, state=receipt.state)
            self._room.note_changed(call, came)

    def _knows(self, desk: Desk, call_id: str) -> bool:
        call = self._room.calls.find(desk.client.name, call_id)
        return call is not None and call.state is not None

    def _has_room(self, desk: Desk, call_id: str) -> bool:
        calls = self._room.calls
        return calls.find(desk.client.name, call_id) is not None or len(calls.of(desk.client.name)) < CALLS_LIMIT
