"""An agent's calls of the shift: kept journals flow in, what a history page shows of each flows out, the newest first.

Read from the user's own disk by whoever draws the page, so that the service has no part in it and nothing travels.
"""

import datetime as dt

from sidecar.joined import read_call
from sidecar.library import Library
from streams.errors import SidecarError
from streams.events import CallEnded, CallStarted, Event, Nudge, NudgeAnswered, NudgeResolved, Telemetry

SHIFT_H = 12
"""Calls that began so many hours ago still belong to this shift."""
MOST = 40
_SHOWN = (CallStarted, Nudge, NudgeResolved, NudgeAnswered, CallEnded)


def earlier_calls(library: Library, agent_id: str, now: str) -> list[tuple[Event | Telemetry, ...]]:
    """Events of each call that this agent began up to `SHIFT_H` hours before `now` (ISO 8601, UTC).

    A journal that cannot be read is passed over; without an agent's id all of this user's calls are the agent's.
    """
    try:
        entries = library.calls()
    except SidecarError:
        return []
    since = (dt.datetime.fromisoformat(now) - dt.timedelta(hours=SHIFT_H)).strftime("%Y-%m-%dT%H:%M:%SZ")
    calls: list[tuple[Event | Telemetry, ...]] = []
    for entry in entries:
        if entry.started_at < since or len(calls) >= MOST:
            continue
        try:
            kept = read_call(library.folders_of(entry))
        except SidecarError:
            continue
        if not agent_id or kept.started.agent_id == agent_id:
            calls.append(tuple(event for event in kept.events if isinstance(event, _SHOWN)))
    return calls
