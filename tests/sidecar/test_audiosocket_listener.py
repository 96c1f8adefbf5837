"""AudioSocket over real TCP: a call, its two channels at two ports, and whom it sends away."""

import asyncio
import uuid

import msgspec
import pytest

from sidecar import config, ports, reception
from sidecar.audiosocket_listener import listen_tcp
from sidecar.config_sections import TapsConfig
from streams.errors import TapError
from streams.events import CallEnded
from tests.sidecar.front import Front

CALL = uuid.UUID("9c1f6f0e-7b0a-4f0c-8a55-6a1f0d2b3c4d")


def taps(*sets: str) -> TapsConfig:
    first = ports.free_pair()
    sets = (f"taps.port={ports.free_pair()}", f"taps.audiosocket_port={first}", "taps.single_user=true", *sets)
    return config.load(sets=[*sets, f"bus.port={ports.free_pair()}", "taps.resume_s=0"]).taps


def message(kind: int, payload: bytes = b"") -> bytes:
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


async def send(port: int, *messages: bytes, call: uuid.UUID = CALL) -> bytes:
    """Send a whole call and its end; what the service answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(message(0x01, call.bytes) + b"".join(messages))
        writer.write_eof()
        return await reader.read()
    except OSError:
        return b""
    finally:
        writer.close()


SECOND = message(0x10, bytes(320)) * 50


async def test_a_call_that_hangs_up_and_one_that_just_ends() -> None:
    async with Front(taps()).open() as front:
        port = front.config.audiosocket_port
        assert await send(port, SECOND, message(0x00)) == b""
        heard = await front.over(str(CALL))
        other = uuid.UUID(int=7)
        assert await send(port, SECOND, call=other) == b""
        await front.over(str(other))
    assert isinstance(heard[-1], CallEnded)
    assert front.sound_ms(str(CALL)) == front.sound_ms(str(other)) == {"mixed": 1000}
    assert front.started[str(CALL)].source == "audiosocket"


async def test_mulaw_is_heard_at_its_own_pace() -> None:
    async with Front(taps()).open() as front:
        await send(front.config.audiosocket_port, message(0x10, b"\xff" * 160) * 50)
        await front.over(str(CALL))
    assert front.sound_ms(str(CALL)) == {"mixed": 1000}


async def test_two_ports_are_the_two_sides_of_one_call() -> None:
    settings = taps(f"taps.audiosocket_agent_port={ports.free_pair()}")
    async with Front(settings).open() as front:
        reader, customer = await asyncio.open_connection("127.0.0.1", settings.audiosocket_port)
        customer.write(message(0x01, CALL.bytes) + SECOND)
        await customer.drain()
        await front.begun(str(CALL))
        await send(settings.audiosocket_agent_port, SECOND)
        customer.write(SECOND)
        customer.write_eof()
        await reader.read()
        customer.close()
        heard = await front.over(str(CALL))
    assert front.started[str(CALL)].channels == ("agent", "customer")
    assert front.sound_ms(str(CALL)) == {"customer": 2000, "agent": 1000}
    assert sum(isinstance(event, CallEnded) for event in heard) == 1


async def test_a_stranger_is_hung_up_on() -> None:
    async with Front(taps()).open() as front:
        reader, writer = await asyncio.open_connection("127.0.0.1", front.config.audiosocket_port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await reader.read() == b"\0\0\0"
        writer.close()
    assert front.heard == {}


async def test_too_many_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception.Reception, "full", lambda self: True)
    async with Front(taps()).open() as front:
        assert await send(front.config.audiosocket_port, SECOND) == b""
    assert front.heard == {}


async def test_a_stop_ends_what_goes_on() -> None:
    settings = taps()
    async with Front(settings).open() as front:
        _, writer = await asyncio.open_connection("127.0.0.1", settings.audiosocket_port)
        writer.write(message(0x01, CALL.bytes))
        await front.begun(str(CALL))
    writer.close()
    assert isinstance(front.heard[str(CALL)][-1], CallEnded)


async def test_it_is_closed_where_others_use_the_machine() -> None:
    settings = msgspec.structs.replace(taps(), single_user=False)
    assert settings.tcp_ports == ()
    async with Front(settings).open():
        with pytest.raises(OSError, match="Connect"):
            await asyncio.open_connection("127.0.0.1", settings.audiosocket_port)


async def test_what_breaks_breaks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise LookupError("broken on purpose")

    async with Front(taps()).open() as front:
        with monkeypatch.context() as broken:
            broken.setattr(front.reception, "receive", fail)
            assert await send(front.config.audiosocket_port) == b""
        await send(front.config.audiosocket_port, SECOND)
        await front.over(str(CALL))


async def test_ports_that_cannot_be_had_are_said() -> None:
    settings = taps()
    async with Front(settings).open() as front:
        with pytest.raises(TapError, match=r"--set taps\.audiosocket_port=PORT"):
            async with listen_tcp(settings, front.reception):
                pass


async def test_beyond_this_machine_it_is_open_to_named_addresses_only() -> None:
    settings = msgspec.structs.replace(taps(), host="0.0.0.0")
    assert settings.tcp_ports == ()
    assert msgspec.structs.replace(settings, allow=("203.0.113.9",)).tcp_ports


async def test_an_address_that_may_not_come_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Front(taps()).open() as front:
        with monkeypatch.context() as closed:
            closed.setattr("sidecar.edge.Door.why_not", lambda *_: "its address is not in taps.allow")
            assert await send(front.config.audiosocket_port) == b""
        await send(front.config.audiosocket_port, SECOND)
        await front.over(str(CALL))
