"""Made-up calls: at most two states a second, the same in every run, a new call after the last."""

from itertools import islice

from sidecar.bench.floor.traffic import CALL_STEPS, STEP_MS, turns
from streams.floor import AlertRaised, CallDone


def test_an_agents_calls_follow_each_other() -> None:
    taken = list(islice(turns(5), 3 * CALL_STEPS))
    assert taken == list(islice(turns(5), 3 * CALL_STEPS))
    assert all(turn.after_ms >= STEP_MS for turn in taken)
    facts = [fact for turn in taken for fact in turn.facts]
    assert [fact.call_id for fact in facts if isinstance(fact, CallDone)] == ["a0005-1", "a0005-2", "a0005-3"]
    alerts = [fact.alert for fact in facts if isinstance(fact, AlertRaised)]
    assert len(alerts) == len(set(alerts)) > 5
    times = [turn.state.at_ms for turn in taken if turn.state.call_id == "a0005-2"]
    assert times == sorted(set(times))


def test_two_agents_share_no_call() -> None:
    ids = [{turn.state.call_id for turn in islice(turns(agent), 500)} for agent in (1, 2)]
    assert not ids[0] & ids[1]
