from typing import get_args

import pytest

from nudges.lifecycle import NudgeState, answered, resolved
from streams.events import Answer, Outcome

S = NudgeState


@pytest.mark.parametrize(
    ("state", "answer", "after"),
    [
        (S.SHOWN, "acknowledged", S.ACKNOWLEDGED),
        (S.SHOWN, "dismissed", S.DISMISSED),
        (S.SHOWN, "snoozed", S.SNOOZED),
        (S.ACKNOWLEDGED, "dismissed", S.DISMISSED),
        (S.ACKNOWLEDGED, "undone", S.SHOWN),
        (S.DISMISSED, "undone", S.SHOWN),
        (S.SNOOZED, "undone", S.SHOWN),
        (S.SHOWN, "undone", S.SHOWN),
        (S.DONE, "dismissed", S.DONE),
        (S.EXPIRED, "undone", S.EXPIRED),
    ],
)
def test_answers(state: S, answer: Answer, after: S) -> None:
    assert answered(state, answer) is after


def test_thumbs_change_no_state() -> None:
    for state in S:
        assert answered(state, "helpful") is state
        assert answered(state, "not_helpful") is state


def test_outcomes_end_what_is_live_and_nothing_else() -> None:
    for state in S:
        for outcome in get_args(Outcome):
            assert resolved(state, outcome) is (S(outcome) if state.live else state)


def test_one_state_holds_the_screen_and_two_are_live() -> None:
    assert [state for state in S if state.on_screen] == [S.SHOWN]
    assert [state for state in S if state.live] == [S.SHOWN, S.ACKNOWLEDGED]
