from xml.dom import minidom

from sidecar import config
from sidecar.bench import course, lines
from sidecar.bench.course import Asked
from sidecar.bench.engines import Subject


def test_everything_that_was_asked_for_is_measured(tiny_en_dir, monkeypatch):
    for name, value in (("CALM_S", 1), ("SPELL_S", 1), ("AFTER_S", 1), ("MOST_CALLS", 2), ("DRIFT_FROM_MINUTES", 0)):
        monkeypatch.setattr(course, name, value)
    said = []
    asked = Asked(minutes=0.03, load=1, overload=1.5, stock=True)
    subject = Subject("tiny.en", tiny_en_dir, trained=False)
    result = course.measure(asked, subject, config.load(), lambda name, done: said.append((name, done)))
    report = result.report
    assert report.about.startswith("random weights of tiny.en's dimensions")
    assert report.finals_lost == report.words_lost == 0
    assert report.overload is not None
    assert report.overload.calls == 2
    assert report.stock is not None
    assert report.stock_over_ours is not None
    assert report.drift is not None
    assert {name for name, _ in said} == {"listening alone", "one call", "2 calls at once", "the usual way"}
    assert all(0 <= done <= 1 for _, done in said)
    assert len(minidom.parseString(result.picture).getElementsByTagName("polyline")) >= 2
    text = "\n".join(lines.lines(report))
    assert text.startswith(report.about)
    for part in ("word first shown", "overload: 2 calls", "usual over ours", "each hour brings"):
        assert part in text


def test_what_was_not_asked_for_is_not_measured(tiny_en_dir):
    subject = Subject("tiny.en", tiny_en_dir, trained=False)
    report = course.measure(Asked(minutes=0.02), subject, config.load(), lambda _name, _done: None).report
    assert (report.overload, report.stock, report.drift) == (None, None, None)
    assert not any("overload" in line or "usual" in line for line in lines.lines(report))
