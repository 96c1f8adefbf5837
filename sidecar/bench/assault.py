"""Clients that break every rule: where to call flows in, connections that harm only themselves flow out, for ever."""

import asyncio
import base64
import json
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from sidecar.tapclient import TapAddress

NICE = 19
"""How far clients stand back: a real one takes none of this machine's time."""
REST_S = 0.05
AT_IT_S = 2.0
"""How long one connection is kept up."""
_START = {"event": "start", "streamSid": "MZ", "start": {"callSid": "CA", "streamSid": "MZ", "tracks": ["inbound"]}}


async def _slow(tap: TapAddress) -> None:
    """A handshake that never comes to its end."""
    where = urlsplit(tap.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        for letter in f"GET {where.path} HTTP/1.1\r\nHost: x\r\n":
            writer.write(letter.encode())
            await writer.drain()
            await asyncio.sleep(REST_S)
        await reader.read()
    finally:
        writer.close()


async def _half_open(tap: TapAddress) -> None:
    """A connection that says nothing, and then is gone without a word."""
    where = urlsplit(tap.url)
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        await asyncio.sleep(AT_IT_S / 2)
        taken: socket.socket = writer.get_extra_info("socket")
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    finally:
        writer.transport.abort()


def _with_token(path: str, *messages: str | bytes, times: int = 5) -> Callable[[TapAddress], Awaitable[None]]:
    async def misbehave(tap: TapAddress) -> None:
        shown = {"Authorization": f"Bearer {tap.token}"}
        async with connect(tap.url.removesuffix("plain") + path, additional_headers=shown, proxy=None) as line:
            await _pour(line, messages, times)

    return misbehave


async def _pour(line: ClientConnection, messages: tuple[str | bytes, ...], times: int) -> None:
    for _ in range(times):
        for message in messages:
            await line.send(message)
    await line.wait_closed()


async def _stranger(tap: TapAddress) -> None:
    """No token at all."""
    async with connect(tap.url, proxy=None):
        pass


_WAYS: tuple[Callable[[TapAddress], Awaitable[None]], ...] = (
    _slow,
    _half_open,
    _stranger,
    _with_token("twilio", json.dumps(_START), '{"event":"media","media":{"payload":"!!!! no base64"}}'),
    _with_token("audiohook", "[" * 20_000, '{"a":' * 5_000),
    _with_token("jambonz", "x" * 600_000),
    _with_token("plain", b"\0" * 300_000),
    _with_token("asterisk", base64.b64encode(os.urandom(30)).decode(), "MEDIA_START", times=2_000),
)


async def assault(tap: TapAddress, clients: int) -> None:
    """Let so many clients misbehave until cancelled, each in one way after the other."""

    async def one(number: int) -> None:
        while True:
            number += 1
            with suppress(OSError, WebSocketException, TimeoutError):
                async with asyncio.timeout(AT_IT_S):
                    await _WAYS[number % len(_WAYS)](tap)
            await asyncio.sleep(REST_S)

    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            group.create_task(one(number))


def run(tap: TapAddress, clients: int) -> None:
    """The same as a process of its own, until it is ended."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    asyncio.run(assault(tap, clients))
