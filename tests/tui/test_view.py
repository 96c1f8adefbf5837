"""The view: which nudges wait, which were settled, which one keys speak of."""

from streams.events import Quiet
from tests.tui.calls import DEAD_AIR, EMPATHY, ENDED, RISING, STARTED, nudge, of, resolved
from tests.tui.views import view
from tui.view import SETTLED_SHOWN_MS, STALE_MS


def ids(items: list[object]) -> list[str]:
    return [item.nudge.nudge for item in items]  # type: ignore[attr-defined]


def test_the_worst_goes_first_then_the_newest() -> None:
    praise = nudge("p", "praise", 30_000)
    newer = nudge("w", "warn", 30_000)
    shown = view(STARTED, praise, DEAD_AIR, EMPATHY, newer, RISING)
    assert ids(list(shown.waiting)) == ["n2", "w", "n1", "n0", "p"]
    assert shown.chosen is shown.waiting[0]


def test_what_nobody_expired_leaves_by_itself() -> None:
    assert view(STARTED, EMPATHY, now_ms=EMPATHY.expires_ms + STALE_MS).waiting
    assert not view(STARTED, EMPATHY, now_ms=EMPATHY.expires_ms + STALE_MS + 1).waiting
    assert view(STARTED, DEAD_AIR, now_ms=10**9).waiting


def test_settled_nudges_stay_in_sight_for_a_while() -> None:
    events = (STARTED, DEAD_AIR, EMPATHY, resolved("n0", "done", 20_000), resolved("n1", "expired", 25_000))
    assert ids(list(view(*events).settled)) == ["n1", "n0"]
    assert ids(list(view(*events, now_ms=20_001 + SETTLED_SHOWN_MS).settled)) == ["n1"]


def test_the_one_moved_to_is_chosen_while_it_waits() -> None:
    assert ids([view(STARTED, EMPATHY, RISING, picked="n1").chosen]) == ["n1"]
    assert ids([view(STARTED, EMPATHY, RISING, picked="gone").chosen]) == ["n2"]


def test_after_the_call_all_can_be_chosen() -> None:
    shown = view(STARTED, DEAD_AIR, EMPATHY, RISING, *ENDED)
    assert ids(list(shown.selectable)) == ["n2", "n1", "n0"]


def test_the_subject_is_the_last_one_where_none_waits() -> None:
    assert view(STARTED).subject is None
    assert ids([view(STARTED, DEAD_AIR, resolved("n0", "done", 12_000)).subject]) == ["n0"]


def test_quiet() -> None:
    assert view(STARTED, of(Quiet, 1, until_ms=-1)).quiet()
    assert not view(STARTED).quiet()
