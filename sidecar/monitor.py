"""What watches the service from outside: `/metrics` and `/healthz` over HTTP on this machine, and systemd's notices.

Served by threads of their own, so that a scraper that hangs can hold up neither a call, nor another's question, nor the
end of the service. The service says `alive` from its event loop; health is how long ago that was.
"""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import CollectorRegistry, make_wsgi_app

from sidecar.config_sections import MonitorConfig
from streams.clock import Clock
from streams.errors import TapError

STALLED_MS = 5_000
"""A service whose event loop has not come round for so long is not well."""
REQUEST_S = 5.0
"""A client that says nothing for so long is left."""
MOST_AT_ONCE = 16
"""Requests; one more is not answered."""


class Pulse:
    """When the service was last seen alive, and what it says of itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at_ms = clock.now_ms()
        self._state: dict[str, object] = {}
        self._draining = False

    def alive(self, **state: object) -> None:
        """The event loop came round; `state` is what it says of itself."""
        self._at_ms, self._state = self._clock.now_ms(), state

    def drain(self) -> None:
        """From now on no new calls are taken: whoever shares them out should send them elsewhere."""
        self._draining = True

    def report(self) -> tuple[bool, dict[str, object]]:
        """Whether all is well and new calls are taken, and the account."""
        silent_ms = self._clock.now_ms() - self._at_ms
        status = "stalled" if silent_ms >= STALLED_MS else "draining" if self._draining else "ok"
        return status == "ok", {"status": status, "silent_ms": silent_ms, **self._state}


@contextmanager
def monitored(config: MonitorConfig, registry: CollectorRegistry, pulse: Pulse) -> Iterator[None]:
    """Serve `/metrics` and `/healthz` for as long as the block runs; with port 0 nothing is opened.

    Raises TapError when the port cannot be had.
    """
    if not config.port:
        yield
        return
    try:
        server = make_server(config.host, config.port, _app(registry, pulse), _Server, _Quiet)
    except OSError as error:
        raise TapError(
            f"cannot serve metrics on {config.host} port {config.port}: {error.strerror or error}; "
            "choose another with `--set monitor.port=PORT`, or 0 for none"
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="monitor", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def notify(state: str) -> None:
    """Tell systemd, where it started the service with `Type=notify`: `READY=1`, `STOPPING=1`, `STATUS=…`."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    path = f"\0{address[1:]}" if address.startswith("@") else address
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect(path)
        line.sendall(state.encode())


class _Server(ThreadingMixIn, WSGIServer):
    """Each request in a thread that nobody waits for; the name of the machine is never looked up."""

    request_queue_size = 16
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(*args, **kwargs)

    def get_request(self) -> tuple[socket.socket, Any]:
        request, address = super().get_request()
        request.settimeout(REQUEST_S)
        return request, address

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - the library's names
        return self._room.acquire(blocking=False)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs or breaks is its own affair."""

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _Quiet(WSGIRequestHandler):
    """Requests are not logged: a scraper comes every few seconds."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass

    def address_string(self) -> str:
        return str(self.client_address[0])


def _app(registry: CollectorRegistry, pulse: Pulse) -> Callable[[WSGIEnvironment, StartResponse], Any]:
    metrics = make_wsgi_app(registry)

    def app(environ: WSGIEnvironment, start: StartResponse) -> Any:
        match environ.get("PATH_INFO"):
            case "/metrics":
                return metrics(environ, start)
            case "/healthz":
                well, account = pulse.report()
                status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
                body = json.dumps(account).encode() + b"\n"
            case _:
                status, body = HTTPStatus.NOT_FOUND, b"there are /metrics and /healthz\n"
        start(
            f"{status.value} {status.phrase}",
            [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
        )
        return [body]

    return app
