"""Which call needs a person most: a seat and the moment in, its reason and its place in an order out. Pure.

Risk comes first, then an agent who waits for help, an opening that nobody answered, silence, heat that rises; a call
that somebody has comes behind those that nobody has, and what cannot be helped from here comes last.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple, TypeAlias

from streams.floor import CallState
from tui.floor.state import Floor, Seat

OPENING_MS = 6_000
"""An opening counts as unanswered after so long; before that the agent is about to answer it."""
SILENCE_MS = 15_000
"""Silence counts from here on."""
UNCLAIMED_MS = 30_000
"""A call for a person that nobody has taken after so long is marked."""

Reason: TypeAlias = Literal["risk", "help", "opening", "silence", "warm", "calm", "over", "away"]
TIERS: Mapping[Reason, int] = {
    "risk": 0, "help": 1, "opening": 2, "silence": 3, "warm": 4, "calm": 5, "over": 6, "away": 7,
}  # fmt: skip
OrderName: TypeAlias = Literal["need", "mood", "time", "agent", "queue"]
ORDERS: Mapping[OrderName, str] = {
    "need": "who needs a person most",
    "mood": "the customer's mood, lowest first",
    "time": "length of the call, longest first",
    "agent": "the agent's name",
    "queue": "queue, then the agent's name",
}


class Need(NamedTuple):
    """Why a call needs a person, and since when (local ms)."""

    reason: Reason
    since_ms: int


def need(seat: Seat, local_ms: int) -> Need:
    """The strongest reason there is at this moment."""
    state = seat.state
    if seat.row.presence != "here" or state.phase == "no_audio":
        return Need("away", seat.came_ms - seat.row.age_ms)
    if state.phase in ("wrap_up", "ended"):
        return Need("over", seat.came_ms)
    if state.band in ("hot", "critical") or seat.row.alert is not None:
        return Need("risk", seat.alert_ms or seat.zero_ms)
    if state.help is not None:
        return Need("help", seat.zero_ms + state.help.since_ms)
    if state.opening_since_ms >= 0 and seat.age_ms(local_ms, state.opening_since_ms) >= OPENING_MS:
        return Need("opening", seat.zero_ms + state.opening_since_ms)
    if state.silence_since_ms >= 0 and seat.age_ms(local_ms, state.silence_since_ms) >= SILENCE_MS:
        return Need("silence", seat.zero_ms + state.silence_since_ms)
    return Need("warm" if state.band == "warm" else "calm", seat.zero_ms)


def calls_for_someone(seat: Seat) -> bool:
    """Whether a person is asked for: a standing alert, or an agent's call for help."""
    return seat.row.alert is not None or seat.state.help is not None


def called_ms(seat: Seat, local_ms: int) -> int:
    """For how long a person has been asked for."""
    ages = [local_ms - seat.alert_ms] if seat.row.alert else []
    if seat.state.help:
        ages.append(seat.age_ms(local_ms, seat.state.help.since_ms))
    return max(ages, default=0)


def unclaimed(seat: Seat, local_ms: int) -> bool:
    """Whether a person is asked for and nobody has taken it for too long."""
    if seat.row.claimed_by or not calls_for_someone(seat):
        return False
    said = seat.row.alert is not None and seat.row.alert.unclaimed
    return said or called_ms(seat, local_ms) >= UNCLAIMED_MS


def hot(seat: Seat, local_ms: int) -> bool:
    """Whether a call is among those that need a person now: at risk, or waiting for help."""
    return need(seat, local_ms).reason in ("risk", "help") or calls_for_someone(seat)


def ordered(seats: Iterable[Seat], by: OrderName, local_ms: int) -> tuple[str, ...]:
    """The calls' ids in this order; equal ones stand by name and id, so that nothing depends on how they came."""
    key = _KEYS[by]
    return tuple(seat.state.call_id for seat in sorted(seats, key=lambda seat: (key(seat, local_ms), *_name(seat))))


def hottest(floor: Floor, local_ms: int) -> str:
    """The call that needs a person most and that nobody has; where somebody has each, the first of all; "" for none."""
    free = [seat for seat in floor.seats.values() if not seat.row.claimed_by]
    asking = [seat for seat in free if calls_for_someone(seat)]
    return next(iter(ordered(asking or free or floor.seats.values(), "need", local_ms)), "")


def matches(seat: Seat, text: str) -> bool:
    """Whether every word of a filter is somewhere in what is known of a call."""
    row, state = seat.row, seat.state
    where = " ".join(
        (state.agent_name, state.agent_id, state.queue, row.team, row.station, row.claimed_by, state.band, state.signal)
    ).casefold()
    return all(word in where for word in text.casefold().split())


Key: TypeAlias = tuple[float | str, ...]


def _by_need(seat: Seat, local_ms: int) -> Key:
    why = need(seat, local_ms)
    bands = -2 if seat.state.band == "critical" else -1 if seat.state.band == "hot" else 0
    heat = -(seat.state.heat // 10) if why.reason in ("risk", "warm") else 0
    since = 0 if why.reason in ("warm", "calm") else why.since_ms
    return (TIERS[why.reason], bool(seat.row.claimed_by), bands, heat, since)


def _name(seat: Seat) -> tuple[str, str]:
    return (_shown(seat.state).casefold(), seat.state.call_id)


def _shown(state: CallState) -> str:
    return state.agent_name or state.agent_id


_KEYS: Mapping[OrderName, Callable[[Seat, int], Key]] = {
    "need": _by_need,
    "mood": lambda seat, _local_ms: (round(seat.state.mood * 10),),
    "time": lambda seat, _local_ms: (seat.zero_ms // 1_000,),
    "agent": lambda _seat, _local_ms: (),
    "queue": lambda seat, _local_ms: (seat.state.queue.casefold(),),
}
