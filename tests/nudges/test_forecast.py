from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nudges.forecast import ForecastSettings, forecast
from nudges.rulepack import Pack
from nudges.signals import Hit
from nudges.situation import Situation
from streams.events import Forecast, Heat, Nudge
from tests.nudges.saying import says

Play = Callable[..., list[Any]]

SETTINGS = ForecastSettings(refusals=("A.refusal",))
HEATED = """
0-5 customer  I've been waiting three weeks for this and nobody ever called me back
6-9 agent  I'm sorry but we can't offer a refund
11-15 customer  this is ridiculous, I want to speak to a supervisor
16-20 agent  there is nothing we can do
90-92 customer  okay
150-152 customer  and now
"""


def heated(scene: Situation, points: float, at_ms: int) -> None:
    hit = Hit("C.waiting", "C", "three weeks", at_ms, at_ms, 0)
    scene.heat.hear((hit,), (points,), score=None, turn=at_ms, now_ms=at_ms)
    scene.now_ms = at_ms


@pytest.mark.parametrize(("points", "word"), [(12, "steady"), (12.5, "rising"), (29.9, "rising"), (30, "boiling")])
def test_heat_is_thought_on_as_it_rose(scene: Situation, points: float, word: Forecast) -> None:
    heated(scene, points, 60_000)
    assert forecast(SETTINGS, scene) == word


def test_what_cools_is_steady(scene: Situation) -> None:
    heated(scene, 40, 60_000)
    scene.now_ms = 100_000
    assert scene.heat.value(scene.now_ms) > 20
    assert forecast(SETTINGS, scene) == "steady"


def test_a_call_without_heat_is_steady(scene: Situation) -> None:
    scene.conversation.utterance("A", says("agent", 0, 2000, "there is nothing we can do"))
    scene.now_ms = 3000
    assert forecast(SETTINGS, scene) == "steady"


def test_refusals_count(scene: Situation) -> None:
    heated(scene, 10, 60_000)
    assert forecast(SETTINGS, scene) == "steady"
    scene.conversation.utterance("A", says("agent", 60_500, 62_000, "there is nothing we can do"))
    scene.now_ms = 62_000
    assert forecast(SETTINGS, scene) == "rising"


@pytest.mark.parametrize(
    ("points", "told", "word"),
    [
        (10.1, "steady", "steady"),
        (10.1, "rising", "rising"),
        (9.9, "rising", "steady"),
        (27.6, "rising", "rising"),
        (27.6, "boiling", "boiling"),
        (27.4, "boiling", "rising"),
        (9.9, "boiling", "steady"),
    ],
)
def test_what_was_told_is_left_further_down(scene: Situation, points: float, told: Forecast, word: Forecast) -> None:
    heated(scene, points, 60_000)
    assert forecast(SETTINGS, scene, told) == word


def test_it_is_told_with_the_heat_and_nothing_follows_from_it(play: Play, pack_text: str) -> None:
    said = play(HEATED)
    assert {event.forecast for event in said if isinstance(event, Heat)} == {"steady", "rising", "boiling"}
    never = pack_text.replace("rising = 25\nboiling = 60", "rising = 900\nboiling = 900")
    assert never != pack_text
    calm = play(HEATED, pack=never)
    assert {event.forecast for event in calm if isinstance(event, Heat)} == {"steady"}
    assert [event for event in calm if not isinstance(event, Heat)] == [e for e in said if not isinstance(e, Heat)]
    assert any(isinstance(event, Nudge) for event in said)


def test_no_rule_can_ask_for_it(pack: Pack) -> None:
    assert "forecast" not in (Path(__file__).parents[2] / "nudges" / "situation.py").read_text("utf-8")
    assert pack.forecast.refusals
