"""JSON lines and the progress line."""

import io

from sidecar.outputs import JsonLines, Progress
from streams.events import Health, Hold


def hold(at_ms: int) -> Hold:
    return Hold(call_id="c", at_ms=at_ms)


def test_every_event_is_a_line_and_health_is_none() -> None:
    stream = io.BytesIO()
    sink = JsonLines(stream)
    sink.write(hold(5))
    sink.write(Health(call_id="c", at_ms=6, queued=0, degrade=0, words_behind_ms=0))
    assert stream.getvalue() == b'{"type":"Hold","call_id":"c","at_ms":5}\n'


def test_progress_moves_with_the_source_and_leaves_nothing_behind() -> None:
    stream = io.StringIO()
    events = [hold(at_ms) for at_ms in (0, 100, 60_000, 130_000)]
    assert list(Progress(stream, 120_000).watch(events)) == events
    shown = stream.getvalue().split("\r")
    assert shown == ["", "00:00 of 02:00    0% ", "01:00 of 02:00   50% ", "02:10 of 02:00  100% ", "\x1b[K"]
