from sidecar.evaluation.page import html
from tests.sidecar.evaluation.reports import SCRIPT, empty, report
from tests.sidecar.markup import checked


def test_a_page_of_one_pack() -> None:
    text = html(report())
    checked(text)
    assert "<h2>default: all calls</h2>" in text
    assert "Openings for empathy" in text
    assert "against" not in text


def test_a_page_of_two_packs() -> None:
    text = html(report(packs=2, skipped=(f"f:1: {SCRIPT}",), split=True))
    checked(text)
    assert "<h2>default: the sealed half</h2>" in text
    assert "mine.toml against default" in text
    assert "Expectations not met" in text
    assert "1 lines left out" in text
    assert SCRIPT not in text
    assert "&lt;script&gt;" in text


def test_a_page_of_nothing() -> None:
    text = html(empty())
    checked(text)
    assert "Openings" not in text
