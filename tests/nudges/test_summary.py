from collections.abc import Callable
from typing import Any

import pytest

from nudges.coach import Coach
from nudges.delivery import DeliverySettings
from nudges.policy import Policy
from nudges.rulepack import Pack
from nudges.situation import Situation
from nudges.summary import totals
from streams.events import CallSummary, CoachEvent


@pytest.fixture
def delivery(pack: Pack) -> DeliverySettings:
    return pack.delivery


def test_a_call_in_which_nothing_happened(scene: Situation, delivery: DeliverySettings) -> None:
    found = totals(scene, Policy("c", delivery))
    assert found["duration_ms"] == 0
    assert found["agent_talk_share"] is None
    assert found["silence_share"] is None
    assert found["mood_arc"] is None
    assert found["openings"] == {
        "total": 0,
        "strong": 0,
        "given": 0,
        "bare": 0,
        "missed": 0,
        "not_needed": 0,
        "median_answer_ms": None,
    }


def test_a_whole_call(play: Callable[..., list[CoachEvent]]) -> None:
    summary = play(
        "0-6 customer  I've been ringing for a week and I'm really upset about it\n"
        "7-13 agent  I'm so sorry, that must be really upsetting, you have been ringing for a whole week\n"
        "16-19 customer  yes I have\n60-61 agent  right\n"
    )[-1]
    assert isinstance(summary, CallSummary)
    found: dict[str, Any] = summary.totals
    assert found["duration_ms"] == 61_000
    assert (found["agent_talk_ms"], found["customer_talk_ms"]) == (7000, 9000)
    assert found["agent_talk_share"] == 0.4375
    assert found["silence_ms"] == 45_000
    assert found["longest_silence_ms"] == 41_000
    assert found["openings"]["given"] == 1
    assert found["openings"]["median_answer_ms"] >= 1000
    (opening,) = found["ledger"]
    assert (opening["outcome"], opening["strength"]) == ("given", "strong")
    assert opening["answer_ms"] == found["openings"]["median_answer_ms"]
    assert found["checklist"] == {}
    assert found["nudges"]["shown"] == len(found["nudges"]["by_rule"])
    assert sum(found["nudges"]["by_outcome"].values()) == found["nudges"]["shown"]
    assert sum(found["nudges"]["by_severity"].values()) == found["nudges"]["shown"]
    assert found["heat_peak"] > 0
    assert found["heat_peak_at_ms"] == 6000


def test_it_is_plain_data(make_coach: Callable[..., Coach], play: Callable[..., list[CoachEvent]]) -> None:
    from streams.wire import from_json, to_json

    summary = play("0-2 customer  hello\n3-4 agent  hello\n")[-1]
    assert from_json(to_json(summary)) == summary
