"""Made-up calls of one agent: how many states were sent flows in, the next state and what else happens flows out. Pure.

Everything follows from the agent's number and the step, so that every run has the same traffic: a state every half to
three quarters of a second, an alert each forty seconds or so, and a new call every two minutes.
"""

from collections.abc import Iterator
from typing import NamedTuple

from streams.events import Band
from streams.floor import AlertRaised, CallDone, CallState, KeptFact, OpenNudge

STEP_MS = 500
SPREAD_MS = 250
CALL_STEPS = 200
ALERT_STEPS = 64
QUEUES = ("Billing", "Retention", "Delivery", "Support")
NAMES = ("Ana", "Luis", "Priya", "Tom", "Aiko", "Dana", "Sam", "Noor")
SIGNALS = ("asked for a supervisor", "talking over", "empathy owed", "long silence", "thanked the agent")
_BANDS: tuple[Band, ...] = ("calm", "calm", "calm", "watch", "warm", "hot")


class Turn(NamedTuple):
    """One step of one agent: when it is due after the step before, the state, and facts that come with it."""

    after_ms: int
    state: CallState
    facts: tuple[KeptFact, ...] = ()


def turns(agent: int) -> Iterator[Turn]:
    """What one agent's workstation has to say, step by step, for ever."""
    step = 0
    # Agents begin at different points of their calls, or all would end theirs at once.
    for number in range(1, 1_000_000):
        for within in range((agent * 31) % CALL_STEPS if number == 1 else 0, CALL_STEPS):
            after_ms = STEP_MS + (agent * 37 + step * 101) % SPREAD_MS
            state = _state(agent, number, within)
            facts: tuple[KeptFact, ...] = ()
            if (step + agent) % ALERT_STEPS == ALERT_STEPS - 1:
                facts = (_alert(state, step),)
            if within == 0 and number > 1:
                facts = (*facts, _done(agent, number - 1))
            yield Turn(after_ms, state, facts)
            step += 1


def call_id(agent: int, number: int) -> str:
    """The id of an agent's nth call."""
    return f"a{agent:04}-{number}"


def _state(agent: int, number: int, within: int) -> CallState:
    at_ms = (within + 1) * (STEP_MS + SPREAD_MS // 2)
    wave = (agent * 13 + within * 7) % 200 - 100
    band = _BANDS[(agent + within // 20) % len(_BANDS)]
    nudge = OpenNudge("empathy.missed", "Name what went wrong for them", "warn", at_ms - 4_000)
    return CallState(
        call_id=call_id(agent, number),
        at_ms=at_ms,
        agent_id=f"agent-{agent}",
        agent_name=f"{NAMES[agent % len(NAMES)]} {agent}",
        queue=QUEUES[agent % len(QUEUES)],
        started_at="2026-01-01T09:00:00Z",
        speaking="customer" if within % 3 else "agent",
        mood=wave / 100,
        trend="falling" if wave < 0 else "rising",
        spark=tuple((wave + 11 * point) % 200 - 100 for point in range(16)),
        heat=(agent + within) % 100,
        band=band,
        because=("effort", "money") if band in ("warm", "hot") else (),
        nudge=nudge if within % 9 > 5 else None,
        nudges=within // 20,
        nudges_open=int(within % 9 > 5),
        signal=SIGNALS[(agent + within // 10) % len(SIGNALS)],
        signal_at_ms=at_ms - 2_000,
        lag_ms=600 + within % 400,
    )


def _alert(state: CallState, step: int) -> AlertRaised:
    return AlertRaised(
        boot="",
        number=0,
        call_id=state.call_id,
        at_ms=state.at_ms,
        alert=f"{state.call_id}/{step}",
        rule="escalation.supervisor",
        severity="critical" if step % 2 else "warn",
        text="asked for a supervisor",
    )


def _done(agent: int, number: int) -> CallDone:
    length_ms = CALL_STEPS * STEP_MS
    return CallDone(
        boot="",
        number=0,
        call_id=call_id(agent, number),
        agent_id=f"agent-{agent}",
        agent_name=f"{NAMES[agent % len(NAMES)]} {agent}",
        queue=QUEUES[agent % len(QUEUES)],
        started_at="2026-01-01T09:00:00Z",
        duration_ms=length_ms,
        moods=tuple((at_ms, (at_ms // 1000 + agent) % 200 - 100) for at_ms in range(0, length_ms, 5_000)),
        hot=((20_000, 35_000, 80),),
        openings={"given": 2, "bare": 1, "missed": 1},
        rules={"empathy.missed": {"shown": 3, "done": 2, "dismissed": 1}, "pace.fast": {"shown": 1, "expired": 1}},
    )
