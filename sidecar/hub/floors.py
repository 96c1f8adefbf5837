"""The hub's side towards supervisors: hellos, actions and questions flow in, changes of the room flow out. Pure.

A person sees own teams only; an observer sees and opens calls, and does nothing else. Two at once: the first has it,
the second is told who.
"""

from collections.abc import Iterable

from sidecar.hub.calls import NOTES_LIMIT, Alert, Call
from sidecar.hub.records import AlertAnswered, Question
from sidecar.hub.roll import Client
from sidecar.hub.room import SEATS_PER_CLIENT, Room
from sidecar.hub.seat import Seat
from sidecar.hub.tidy import TEXT_LIMIT, text
from streams.floor import (
    HELP_RULE,
    Act,
    Acted,
    FloorHello,
    FloorRow,
    FloorSnapshot,
    FromFloor,
    HelpReply,
    NoteState,
    ShiftRequest,
    Whisper,
)

AWAY_MS = 60_000
"""A call that somebody claimed whose floors have been closed for so long may be taken over."""
HOURS_LIMIT = 24.0 * 366


class Floors:
    """Hears floors and says what each is to be sent."""

    def __init__(self, room: Room, now_ms: int) -> None:
        self._room = room
        self._began_ms = now_ms
        self._notes = 0

    def hear(self, client: Client, peer: bytes, message: FromFloor, now_ms: int) -> None:
        """A message of a supervisor's or observer's floor."""
        match message:
            case FloorHello():
                self._seat(client, peer, now_ms).restart()
            case Act():
                self._room.send(peer, self._act(self._seat(client, peer, now_ms), message, now_ms))
            case ShiftRequest():
                agents = client.name in self._room.settings.per_agent
                hours = min(max(message.hours, 0.0), HOURS_LIMIT) if message.hours == message.hours else 0.0
                self._room.ask(Question(peer, message.request, hours, client.teams, "", agents))

    def frame(self, now_ms: int) -> None:
        """What has changed for each floor since the frame before."""
        rows: dict[str, FloorRow | None] = {}

        def row(shown_id: str) -> FloorRow | None:
            # Floors of one team are told the same rows: each is made once a frame.
            if shown_id not in rows:
                call = self._room.calls.shown(shown_id)
                made = call is not None and call.state is not None
                rows[shown_id] = call.row(now_ms, self._room.settings.unclaimed_ms) if call and made else None
            return rows[shown_id]

        for seat in self._room.seats.values():
            if seat.wants_snapshot:
                if seat.may_snapshot(now_ms):
                    self._room.send(seat.peer, self._snapshot(seat, now_ms))
                continue
            update = seat.update(row, now_ms, self._room.settings.beat_ms)
            if update is not None:
                self._room.send(seat.peer, update)

    def look(self, now_ms: int) -> None:
        """End the alerts whose time has passed, mark those that nobody has taken in hand for too long."""
        for call in self._room.calls:
            if call.settle(now_ms):
                self._room.changed(call)
            if not call.marked and call.is_unclaimed(now_ms, self._room.settings.unclaimed_ms):
                call.marked = True
                self._room.changed(call)

    # --- seats ------------------------------------------------------------------------------------------------------

    def _seat(self, client: Client, peer: bytes, now_ms: int) -> Seat:
        seat = self._room.seats.get(peer)
        if seat is None:
            own = [seat for seat in self._room.seats.values() if seat.client.name == client.name]
            if len(own) >= SEATS_PER_CLIENT:
                self._room.close(own[0], now_ms)
            seat = self._room.seats[peer] = Seat(peer, client, self._room.run)
        return seat

    def _snapshot(self, seat: Seat, now_ms: int) -> FloorSnapshot:
        room, client = self._room, seat.client
        seen = [call for call in room.calls if call.state is not None and room.sees(client, call.desk)]
        snapshot = FloorSnapshot(
            hub=room.run,
            seq=seat.snapshot_seq(now_ms),
            you=client.name,
            role=client.role,
            teams=client.teams,
            rows=tuple(call.row(now_ms, room.settings.unclaimed_ms) for call in seen),
            stations={
                desk.client.name: desk.presence for desk in room.desks.values() if desk.peer and room.sees(client, desk)
            },
            notes=tuple(note for call in seen for note in call.notes.values() if note.by == client.name),
            every_ms=room.settings.beat_ms,
        )
        for call in seen:
            if call.shown_id in seat.open_calls:
                self._show(call, seat)
        return snapshot

    @staticmethod
    def _show(call: Call, seat: Seat) -> None:
        seat.lines(call.lines)
        if call.detail is not None:
            seat.detail(call.detail)

    # --- actions ----------------------------------------------------------------------------------------------------

    def _act(self, seat: Seat, act: Act, now_ms: int) -> Acted:
        call = self._room.calls.shown(act.call_id)
        if call is None or call.state is None or not self._room.sees(seat.client, call.desk):
            # One answer for both: who may not see a call is not told that there is one.
            return Acted(request=act.request, ok=False, text="no such call in your teams; it may have ended")
        if act.action in ("open", "close"):
            self._room.watch(call, seat, on=act.action == "open")
            if act.action == "open":
                self._show(call, seat)
            return Acted(request=act.request, ok=True)
        if seat.client.role != "supervisor":
            text = f"the key of {seat.client.name} may look on only; acting takes a supervisor's"
            return Acted(request=act.request, ok=False, text=text)
        match act.action:
            case "claim":
                return self._claim(seat, call, act, now_ms)
            case "release":
                return self._release(seat, call, act)
            case "note":
                return self._note(seat, call, act)
            case _:
                return self._answer(seat, call, act, now_ms)

    def _claim(self, seat: Seat, call: Call, act: Act, now_ms: int) -> Acted:
        name = seat.client.name
        if call.claimed_by and call.claimed_by != name and not self._is_away(call.claimed_by, now_ms):
            return Acted(request=act.request, ok=False, text=f"{call.claimed_by} has it already")
        if call.claimed_by != name:
            first = not call.claimed_by
            self._room.claim(call, name)
            if first:
                self._answered(call, call.answer_alerts(), name, now_ms)
        return Acted(request=act.request, ok=True)

    def _release(self, seat: Seat, call: Call, act: Act) -> Acted:
        if call.claimed_by != seat.client.name:
            holder = f"{call.claimed_by} has it" if call.claimed_by else "nobody has it"
            return Acted(request=act.request, ok=False, text=f"{holder}, so it is not yours to release")
        self._room.claim(call, "")
        return Acted(request=act.request, ok=True)

    def _note(self, seat: Seat, call: Call, act: Act) -> Acted:
        written = text(act.value, len(act.value) + 1).strip()
        if not 0 < len(written) <= TEXT_LIMIT:
            reason = f"a note has 1 to {TEXT_LIMIT} characters, this one has {len(written)}"
            return Acted(request=act.request, ok=False, text=reason)
        if call.over:
            return Acted(request=act.request, ok=False, text="the call is over: a note would not reach its agent")
        if len(call.notes) >= NOTES_LIMIT:
            return Acted(request=act.request, ok=False, text=f"this call has had {NOTES_LIMIT} notes already")
        self._notes += 1
        name, note = seat.client.name, f"{self._room.run}-{self._notes}"
        self._room.note_changed(call, NoteState(note=note, call_id=call.shown_id, by=name, text=written, state="sent"))
        self._room.tell(call.desk, Whisper(call_id=call.call_id, note=note, by=name, text=written))
        away = "" if call.desk.presence == "here" else f"{call.desk.client.name} is away and gets it when it is back"
        return Acted(request=act.request, ok=True, text=away, note=note)

    def _answer(self, seat: Seat, call: Call, act: Act, now_ms: int) -> Acted:
        asked = call.state.help if call.state is not None else None
        if asked is None or asked.help != act.help:
            return Acted(request=act.request, ok=False, text="this call for help is over")
        if call.reply is not None:
            return Acted(request=act.request, ok=False, text=f"{call.reply.by} has answered already")
        written = text(act.value.strip())
        call.reply = HelpReply(call_id=call.call_id, help=act.help, by=seat.client.name, text=written)
        self._room.tell(call.desk, call.reply)
        self._answered(call, call.answer_alerts(HELP_RULE), seat.client.name, now_ms)
        return Acted(request=act.request, ok=True)

    def _answered(self, call: Call, alerts: Iterable[Alert], by: str, now_ms: int) -> None:
        """Keep how long alerts have waited for somebody."""
        for alert in alerts:
            after_ms = max(now_ms - alert.since_ms, 0)
            self._room.keep(AlertAnswered(call.desk.client.name, call.call_id, alert.raised.alert, by, after_ms))

    def _is_away(self, name: str, now_ms: int) -> bool:
        return not self._room.has_seat(name) and now_ms - self._room.left_ms.get(name, self._began_ms) >= AWAY_MS
