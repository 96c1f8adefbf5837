"""`sidecar hub` as its own process: it starts, answers a floor and an export, and ends when it is told to."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from sidecar import cli, keys, places
from sidecar.hub import keyring
from streams.busline import LinkChange
from streams.floorline import FloorLine
from streams.floorlink import FloorAddress
from tests.sidecar.hub.conftest import free_port


async def until(line: FloorLine, reason: str) -> None:
    """Follow the line until it says that it is lost, and why."""
    async for item in line:
        if isinstance(item, LinkChange) and item.state != "up" and reason in item.text:
            return


@pytest.mark.skipif(sys.platform == "win32", reason="ends by a signal")
async def test_it_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    port = free_port()
    program = "from sidecar.program import main; main()"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        "--set",
        f"hub.port={port}",
        "hub",
        env=dict(os.environ),
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        assert b"listening on" in await process.stderr.readline()
        keys_dir = places.find().keys_dir
        own = keyring.own_pair(keys_dir).public
        assert own in (await process.stderr.readline()).decode()
        pair = keys.load(keys_dir).floor
        address = FloorAddress(
            hub=f"tcp://127.0.0.1:{port}",
            server_public=own.encode(),
            client_public=pair.public.encode(),
            client_secret=pair.secret.encode(),
        )
        async with FloorLine(address) as line:
            await line.up()
            assert (await line.shift(8))["calls"] == 0
            # Its key is revoked and let in again beside the hub, which sees either at once.
            assert cli.run(cli.cli, ["keys", "revoke", "this floor"]) == 0
            async with asyncio.timeout(20):
                await until(line, "does not know this key")
                allow = ["keys", "allow", "this floor", pair.public, "--role", "supervisor"]
                assert cli.run(cli.cli, allow) == 0
                await line.up()
                assert (await line.shift(8))["calls"] == 0
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_beyond_this_machine_it_wants_authentication(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--set", "hub.host=0.0.0.0", "--set", "hub.authentication=false", "hub"]
    assert cli.run(cli.cli, arguments) == 2
    assert "hub.authentication is off" in capsys.readouterr().err


def test_an_export_without_a_hub_says_why(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.floorline.UP_TIMEOUT_S", 0.05)
    own = keyring.own_pair(places.find().keys_dir).public
    sets = ["--set", f"floor.hub=tcp://127.0.0.1:{free_port()}", "--set", f"floor.hub_key={own}"]
    assert cli.run(cli.cli, [*sets, "floor", "export"]) == 1
    assert "no connection to the hub" in capsys.readouterr().err
