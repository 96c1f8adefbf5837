"""Who needs a person most, and in which order rows stand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.floor.stage import HELP, alert, floor_of, seat
from tui.floor.need import (
    OPENING_MS,
    ORDERS,
    SILENCE_MS,
    UNCLAIMED_MS,
    called_ms,
    calls_for_someone,
    hot,
    hottest,
    matches,
    need,
    ordered,
    unclaimed,
)
from tui.floor.state import Seat

NOW_MS = 1_000


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "calm"),
        ({"band": "warm"}, "warm"),
        ({"band": "hot"}, "risk"),
        ({"band": "critical", "help": HELP}, "risk"),
        ({"band": "calm", "alert": alert()}, "risk"),
        ({"help": HELP}, "help"),
        ({"opening_since_ms": 60_000 - OPENING_MS}, "opening"),
        ({"opening_since_ms": 60_000 - OPENING_MS + 1}, "calm"),
        ({"silence_since_ms": 60_000 - SILENCE_MS}, "silence"),
        ({"silence_since_ms": 60_000 - SILENCE_MS + 1, "band": "warm"}, "warm"),
        ({"phase": "wrap_up", "band": "hot"}, "over"),
        ({"phase": "wrap_up", "help": HELP}, "over"),
        ({"phase": "ended"}, "over"),
        ({"phase": "no_audio"}, "away"),
        ({"presence": "gone", "band": "critical"}, "away"),
    ],
)
def test_the_strongest_reason_holds(fields: dict[str, Any], reason: str) -> None:
    assert need(seat(**fields), NOW_MS).reason == reason


def test_an_opening_becomes_unanswered_by_time_alone() -> None:
    waiting = seat(opening_since_ms=59_000)
    assert need(waiting, NOW_MS).reason == "calm"
    assert need(waiting, NOW_MS + OPENING_MS).reason == "opening"


def test_rows_stand_by_need() -> None:
    seats = [
        seat("away", presence="gone"),
        seat("over", phase="wrap_up"),
        seat("calm-b"),
        seat("calm-a"),
        seat("warm", band="warm", heat=45),
        seat("silent", silence_since_ms=20_000),
        seat("opening", opening_since_ms=20_000),
        seat("help-late", help=HELP),
        seat("help-first", help=type(HELP)("h", "", 10_000)),
        seat("hot-taken", band="hot", heat=79, claimed_by="Sol"),
        seat("hot", band="hot", heat=62),
        seat("hotter", band="hot", heat=77),
        seat("worst", band="critical", heat=81),
    ]
    assert ordered(seats, "need", NOW_MS) == (
        "worst", "hotter", "hot", "hot-taken", "help-first", "help-late", "opening", "silent", "warm", "calm-a",
        "calm-b", "over", "away",
    )  # fmt: skip


SEATS = st.lists(
    st.builds(
        lambda call, heat, band, claimed, at_ms: seat(call, heat=heat, band=band, claimed_by=claimed, at_ms=at_ms),
        st.sampled_from([f"c{number}" for number in range(8)]),
        st.integers(0, 100),
        st.sampled_from(["calm", "warm", "hot", "critical"]),
        st.sampled_from(["", "Sol"]),
        st.integers(0, 600_000),
    ),
    unique_by=lambda seat: seat.state.call_id,
)


@given(SEATS, st.randoms(use_true_random=False), st.sampled_from(sorted(ORDERS)))
def test_an_order_does_not_depend_on_how_rows_came(seats: list[Seat], chance: Any, by: Any) -> None:
    mixed = list(seats)
    chance.shuffle(mixed)
    assert ordered(mixed, by, NOW_MS) == ordered(seats, by, NOW_MS)


@given(SEATS, st.integers(0, 9))
def test_little_changes_of_heat_move_nothing(seats: list[Seat], by: int) -> None:
    nudged = [
        seat(
            each.state.call_id,
            heat=each.state.heat // 10 * 10 + by,
            band=each.state.band,
            claimed_by=each.row.claimed_by,
            at_ms=each.state.at_ms,
        )
        for each in seats
    ]
    assert ordered(nudged, "need", NOW_MS) == ordered(seats, "need", NOW_MS)


def test_other_orders() -> None:
    seats = [
        seat("b", agent_name="Bo", queue="Z", mood=0.5, at_ms=5_000),
        seat("a", agent_name="ada", queue="Z", mood=-0.5, at_ms=90_000),
        seat("c", agent_name="", agent_id="Cy", queue="A", mood=0.0, at_ms=50_000),
    ]
    assert ordered(seats, "agent", NOW_MS) == ("a", "b", "c")
    assert ordered(seats, "queue", NOW_MS) == ("c", "a", "b")
    assert ordered(seats, "mood", NOW_MS) == ("a", "c", "b")
    assert ordered(seats, "time", NOW_MS) == ("a", "c", "b")


def test_who_asks_and_for_how_long() -> None:
    quiet, asking = seat(), seat(help=HELP)
    alarmed = seat(alert=alert(age_ms=UNCLAIMED_MS))
    assert not calls_for_someone(quiet)
    assert not unclaimed(quiet, NOW_MS)
    assert called_ms(quiet, NOW_MS) == 0
    assert called_ms(asking, NOW_MS) == 10_000
    assert not unclaimed(asking, NOW_MS)
    assert unclaimed(asking, NOW_MS + UNCLAIMED_MS)
    assert unclaimed(alarmed, NOW_MS)
    assert unclaimed(seat(alert=alert(age_ms=0, unclaimed=True)), NOW_MS)
    assert not unclaimed(seat(alert=alert(age_ms=UNCLAIMED_MS), claimed_by="Sol"), NOW_MS)
    assert hot(asking, NOW_MS)
    assert hot(seat(band="hot"), NOW_MS)
    assert hot(seat(phase="wrap_up", alert=alert()), NOW_MS)
    assert not hot(quiet, NOW_MS)


def test_the_hottest_is_one_that_nobody_has() -> None:
    mine = seat("mine", band="critical", alert=alert(), claimed_by="Kim")
    assert hottest(floor_of(mine, seat("hot", band="hot"), seat("asks", help=HELP)), NOW_MS) == "asks"
    assert hottest(floor_of(mine, seat("hot", band="hot"), seat("calm")), NOW_MS) == "hot"
    assert hottest(floor_of(mine), NOW_MS) == "mine"
    assert hottest(floor_of(), NOW_MS) == ""


def test_a_filter_wants_every_word_somewhere() -> None:
    row = seat(agent_name="Priya Sharma", queue="Billing", claimed_by="Sol")
    assert matches(row, "priya bill")
    assert matches(row, "NORTH sol")
    assert not matches(row, "priya retention")
    assert matches(row, "")
