"""The shift's figures as rows; what they are made from is held with the file they come from."""

from sidecar.hub.shift import as_rows


def test_figures_of_one_agent_are_rows_too() -> None:
    """An agent's own figures have neither moods nor claims."""
    figures = {
        "hours": 8.0,
        "from": "a",
        "to": "b",
        "calls": 1,
        "heat": {},
        "openings": {"given": 1, "bare": 0, "missed": 0},
        "rules": {},
    }
    assert list(as_rows(figures)) == [
        ("hours", "", "", "", 8.0),
        ("from", "", "", "", "a"),
        ("to", "", "", "", "b"),
        ("calls", "", "", "", 1),
        ("openings", "", "given", "", 1),
        ("openings", "", "bare", "", 0),
        ("openings", "", "missed", "", 0),
    ]
