from sidecar.evaluation.intervals import Measure
from sidecar.evaluation.table import MOST_CHANGES, lines, percent, rate, seconds
from tests.sidecar.evaluation.reports import empty, report


def text(*found: str) -> str:
    return "\n".join(found)


def test_figures_of_one_pack() -> None:
    said = text(*lines(report()))
    assert said.startswith("1 calls, volume standard; 95 % intervals from 1000 resamples")
    assert "pack default: all calls, 1 calls, 1.0 h of talk" in said
    row = next(line.split() for line in said.splitlines() if line.startswith("a.b"))
    assert row == ["a.b", "1", "1", "0", "0", "1.00", "1.00", "1.00", "3.0", "s", "0.0", "1.00", "0.00"]
    assert "openings: 1 labelled, 1 noticed, 1 of these labelled" in said
    assert "  labelled \\ said  given  bare  missed  not_needed  open  right" in said
    rows = [line.split() for line in said.splitlines()]
    assert ["given", "0", "1", "0", "0", "0", "0%"] in rows
    assert ["bare", "0", "0", "0", "0", "0", "-"] in rows
    assert "escalation by a nudge of deesc.*: 1 calls escalate, 0 stay calm" in said
    assert "  lead                                           -0.5 s" in said
    assert "left out" not in said
    assert "differ" not in said


def test_the_halves() -> None:
    said = text(*lines(report(split=True)))
    assert "pack default: the sealed half, 1 calls" in said


def test_a_pack_against_another() -> None:
    said = text(*lines(report(packs=2, skipped=("f:1: bad",))))
    assert "1 lines were left out" in said
    assert "mine.toml against default: 1 calls differ; 0 changes better, " in said
    assert "  - 00:00 a.b warn (wanted)" in said
    assert "not met: x.call:3: a.b: " in said
    assert "calls more" not in said


def test_many_changes_are_cut() -> None:
    assert "and 2 calls more; --json has all" in list(lines(report(packs=2, changed=MOST_CHANGES + 2)))


def test_nothing_known() -> None:
    said = text(*lines(empty()))
    assert "wanted moments" not in said
    assert "openings" not in said
    assert "escalation" not in said


def test_single_figures() -> None:
    nothing = Measure(None, None, None)
    assert (percent(nothing), rate(nothing), seconds(None)) == ("-", "-", "-")
    assert percent(Measure(0.5, 0.25, 1.0)) == "0.50 (0.25-1.00)"
    assert rate(Measure(12.34, 10, 15)) == "12.3 (10.0-15.0)"
    assert seconds(1500) == "1.5 s"
