from sidecar.report.text import lines
from tests.sidecar.report.accounts import SCRIPT, bare, whole


def test_everything() -> None:
    said = list(lines(whole()))
    assert said[0] == "cot.flac"
    assert "Duration                  01:40       on hold 00:05" in said
    assert "Suggested disposition     Delivery  (parcel)" in said
    assert f"  Issue: {SCRIPT}" in said
    assert "  00:09  I'll call" in said
    assert "  00:09  I'll see  (no time given)" in said
    assert "  [x] Greeting" in said
    assert "  [!] verify" in said
    assert f"  00:15  strong answered with empathy  “{SCRIPT}”" in said
    assert "  00:22  !  Text 1.  [done]  (helpful)" in said
    assert "  00:22  !! Text 2.  [not taken up]  (not helpful)" in said
    assert "         a.b: once" in said
    assert "         a.b" in said
    shadow = said.index("Only logged: in shadow, or thumbed down")
    assert said[shadow + 1 : shadow + 4] == ["  01:10  c.d", f"  01:30  {SCRIPT}", "  01:35  c.d"]
    assert said[-2:] == ["Told to the floor", "  00:30 deesc.threat"]


def test_nothing() -> None:
    said = "\n".join(lines(bare()))
    assert said.endswith("\n0 nudges")
    assert "Suggested" not in said
    assert "Checklist" not in said
    assert "Openings" not in said
    assert "shadow" not in said


def test_a_disposition_by_exclusion() -> None:
    import msgspec

    account = whole()
    sums = msgspec.structs.replace(account.sums, disposition_because=())
    assert "Suggested disposition     Delivery" in list(lines(msgspec.structs.replace(account, sums=sums)))
