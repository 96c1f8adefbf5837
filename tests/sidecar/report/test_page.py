import msgspec

from sidecar.report.page import html
from tests.sidecar.markup import checked
from tests.sidecar.report.accounts import bare, whole


def test_everything_stands_on_the_page_and_is_escaped() -> None:
    text = html(whole())
    checked(text)
    for heading in (
        "Timeline",
        "Suggested wrap-up",
        "Open promises",
        "Checklist",
        "Openings for empathy",
        "Nudges",
        "Only logged: in shadow, or thumbed down",
        "Told to the floor",
    ):
        assert f">{heading}</h" in text
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 5
    assert '<td class="overdue">no time given</td>' in text
    assert "<br><small>not helpful</small>" in text
    assert "Disposition: <strong>Delivery</strong> <small>parcel</small>" in text


def test_a_call_in_which_nothing_happened() -> None:
    text = html(bare())
    checked(text)
    assert "wrap-up" not in text
    assert "Checklist" not in text
    assert "Openings for" not in text
    assert "shadow" not in text.split("<body")[1]
    assert "Transcript" not in text
    assert "0 nudges" in text


def test_parts_of_a_wrap_up() -> None:
    account = whole()
    sums = msgspec.structs.replace(account.sums, disposition=None, notes=(), promises=account.sums.promises[:1])
    text = html(msgspec.structs.replace(account, sums=sums))
    assert "Disposition" not in text
    assert "Open promises" in text
    sums = msgspec.structs.replace(account.sums, disposition_because=(), notes=(), promises=())
    text = html(msgspec.structs.replace(account, sums=sums))
    assert "<strong>Delivery</strong></p>" in text
    assert "Open promises" not in text
