from sidecar.report.account import Sums
from sidecar.report.wording import facts, figures, percent, seconds, signed, tally, title
from tests.sidecar.report.accounts import bare, whole


def test_title_and_facts() -> None:
    assert (title(whole()), title(bare())) == ("cot.flac", "c")
    assert facts(whole()) == [
        "deliveries",
        "Hannah",
        "2024-05-01T10:00:00Z",
        "words from speech recognition",
        "cut short",
    ]


def test_figures() -> None:
    assert list(figures(whole().sums)) == [
        ("Duration", "01:40", "on hold 00:05"),
        ("Agent's share of talk", "67%", "00:40 to 00:20"),
        ("Silence", "25%", "longest 01:01"),
        ("Talking at once", "1.5 s", "1 interruption"),
        ("Agent's pace", "150 wpm", "customer 140"),
        ("Mood, first 30 s to last", "-0.25", "lowest +0.00, at the end +0.00"),
        ("Peak heat", "42 of 100", "at 00:30, at the end 0"),
        ("Empathy", "1 of 2", "answered within 4.0 s"),
    ]


def test_figures_of_nothing() -> None:
    values = {name: (value, beside) for name, value, beside in figures(Sums())}
    assert values["Duration"] == ("00:00", "")
    assert values["Agent's pace"] == ("–", "")
    assert values["Peak heat"] == ("0 of 100", "")
    assert values["Empathy"] == ("–", "")
    assert values["Talking at once"] == ("0.0 s", "0 interruptions")


def test_what_became_of_the_nudges() -> None:
    assert tally(whole()) == "4 nudges, 1 done, 1 not taken up, 2 open"
    assert tally(bare()) == "0 nudges"


def test_single_values() -> None:
    assert (percent(None), signed(None), percent(0.5), signed(0.1)) == ("–", "–", "50%", "+0.10")
    assert (seconds(59_900), seconds(60_000)) == ("59.9 s", "01:00")
