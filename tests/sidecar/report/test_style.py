from sidecar.report.style import page


def test_a_page_is_whole_and_its_title_harmless() -> None:
    text = page("<b>", ["<p>x</p>"], "p { color: red }")
    assert text.startswith("<!doctype html>\n<html")
    assert "<title>&lt;b&gt;</title>" in text
    assert "<p>x</p>\n</body></html>\n" in text
    assert "p { color: red }</style>" in text


def test_it_loads_nothing_and_runs_nothing() -> None:
    text = page("x", [])
    assert "default-src 'none'" in text
    assert "http://" not in text
    assert "https://" not in text
    assert "<script" not in text


def test_it_is_light_and_dark_and_printable() -> None:
    text = page("x", [])
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
