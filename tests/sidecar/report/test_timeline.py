import re
import xml.etree.ElementTree as ET

import msgspec

from sidecar.report.account import Account, Point, Stretch
from sidecar.report.timeline import LEFT, RIGHT, WIDTH, svg
from tests.sidecar.report.accounts import SCRIPT, bare, whole


def drawn(account: Account) -> ET.Element:
    return ET.fromstring(svg(account))


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in root.iter() if name in each.get("class", "").split()]


def test_lanes_stand_in_proportion_to_the_call() -> None:
    root = drawn(whole())
    agent, *_ = (each for each in of_class(root, "agent") if each.tag == "rect")
    assert float(agent.get("x", "")) == LEFT
    assert abs(float(agent.get("width", "")) - 0.04 * (WIDTH - LEFT - RIGHT)) < 0.2
    assert len([each for each in of_class(root, "customer") if each.tag == "rect"]) == 2


def test_openings_say_what_became_of_them_and_are_escaped() -> None:
    given, still_open = of_class(drawn(whole()), "opening")
    assert given.get("class") == "opening given"
    assert given[0].text == f"00:15 strong opening, answered with empathy: {SCRIPT}"
    assert still_open.get("class") == "opening open"
    assert "<script" not in svg(whole())


def test_neighbouring_nudges_stand_on_two_levels() -> None:
    marks = of_class(drawn(whole()), "nudge")
    assert [mark.get("class") for mark in marks] == ["nudge warn", "nudge critical", "nudge info", "nudge praise"]
    heights = [float(mark[1].get("cy", "")) for mark in marks]
    assert heights[0] == heights[2] == heights[3]
    assert heights[1] < heights[0]
    assert [mark[2].text for mark in marks] == ["!", "!!", "i", "*"]
    assert marks[0][0].text == "00:22 T: Text 1. (done)"


def test_a_crowd_of_nudges_is_drawn_small() -> None:
    few = whole()
    root = drawn(msgspec.structs.replace(few, nudges=few.nudges * 20))
    marks = of_class(root, "nudge")
    assert len(marks) == 80
    assert {mark[1].get("r") for mark in marks} == {"4"}
    assert {len(mark) for mark in marks} == {2}
    assert of_class(root, "stem") == []


def test_a_time_at_the_end_is_not_cut() -> None:
    account = bare()
    long = msgspec.structs.replace(account, sums=msgspec.structs.replace(account.sums, duration_ms=10_800_000))
    times = [each for each in drawn(long).iter("text") if (each.text or "").endswith(":00")]
    assert (times[-1].text, times[-1].get("text-anchor")) == ("180:00", "end")
    assert times[0].get("text-anchor") == "middle"


def test_a_value_holds_until_the_next() -> None:
    points = of_class(drawn(whole()), "heat")[0].get("points", "").split()
    ys = [float(point.split(",")[1]) for point in points]
    assert ys[0] == ys[1] > ys[2] == ys[3] > ys[4] == ys[5]
    assert ys[-1] == ys[-2] == ys[0]
    assert all(LEFT <= float(point.split(",")[0]) <= WIDTH - RIGHT for point in points)


def test_a_call_in_which_nothing_happened() -> None:
    root = drawn(bare())
    assert of_class(root, "nudge") == []
    assert of_class(root, "mood") == []
    assert [each.text for each in root.iter("text")][:1] == ["00:00"]


def test_both_sides_on_one_channel() -> None:
    account = msgspec.structs.replace(bare(), speech=(Stretch("mixed", 0, 900),))
    assert "Both sides" in svg(account)
    assert "Both sides" not in svg(whole())


def test_times_are_round_and_few_even_in_the_longest_call() -> None:
    for duration_ms in (1000, 90_000, 3_600_000, 86_400_000):
        sums = msgspec.structs.replace(bare().sums, duration_ms=duration_ms)
        text = svg(msgspec.structs.replace(bare(), sums=sums, moods=(Point(5, 0.5),)))
        assert len(re.findall(r'text-anchor="middle">\d\d+:\d\d<', text)) <= 26
