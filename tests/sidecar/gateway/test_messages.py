"""What travels by the gateway comes back from bytes as it was, and nothing else is taken for it."""

import pytest

from sidecar.gateway.messages import (
    GatewayBeat,
    Leaving,
    LineBegins,
    LineEnded,
    LineOver,
    LinePiece,
    Ready,
    Several,
    ToGateway,
    ToStation,
    Unwanted,
    from_gateway,
    from_station,
    pack,
    pack_all,
)
from streams.errors import ProtocolError


@pytest.mark.parametrize("message", [Ready(boot="b"), Leaving(boot="b"), LineEnded(3, "too_many", "full")])
def test_a_workstations_words(message: ToGateway) -> None:
    assert from_station(pack(message)) == message
    with pytest.raises(ProtocolError, match="not a gateway's message"):
        from_gateway(pack(message))


@pytest.mark.parametrize(
    "message",
    [
        LineBegins(1, "twilio"),
        LinePiece(1, b"\x00\xff"),
        LineOver(1, broken=True),
        GatewayBeat(gateway="gw", you="ana", agents=("a17",), every_ms=1_000),
        Unwanted(text="no"),
    ],
)
def test_a_gateways_words(message: ToStation) -> None:
    assert from_gateway(pack(message)) == from_gateway(pack_all([message])) == [message]
    with pytest.raises(ProtocolError, match="not a workstation's message"):
        from_station(pack(message))


def test_gathered_messages_come_out_in_their_order_and_nothing_is_gathered_twice() -> None:
    messages: list[ToStation] = [LineBegins(1, "twilio", tells=True), LinePiece(1, b"a"), LineOver(1, broken=False)]
    assert from_gateway(pack_all(messages)) == messages
    assert from_gateway(pack(Several((pack(Several(())),)))) == []
    with pytest.raises(ProtocolError, match="not a gateway's message"):
        from_gateway(pack(Several((b"nonsense",))))
