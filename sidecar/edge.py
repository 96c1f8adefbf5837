"""The listeners' door: addresses and messages flow in, whether they are let through flows out.

Connections are counted from their first byte, so that those that never say what they want cost little and end nobody
else's. Time is handed in.
"""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from streams.errors import ProtocolError

BURST_S = 10.0
"""A platform may send at once what stood in line for so long."""
BYTES_PER_S = 2_000_000
"""Twenty seconds of 16 kHz stereo each second, more than any platform sends to catch up."""
NONCES_KEPT = 10_000
"""Handshakes that are remembered, to know one that comes again; the oldest goes first."""


class Bucket:
    """What one connection may send: so much a second, and at most `BURST_S` seconds' worth at once."""

    def __init__(self, per_s: float, now_ms: int) -> None:
        self._per_s = per_s
        self._left = per_s * BURST_S
        self._at_ms = now_ms

    def take(self, amount: float, now_ms: int) -> bool:
        """Whether so much may pass now; what may not takes nothing."""
        self._left = min(self._left + self._per_s * (now_ms - self._at_ms) / 1000, self._per_s * BURST_S)
        self._at_ms = now_ms
        if amount > self._left:
            return False
        self._left -= amount
        return True


class Pace:
    """Holds one connection's messages to a rate by number and by size."""

    def __init__(self, messages_per_s: int, now_ms: int) -> None:
        self._messages_per_s = messages_per_s
        self._messages = Bucket(messages_per_s, now_ms)
        self._bytes = Bucket(BYTES_PER_S, now_ms)

    def check(self, message: str | bytes, now_ms: int) -> None:
        """Take note of a message.

        Raises ProtocolError when there have been too many of them, or too much in them.
        """
        if not self._messages.take(1, now_ms):
            raise ProtocolError(
                f"more than {self._messages_per_s} messages a second came (taps.messages_per_s)", "too_fast"
            )
        if not self._bytes.take(len(message), now_ms):
            raise ProtocolError(f"more than {BYTES_PER_S} bytes a second came", "too_fast")


class Door:
    """Counts connections by address, and knows which addresses may come at all.

    `allow` are addresses and networks (empty: any); this machine's own may always come, `most` bounds all connections
    together. Raises ValueError for an entry of `allow` that is neither.
    """

    def __init__(self, allow: Sequence[str], per_address: int, most: int) -> None:
        self._networks = [ip_network(one, strict=False) for one in allow]
        self._per_address = per_address
        self._most = most
        self._open: Counter[str] = Counter()

    def why_not(self, host: str) -> str:
        """Why a connection from an address is not taken; empty where it is."""
        if not self._allowed(_address(host)):
            return "its address is not in taps.allow"
        if self._open.total() >= self._most:
            return "there are too many connections"
        if self._open[_household(host)] >= self._per_address:
            return "there are too many connections from its address (taps.per_address)"
        return ""

    def enter(self, host: str) -> None:
        """A connection from an address begins."""
        self._open[_household(host)] += 1

    def leave(self, host: str) -> None:
        """A connection from an address is over."""
        household = _household(host)
        self._open[household] -= 1
        if not self._open[household]:
            del self._open[household]

    def _allowed(self, address: IPv4Address | IPv6Address | None) -> bool:
        if not self._networks:
            return True
        return address is not None and (address.is_loopback or any(address in one for one in self._networks))


class Nonces:
    """Remembers what must be used once only, for as long as it would be good a second time."""

    def __init__(self, keep_s: int) -> None:
        self._keep_s = keep_s
        self._seen: OrderedDict[str, int] = OrderedDict()

    def is_new(self, nonce: str, now_s: int) -> bool:
        """Whether a nonce was not seen lately; from now on it was."""
        while self._seen and (next(iter(self._seen.values())) < now_s - self._keep_s or len(self._seen) >= NONCES_KEPT):
            self._seen.popitem(last=False)
        if nonce in self._seen:
            return False
        self._seen[nonce] = now_s
        return True


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _household(host: str) -> str:
    """What counts as one address: of IPv6 a whole /64, since whoever has one of its addresses has them all."""
    address = _address(host)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return host if address is None else str(address)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one also where it comes dressed as IPv6; None for what is none."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
