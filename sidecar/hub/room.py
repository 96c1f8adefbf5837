"""Everything the hub knows at one moment, and what is to go out: changes flow in, each floor's share is marked. Pure.

Both sides of the hub work on one `Room`: workstations' messages change it, people's actions change it, and it knows who
may see what.
"""

from sidecar.hub.calls import Call, Calls
from sidecar.hub.desk import Desk
from sidecar.hub.records import CallGone, HubSettings, Question, Record, Send, Standing, Step
from sidecar.hub.roll import Client
from sidecar.hub.seat import Seat
from streams.floor import ClaimChanged, FloorMessage, NoteState, Watching

FORGET_MS = 300_000
"""Calls of a workstation that was not heard for so long are dropped; until then they stand there as gone."""
SEATS_PER_CLIENT = 32
"""Open floors of one person; one more closes the oldest, which is gone or forgotten."""


class Room:
    """The state that both sides of the hub share; what they do is collected until `step` hands it out."""

    def __init__(self, run: str, settings: HubSettings) -> None:
        self.run = run
        self.settings = settings
        self.calls = Calls()
        self.desks: dict[str, Desk] = {}
        self.seats: dict[bytes, Seat] = {}
        self.committed: dict[tuple[str, str], int] = {}
        self.left_ms: dict[str, int] = {}
        """When somebody's last floor closed."""
        self._sends: list[Send] = []
        self._records: list[Record] = []
        self._questions: list[Question] = []

    # --- what goes out ----------------------------------------------------------------------------------------------

    def send(self, peer: bytes, message: FloorMessage) -> None:
        """A message for one peer."""
        self._sends.append(Send(peer, message))

    def tell(self, desk: Desk, message: FloorMessage) -> None:
        """A message for a workstation, if it has been heard at all; what it misses it is told at its next hello."""
        if desk.peer:
            self.send(desk.peer, message)

    def keep(self, record: Record) -> None:
        """Something that must be stored."""
        self._records.append(record)

    def ask(self, question: Question) -> None:
        """A question that the store answers."""
        self._questions.append(question)

    def step(self) -> Step:
        """All that has been collected."""
        step = Step(tuple(self._sends), tuple(self._records), tuple(self._questions))
        self._sends, self._records, self._questions = [], [], []
        return step

    # --- who sees what ----------------------------------------------------------------------------------------------

    @staticmethod
    def sees(client: Client, desk: Desk) -> bool:
        """Whether somebody may see the calls of a workstation."""
        return desk.client.shares_team(client.teams)

    def changed(self, call: Call) -> None:
        """A row is to be sent to all who may see it."""
        if call.state is not None:
            for seat in self.seats.values():
                if self.sees(seat.client, call.desk):
                    seat.change(call.shown_id)

    def presence_changed(self, desk: Desk) -> None:
        """A workstation came, went or fell silent: it and its rows are to be sent."""
        for seat in self.seats.values():
            if desk.peer and self.sees(seat.client, desk):
                seat.station(desk.client.name, desk.presence)
        for call in self.calls.of(desk.client.name):
            self.changed(call)

    def note_changed(self, call: Call, note: NoteState) -> None:
        """A note came further: stored, and told to whoever wrote it."""
        call.notes[note.note] = note
        self.keep(Standing(station=call.desk.client.name, call_id=call.call_id, note=note))
        for seat in self.seats.values():
            if seat.client.name == note.by:
                seat.note(note)

    def claim(self, call: Call, by: str) -> None:
        """Somebody has the call in hand now, or (empty) nobody."""
        call.claimed_by = by
        self.keep(Standing(station=call.desk.client.name, call_id=call.call_id, claim=by))
        self.tell(call.desk, ClaimChanged(call_id=call.call_id, by=by))
        self.changed(call)

    def watch(self, call: Call, seat: Seat, *, on: bool) -> None:
        """Somebody opens or closes a call; its workstation is told who has it open."""
        before = call.watched_by
        if on:
            seat.open_calls.add(call.shown_id)
            call.watchers[seat.peer] = seat.client.name
        else:
            seat.open_calls.discard(call.shown_id)
            call.watchers.pop(seat.peer, None)
        if not call.watchers:
            call.detail = None
            call.lines.clear()
        if call.watched_by != before:
            self.tell(call.desk, Watching(call_id=call.call_id, names=call.watched_by))
            self.changed(call)

    def begin_anew(self, call: Call) -> None:
        """Another call came under an id that is known: nothing of the earlier one may stick to it."""
        self.keep(CallGone(call.desk.client.name, call.call_id))
        if call.claimed_by:
            self.tell(call.desk, ClaimChanged(call_id=call.call_id, by=""))
        if call.watchers:
            # Said twice, since the workstation passes over what it knows of this id already.
            self.tell(call.desk, Watching(call_id=call.call_id, names=()))
            self.tell(call.desk, Watching(call_id=call.call_id, names=call.watched_by))
        call.begin_anew()

    # --- endings ----------------------------------------------------------------------------------------------------

    def drop(self, call: Call) -> None:
        """A call is over."""
        self.calls.drop(call)
        self.keep(CallGone(call.desk.client.name, call.call_id))
        for seat in self.seats.values():
            if call.state is not None and self.sees(seat.client, call.desk):
                seat.remove(call.shown_id)

    def close(self, seat: Seat, now_ms: int) -> None:
        """A floor is gone."""
        for shown_id in tuple(seat.open_calls):
            call = self.calls.shown(shown_id)
            if call is not None:
                self.watch(call, seat, on=False)
        del self.seats[seat.peer]
        if not self.has_seat(seat.client.name):
            self.left_ms[seat.client.name] = now_ms

    def close_unseen(self, seat: Seat) -> None:
        """Close the calls that this floor has open and may not see any more."""
        for shown_id in tuple(seat.open_calls):
            call = self.calls.shown(shown_id)
            if call is not None and not self.sees(seat.client, call.desk):
                self.watch(call, seat, on=False)

    def has_seat(self, name: str) -> bool:
        """Whether somebody has a floor open."""
        return any(seat.client.name == name for seat in self.seats.values())
