"""What was sent can be looked at, letter by letter."""

from sidecar.uplink import sent
from sidecar.uplink.sent import KEPT, SentLog
from streams.floor import CallDetail, CallState, DetailPut, Receipt, StatePut, StationBeat, StationHello


def put(call_id: str, number: int) -> StatePut:
    return StatePut(boot="b", number=number, state=CallState(call_id=call_id, at_ms=number))


def test_the_newest_come_first_with_their_age() -> None:
    log = SentLog()
    log.add(StationHello(boot="b", station="desk 4"), 0)
    log.add(put("c1", 1), 1_000)
    log.add(Receipt(boot="b", number=2, call_id="c1", note="n1", state="read"), 1_000)
    log.add(DetailPut(boot="b", number=3, detail=CallDetail(call_id="c1")), 2_500)
    log.add(put("c2", 4), 2_600)
    lines = log.lines("c1", 4_000)
    assert [line.partition("  ")[0] for line in lines] == ["1 s ago", "3 s ago", "3 s ago", "4 s ago"]
    assert '"type":"DetailPut"' in lines[0]
    assert '"note":"n1","state":"read"' in lines[1]
    assert '"state":{"call_id":"c1","at_ms":1' in lines[2]
    assert '"station":"desk 4"' in lines[3]
    assert not any('"c2"' in line for line in lines)


def test_only_the_last_beat_is_kept_and_little_of_each_call() -> None:
    log = SentLog()
    for number in range(30):
        log.add(StationBeat(boot="b", calls=(), number=number), number)
        log.add(put("c1", number), number)
    lines = log.lines("c1", 0)
    assert sum("StationBeat" in line for line in lines) == 1
    assert len(lines) == KEPT + 1
    assert lines[0].startswith("0 s ago")


def test_calls_spoken_of_longest_ago_are_forgotten() -> None:
    log = SentLog()
    for number in range(sent.CALLS_KEPT):
        log.add(put(f"c{number}", 1), 0)
    log.add(put("c0", 2), 0)
    log.add(put("new", 3), 0)
    assert len(log.lines("c0", 0)) == 2
    assert log.lines("c1", 0) == ()
