"""Pages over the floor: keys in force, and what has called for a person."""

from tests.tui.floor.stage import HELP, alert, floor_of, seat
from tui.actions import keys_in_force
from tui.floor.actions import ACTIONS
from tui.floor.alerts import Alarms
from tui.floor.pages import alerts_page, help_page
from tui.floor.view import FloorView
from tui.lines import Line


def text(lines: list[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


def test_help_has_every_action_with_its_keys() -> None:
    said = text(help_page(FloorView(keys=keys_in_force({"claim": "y", "note": "y"}, ACTIONS)), 80))
    assert all(action.title in said for action in ACTIONS)
    assert "y              Claim" in said
    assert "[floor.keys] y stands for both claim and note" in said
    assert "-              Down" in text(help_page(FloorView(), 30))


def test_alerts_are_listed_with_what_became_of_them() -> None:
    alarms = Alarms()
    alarms.feed(floor_of(seat("c1", alert=alert("c1"), agent_name="Priya"), seat("c3", alert=alert("c3"))))
    alarms.feed(floor_of(seat("c2", help=HELP, claimed_by="Sol"), seat("c3", alert=alert("c3"))))
    said = text(alerts_page(FloorView(episodes=alarms.episodes, local_ms=10_000), 100)).splitlines()
    assert "asks for help" in said[0]
    assert said[0].endswith("Sol")
    assert any("Priya" in line and line.endswith("over, nobody had it") for line in said)
    assert any("C3" in line and line.endswith("waits") for line in said)
    assert "Nothing has called" in text(alerts_page(FloorView(), 80))
