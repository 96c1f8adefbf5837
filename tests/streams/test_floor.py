"""Messages of the floor come back from bytes as they were, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.floor import (
    Act,
    CallState,
    FloorMessage,
    FloorRow,
    FloorSnapshot,
    FloorUpdate,
    OpenHelp,
    OpenNudge,
    StatePut,
    pack,
    unpack,
)

STATE = CallState(
    call_id="c1",
    at_ms=12_000,
    agent_name="Ana",
    spark=(10, -20),
    nudge=OpenNudge("empathy.missed", "Name what went wrong", "warn", 9_000),
    help=OpenHelp("c1/help-1", "refund over my limit", 11_000),
)
ROW = FloorRow(state=STATE, station="desk-4", team="billing", claimed_by="Sol")


@pytest.mark.parametrize(
    "message",
    [
        StatePut(boot="b", number=7, state=STATE, made_ns=1),
        FloorSnapshot(hub="h", seq=0, you="Sol", role="supervisor", teams=("billing",), rows=(ROW,)),
        FloorUpdate(hub="h", seq=1, rows=(ROW,), gone=("c0",), stations={"desk-4": "stale"}),
        Act(request=1, action="note", call_id="c1", value="Offer the voucher \U0001f381 [b]"),
    ],
)
def test_what_is_packed_comes_back(message: FloorMessage) -> None:
    assert unpack(pack(message)) == message


@given(st.binary(max_size=200))
def test_other_bytes_are_refused_and_nothing_else_happens(data: bytes) -> None:
    try:
        message = unpack(data)
    except ProtocolError:
        return
    assert unpack(pack(message)) == message


def test_a_field_of_the_wrong_kind_is_refused_with_its_place() -> None:
    spoiled = pack(Act(request=1, action="claim", call_id="c1")).replace(b"claim", b"blame")

    with pytest.raises(ProtocolError, match=r"action"):
        unpack(spoiled)
