from pathlib import Path

from sidecar.peaks import FILE_NAME, KEPT, PeakKeeper, Peaks
from streams.events import CallEnded, CallSummary


def test_peaks_are_remembered_by_agent(tmp_path: Path) -> None:
    peaks = Peaks(tmp_path)
    assert peaks.of("ann") == ()
    for peak in range(KEPT + 2):
        PeakKeeper(peaks, "ann").write(CallSummary(call_id="c", at_ms=0, totals={"heat_peak": float(peak)}))
    PeakKeeper(peaks, "rob").write(CallSummary(call_id="c", at_ms=0, totals={"heat_peak": 61.5}))
    assert peaks.of("ann") == tuple(float(peak) for peak in range(2, KEPT + 2))
    assert peaks.of("rob") == (61.5,)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_what_says_nothing_of_heat_changes_nothing(tmp_path: Path) -> None:
    keeper = PeakKeeper(Peaks(tmp_path), "ann")
    keeper.write(CallEnded(call_id="c", at_ms=0))
    keeper.write(CallSummary(call_id="c", at_ms=0, totals={}))
    assert list(tmp_path.iterdir()) == []
