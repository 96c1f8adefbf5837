"""The listener's edge over real sockets: TLS, addresses, floods, slow clients and signatures shown twice."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from sidecar import config, listener, ports
from sidecar.config_sections import TapsConfig
from sidecar.listener import listen
from sidecar.pace import Pace
from sidecar.signatures import PlatformSecrets
from sidecar.tapclient import TapAddress, address, play
from streams.clock import WallClock, unix_s
from streams.errors import ConfigError
from streams.taps.plain import Hello
from tests.sidecar.front import TOKEN, Front

HELLO = json.dumps({"type": "hello", "version": 1, "call_id": "c1", "rate_hz": 8000})
END = json.dumps({"type": "end"})
SECOND = bytes(2 * 2 * 8000)
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


def taps(*sets: str) -> TapsConfig:
    return config.load(sets=[f"taps.port={ports.free_pair()}", "taps.resume_s=0", *sets]).taps


@asynccontextmanager
async def client(front: Front, host: str = "127.0.0.1") -> AsyncIterator[ClientConnection]:
    async with connect(
        front.url("/plain"), additional_headers=SHOWN, compression=None, proxy=None, local_addr=(host, 0)
    ) as socket:
        yield socket


async def code(socket: ClientConnection) -> str:
    """The code with which the service ends a connection."""
    try:
        while True:
            said = json.loads(await socket.recv())
            if said["type"] == "error":
                return str(said["code"])
    except ConnectionClosed as closed:
        return f"closed {closed.rcvd.code if closed.rcvd else None}"


async def good_call(front: Front) -> None:
    async with client(front) as socket:
        await socket.send(HELLO)
        await socket.recv()
        await socket.send(SECOND)
        await socket.send(END)
        await socket.wait_closed()
        assert socket.close_code == 1000
    assert front.sound_ms("c1") == {"agent": 1000, "customer": 1000}


# --- TLS ------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    issued = trustme.CA().issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    issued.cert_chain_pems[0].write_to_path(chain)
    issued.private_key_pem.write_to_path(key)
    return str(chain), str(key)


def secured(certificate: tuple[str, str], *sets: str) -> TapsConfig:
    chain, key = certificate
    return taps(f"taps.tls.certificate={chain}", f"taps.tls.key={key}", *sets)


async def test_with_a_certificate_calls_come_over_tls(certificate: tuple[str, str]) -> None:
    settings = secured(certificate)
    trusting = ssl.create_default_context(cafile=certificate[0])
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    async with Front(settings).open() as front:
        url = front.url("/plain").replace("ws://", "wss://")
        async with connect(url, ssl=trusting, additional_headers=SHOWN, proxy=None) as socket:
            await socket.send(HELLO)
            assert "welcome" in str(await socket.recv())
            await socket.send(SECOND)
            await socket.send(END)
            await socket.wait_closed()
        with pytest.raises((InvalidHandshake, OSError)):
            async with client(front):
                pass
        await front.over("c1")
    assert front.sound_ms("c1") == {"agent": 1000, "customer": 1000}


async def test_our_own_client_trusts_our_own_certificate(certificate: tuple[str, str], tmp_path: Path) -> None:
    settings = secured(certificate)
    where = address(settings, tmp_path)
    assert where.url.startswith("wss://")
    async with Front(settings).open() as front:
        hello = Hello(version=1, call_id="c2", rate_hz=8000, channels=("agent", "customer"))
        await play([], hello, TapAddress(where.url, TOKEN, where.certificate), Pace(None, WallClock()))
        await front.over("c2")


async def test_a_certificate_that_cannot_be_used_is_named(certificate: tuple[str, str], tmp_path: Path) -> None:
    chain, _ = certificate
    (tmp_path / "other.pem").write_text("no key")
    for key in (str(tmp_path / "missing.pem"), str(tmp_path / "other.pem")):
        settings = secured((chain, key))
        with pytest.raises(ConfigError, match=r"\[taps.tls\]: .*chain.pem and .* cannot be used: .*PEM"):
            async with listen(settings, TOKEN, Front(settings).reception):
                pass


@pytest.fixture
def locked_key(certificate: tuple[str, str], tmp_path: Path) -> str:
    key = load_pem_private_key(Path(certificate[1]).read_bytes(), None)
    path = tmp_path / "locked.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    return str(path)


async def test_a_key_with_a_passphrase_is_refused_instead_of_asked_about(
    certificate: tuple[str, str], locked_key: str
) -> None:
    settings = secured((certificate[0], locked_key))
    with pytest.raises(ConfigError, match=r"cannot be used: .*without a passphrase"):
        async with listen(settings, TOKEN, Front(settings).reception):
            pass


async def test_who_dawdles_over_tls_is_counted_and_a_stranger_gets_no_handshake(certificate: tuple[str, str]) -> None:
    settings = secured(certificate, "taps.per_address=2")
    trusting = ssl.create_default_context(cafile=certificate[0])
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    async with Front(settings).open() as front:
        here = (settings.host, settings.port)
        hanging = [await asyncio.open_connection(*here, local_addr=("127.0.0.7", 0)) for _ in range(2)]
        reader, writer = await asyncio.open_connection(*here, local_addr=("127.0.0.7", 0))
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        url = front.url("/plain").replace("ws://", "wss://")
        async with connect(url, ssl=trusting, additional_headers=SHOWN, proxy=None) as socket:
            await socket.send(HELLO)
            assert "welcome" in str(await socket.recv())
            await socket.send(END)
        for _, one in hanging:
            one.close()


async def test_headers_that_come_twice_count_for_nothing() -> None:
    async with Front(taps()).open() as front:
        twice = [("X-API-KEY", TOKEN), ("X-API-KEY", "another")]
        with pytest.raises(InvalidStatus) as caught:
            async with connect(front.url("/audiohook"), additional_headers=twice, proxy=None):
                pass
        assert caught.value.response.status_code == 403
        named = [*SHOWN.items(), ("Audiohook-Session-Id", "a"), ("Audiohook-Session-Id", "b")]
        async with connect(front.url("/audiohook"), additional_headers=named, proxy=None) as socket:
            await socket.send("{}")
            assert "disconnect" in str(await socket.recv())


@pytest.mark.parametrize("sets", [["taps.tls.certificate=a.pem"], ["taps.tls.key=a.pem"]])
def test_half_a_certificate_is_refused(sets: list[str]) -> None:
    with pytest.raises(ConfigError, match="TLS needs both files"):
        config.load(sets=sets)


def test_beyond_this_machine_the_configuration_wants_tls_and_sound_addresses() -> None:
    with pytest.raises(ConfigError, match=r"taps.host is 192.0.2.7: .*\[taps.tls\]"):
        config.load(sets=["taps.host=192.0.2.7"])
    with pytest.raises(ConfigError, match=r"taps.allow: 'nowhere' does not appear"):
        config.load(sets=['taps.allow=["nowhere"]'])


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("taps", 'host = "192.0.2.7"'),
        ("taps", 'allow = ["nowhere"]'),
        ("taps", 'public_url = "hook.example.org"'),
        ("taps.tls", 'key = "a.pem"'),
        ("monitor", 'host = "0.0.0.0"'),
        ("gateway", 'address = "gateway.example.org"'),
    ],
)
def test_what_does_not_go_together_is_named_with_its_place(tmp_path: Path, section: str, line: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f"[asr]\n\n[{section}]\n{line}\n")
    with pytest.raises(ConfigError, match=rf"mine\.toml:4: {section}\."):
        config.load([path], ["taps.max_calls=3"])


# --- addresses and floods ------------------------------------------------------------


async def test_a_stranger_is_cut_off_before_a_byte_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Front(taps('taps.allow=["203.0.113.0/24"]')).open() as front:
        await good_call(front)
        monkeypatch.setattr("sidecar.edge.Door.why_not", lambda *_: "its address is not in taps.allow")
        reader, writer = await asyncio.open_connection(front.config.host, front.config.port)
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()


async def test_on_a_single_users_machine_a_peer_beyond_it_still_shows_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "is_loopback", lambda host: host != "127.0.0.9" and host.startswith("127."))
    async with Front(taps("taps.single_user=true")).open() as front:
        with pytest.raises(InvalidStatus):
            async with connect(front.url("/plain"), proxy=None, local_addr=("127.0.0.9", 0)):
                pass
        async with connect(front.url("/plain"), proxy=None) as socket:
            await socket.send(HELLO)
            assert "welcome" in str(await socket.recv())
            await socket.send(END)


async def test_connections_that_say_nothing_do_not_keep_others_out() -> None:
    async with Front(taps("taps.per_address=4")).open() as front:
        hanging = [
            await asyncio.open_connection(front.config.host, front.config.port, local_addr=("127.0.0.7", 0))
            for _ in range(12)
        ]
        with pytest.raises((InvalidHandshake, OSError)):
            async with client(front, "127.0.0.7"):
                pass
        await good_call(front)
        for _, writer in hanging:
            writer.close()
        while True:  # the service counts them no longer as soon as it sees them gone
            try:
                async with client(front, "127.0.0.7"):
                    break
            except (InvalidHandshake, OSError):
                await asyncio.sleep(0)


async def test_a_flood_of_messages_costs_its_own_connection() -> None:
    async with Front(taps("taps.messages_per_s=20")).open() as front:
        async with client(front) as bad:
            await bad.send(HELLO.replace("c1", "c9"))
            await bad.recv()
            for _ in range(250):
                await bad.send(bytes(320))
            assert await code(bad) == "too_fast"
        await good_call(front)
        await front.over("c9")


# --- signatures ------------------------------------------------------------------------------------------------

ID = "00000000-0000-4000-8000-000000000001"


def signed(front: Front, key: bytes, nonce: str) -> dict[str, str]:
    """The headers of an AudioHook handshake as the platform signs it."""
    now_s = unix_s()
    headers = {
        "audiohook-organization-id": ID,
        "audiohook-session-id": ID,
        "audiohook-correlation-id": ID,
        "x-api-key": TOKEN,
    }
    values = {
        "@request-target": "/audiohook",
        "@authority": f"{front.config.host}:{front.config.port}",
        **headers,
    }
    names = " ".join(f'"{name}"' for name in values)
    member = f'({names});keyid="{TOKEN}";nonce="{nonce}";alg="hmac-sha256";created={now_s};expires={now_s + 30}'
    text = "\n".join([*(f'"{name}": {value}' for name, value in values.items()), f'"@signature-params": {member}'])
    made = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
    return {**headers, "signature-input": f"sig1={member}", "signature": f"sig1=:{made}:"}


async def test_a_signature_opens_the_door_once() -> None:
    key = b"thirty-two bytes of secret key.."
    async with Front(taps(), PlatformSecrets(audiohook=key)).open() as front:
        headers = signed(front, key, "n" * 22)
        async with connect(front.url("/audiohook"), additional_headers=headers, proxy=None):
            pass
        with pytest.raises(InvalidStatus) as caught:
            async with connect(front.url("/audiohook"), additional_headers=headers, proxy=None):
                pass
        assert caught.value.response.status_code == 403
        async with connect(front.url("/audiohook"), additional_headers=signed(front, key, "m" * 22), proxy=None):
            pass
