"""The door in numbers: who may come, how many, how fast, and what was seen before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.edge import BURST_S, BYTES_PER_S, NONCES_KEPT, Bucket, Door, Nonces, Pace, is_loopback
from streams.errors import ProtocolError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "::ffff:127.0.0.1"])
def test_this_machine_knows_itself(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", "", "fe80::1%eth0"])
def test_others_are_others(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("allow", "host", "comes"),
    [
        ([], "203.0.113.9", True),
        (["203.0.113.0/24"], "203.0.113.9", True),
        (["203.0.113.0/24"], "::ffff:203.0.113.9", True),
        (["203.0.113.9"], "203.0.113.9", True),
        (["203.0.113.9"], "203.0.113.8", False),
        (["203.0.113.9"], "127.0.0.1", True),
        (["2001:db8::/32"], "2001:db8::7", True),
        (["2001:db8::/32"], "203.0.113.9", False),
        (["203.0.113.9"], "not an address", False),
    ],
)
def test_who_may_come(allow: list[str], host: str, comes: bool) -> None:
    refused = Door(allow, per_address=1, most=1).why_not(host)
    assert refused == ("" if comes else "its address is not in taps.allow")


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        Door(["nowhere"], per_address=1, most=1)


def test_connections_are_counted_by_address_and_together() -> None:
    door = Door([], per_address=2, most=3)
    for host in ("10.0.0.1", "10.0.0.1"):
        assert door.why_not(host) == ""
        door.enter(host)
    assert "its address" in door.why_not("10.0.0.1")
    door.enter("10.0.0.2")
    assert door.why_not("10.0.0.3") == "there are too many connections"
    door.leave("10.0.0.1")
    assert door.why_not("10.0.0.1") == ""
    door.leave("10.0.0.2")
    door.leave("10.0.0.1")
    assert door.why_not("10.0.0.2") == ""


def test_whoever_has_one_address_of_ipv6_has_all_of_its_network() -> None:
    door = Door([], per_address=2, most=9)
    door.enter("2001:db8::1")
    door.enter("2001:db8::ffff:2")
    assert "its address" in door.why_not("2001:db8::3")
    assert door.why_not("2001:db8:0:1::3") == ""
    door.enter("::ffff:10.0.0.1")
    door.leave("2001:db8::ffff:2")
    assert door.why_not("2001:db8::3") == door.why_not("::ffff:10.0.0.2") == ""


@given(st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 50)), max_size=60))
def test_no_more_passes_than_the_rate_and_one_burst(steps: list[tuple[int, int]]) -> None:
    bucket, now_ms, passed = Bucket(10, 0), 0, 0.0
    for wait_ms, amount in steps:
        now_ms += wait_ms
        passed += amount if bucket.take(amount, now_ms) else 0
        assert passed <= 10 * BURST_S + 10 * now_ms / 1000 + 1e-6


def test_what_keeps_its_pace_passes_for_ever() -> None:
    pace = Pace(50, 0)
    for number in range(10_000):
        pace.check(b"x" * 640, number * 20)


def test_too_many_messages_and_too_large_ones_are_too_fast() -> None:
    pace = Pace(10, 0)
    for _ in range(100):
        pace.check("{}", 0)
    with pytest.raises(ProtocolError, match=r"more than 10 messages a second came \(taps.messages_per_s\)") as caught:
        pace.check("{}", 0)
    assert caught.value.code == "too_fast"
    pace = Pace(1_000, 0)
    for _ in range(10):
        pace.check(bytes(BYTES_PER_S), 0)
    with pytest.raises(ProtocolError, match="bytes a second"):
        pace.check(bytes(BYTES_PER_S), 0)


def test_a_nonce_is_new_once() -> None:
    nonces = Nonces(keep_s=15)
    assert nonces.is_new("a", 100)
    assert not nonces.is_new("a", 115)
    assert nonces.is_new("b", 116)
    assert nonces.is_new("a", 116)


def test_nonces_are_bounded() -> None:
    nonces = Nonces(keep_s=15)
    for number in range(NONCES_KEPT + 1):
        assert nonces.is_new(str(number), 100)
    assert nonces.is_new("0", 100)
    assert not nonces.is_new(str(NONCES_KEPT), 100)
