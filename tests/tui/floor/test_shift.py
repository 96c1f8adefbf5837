"""The last hours on one page: what a hub tells is drawn, what it does not is left out, and nobody is ranked."""

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.stage import StandingClock
from tui.floor.demo import DemoLine
from tui.floor.shift import shift_page
from tui.glyphs import ASCII, UNICODE
from tui.lines import width


def said(report: dict[str, object], columns: int = 100) -> str:
    lines = shift_page(report, UNICODE, columns)
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)


async def test_a_whole_report_is_drawn_at_any_width() -> None:
    report = await DemoLine(StandingClock()).shift(8)
    text = said(report)
    for part in (
        "The last 8 hours", "322 calls", "Mood by queue", "Billing", "hot 3x, 8 min", "18 times hot, 46 minutes in all",
        "15 of 17 alerts were claimed, half within 18 s, nine of ten within 52 s; 4 late or never",
        "Openings for empathy", "Hints by rule", "empathy.missed",
    ):  # fmt: skip
        assert part.split(",")[0] in text, part
    for columns in (60, 90, 150):
        assert all(width(line) <= columns for line in shift_page(report, ASCII, columns))


def test_what_is_missing_is_left_out() -> None:
    assert "Nothing has ended" in said({})
    assert "0 of 1 alerts were claimed; 1 late or never" in said({"claims": {"alerts": 1, "late_or_never": 1}})
    assert "2 of 2 alerts were claimed, half within 3 s" in said(
        {"claims": {"alerts": 2, "claimed": 2, "to_claim_s_p50": 3}}
    )
    assert "not known" in said({"heat": {"": {"episodes": 2}}})
    assert "no queue" in said({"heat": {"": {"episodes": 2}}})
    assert "never hot" in said({"mood": {"Billing": []}})
    assert "Openings" not in said({"openings": {"given": 0}})


def test_a_mood_before_the_hours_is_left_out() -> None:
    times = {"hours": 1, "from": "2026-01-05T16:00:00+00:00"}
    assert "+0.20" in said({**times, "mood": {"Billing": [["2026-01-05T16:30:00+00:00", 20.0, 3]]}})
    assert "not known" in said({**times, "mood": {"Billing": [["2026-01-05T15:30:00+00:00", 20.0, 3], ["soon", 5, 1]]}})


JUNK = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("hours", "calls", "from", "mood", "heat", "claims", "openings", "rules")


@given(st.dictionaries(st.sampled_from(NAMES), JUNK))
def test_a_report_of_another_shape_breaks_nothing(report: dict[str, object]) -> None:
    assert shift_page(report, UNICODE, 80)
