"""Events to a receiver over real HTTP: signed, in order, again until taken, bounded, and never more than allowed."""

import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import msgspec
import pytest
import urllib3

from sidecar import webhook
from sidecar.config import load
from sidecar.config_sections import WebhookConfig
from sidecar.webhook import BATCH_LIMIT, WAITING_LIMIT, Webhook, WebhookSink, opened
from streams.errors import ConfigError
from streams.events import (
    CallEnded,
    CallStarted,
    CallSummary,
    FloorAlert,
    Hypothesis,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Quote,
    StageLag,
    Utterance,
)

SECRET = "agreed with the receiver"
CONFIG = load().webhook
SAID = Utterance(call_id="c", at_ms=1, channel="agent", utterance=0, started_ms=0, ended_ms=1, text="whispered words")
NUDGE = Nudge(
    call_id="c",
    at_ms=1,
    nudge="n",
    rule="empathy.missed",
    family="empathy",
    severity="warn",
    title="Name it",
    text="Name what went wrong.",
    evidence=(Quote("whispered words", 1),),
)


class Receiver:
    """A program that takes events; `answers` are the statuses it gives next, then 204."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.requests: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

    @contextmanager
    def open(self) -> Iterator[str]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers.pop(0) if receiver.answers else 204
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                receiver.requests.put(({name.lower(): value for name, value in self.headers.items()}, body))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def next(self) -> dict[str, Any]:
        """The next delivery, its signature checked as a receiver would."""
        headers, body = self.requests.get(timeout=10)
        wanted = hmac.new(SECRET.encode(), headers["x-sidecar-timestamp"].encode() + b"." + body, hashlib.sha256)
        assert headers["x-sidecar-signature"] == f"sha256={wanted.hexdigest()}"
        delivery: dict[str, Any] = json.loads(body)
        assert headers["x-sidecar-delivery"] == delivery["delivery"]
        return delivery


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "BACKOFF_S", 0.01)
    monkeypatch.setattr(webhook, "REST_S", 0.01)


def at(url: str, **changes: object) -> WebhookConfig:
    return msgspec.structs.replace(CONFIG, url=url, **changes)


def ended(number: int) -> CallEnded:
    return CallEnded(call_id=f"c{number}", at_ms=1)


def test_events_come_signed_and_in_order() -> None:
    receiver = Receiver()
    with receiver.open() as url, opened(at(url), SECRET, "boot") as sender:
        assert sender is not None
        for number in range(3):
            sender.put(ended(number))
        calls: list[str] = []
        while len(calls) < 3:
            calls += [event["call_id"] for event in receiver.next()["events"]]
    assert calls == ["c0", "c1", "c2"]


@pytest.mark.parametrize("answers", [(503,), (429, 500), (500,) * 8])
def test_what_is_not_taken_is_sent_again(answers: tuple[int, ...]) -> None:
    receiver = Receiver(*answers)
    with receiver.open() as url, opened(at(url), SECRET, "boot") as sender:
        assert sender is not None
        sender.put(ended(1))
        for _ in answers:
            receiver.next()
        assert [event["call_id"] for event in receiver.next()["events"]] == ["c1"]
    assert receiver.requests.empty()


class Rude(BaseHTTPRequestHandler):
    """Answers at length: a redirection, a wait of a day, and a body without an end."""

    answers: ClassVar[list[int]] = []
    came: ClassVar["queue.Queue[str]"]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.came.put(self.path)
        self.send_response(self.answers.pop(0) if self.answers else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Retry-After", "86400")
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(bytes(64 << 10))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def test_a_rude_answer_holds_nothing_up_and_leads_nowhere() -> None:
    Rude.answers, Rude.came = [302, 503, 429], queue.Queue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Rude)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with opened(at(f"http://127.0.0.1:{server.server_port}/hook"), SECRET, "boot") as sender:
        assert sender is not None
        sender.put(ended(1))
        assert [Rude.came.get(timeout=5) for _ in range(4)] == ["/hook"] * 4
        sender.put(ended(2))
        assert Rude.came.get(timeout=5) == "/hook"
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_refused_for_good_is_dropped_and_counted() -> None:
    receiver = Receiver(403)
    with receiver.open() as url, opened(at(url), SECRET, "boot") as sender:
        assert sender is not None
        sender.put(ended(1))
        receiver.next()
        sender.put(ended(2))
        again = receiver.next()
        assert (again["dropped"], [event["call_id"] for event in again["events"]]) == (1, ["c2"])


def test_a_receiver_that_is_away_costs_the_oldest_events_alone() -> None:
    posted: list[dict[str, Any]] = []

    def post(body: bytes, headers: dict[str, str]) -> int:
        posted.append(json.loads(body))
        if len(posted) == 1:
            for number in range(WAITING_LIMIT - 1):
                sender.put(ended(number))
            raise urllib3.exceptions.NewConnectionError(None, "nobody there")  # type: ignore[arg-type]
        return 200

    sender = Webhook(post, b"x", "boot")
    for number in (-3, -2, -1):
        sender.put(ended(number))
    thread = threading.Thread(target=sender.run)
    thread.start()
    while len(posted) <= WAITING_LIMIT // BATCH_LIMIT:
        thread.join(0.01)
    sender.close()
    thread.join(10)
    assert not thread.is_alive()
    assert posted[1]["dropped"] == 2
    calls = [event["call_id"] for delivery in posted[1:] for event in delivery["events"]]
    assert calls == ["c-1", *(f"c{number}" for number in range(WAITING_LIMIT - 1))]


def test_too_many_events_cost_the_oldest() -> None:
    sender = Webhook(lambda *_: 200, b"x", "boot")
    for number in range(WAITING_LIMIT + 2):
        sender.put(ended(number))
    assert len(sender._waiting) == WAITING_LIMIT
    assert sender._dropped == 2


def test_the_end_does_not_wait_for_a_receiver_that_is_away() -> None:
    def post(*_: object) -> int:
        sender.close()
        return 500

    sender = Webhook(post, b"x", "boot")
    sender.put(ended(1))
    sender.run()


EVENTS = (
    CallStarted(call_id="c", at_ms=0, agent_name="Ana"),
    SAID,
    Hypothesis(call_id="c", at_ms=1, channel="agent", utterance=0, started_ms=0, stable="whispered", tail=""),
    NUDGE,
    NudgeAnswered(call_id="c", at_ms=1, nudge="n", answer="helpful"),
    NudgeResolved(call_id="c", at_ms=1, nudge="n", rule="empathy.missed", outcome="done"),
    FloorAlert(call_id="c", at_ms=1, rule="deesc.hot", severity="critical", text="whispered words"),
    CallEnded(call_id="c", at_ms=2),
    CallSummary(call_id="c", at_ms=2, totals={"duration_ms": 2, "notes": "whispered words", "in_shadow": {"a.b": [1]}}),
    StageLag(call_id="c", at_ms=2, stage="vad", p50_ms=1, p95_ms=2, count=3),
)


@pytest.mark.parametrize(
    ("allowed", "kinds"),
    [
        ({}, "CallStarted Nudge NudgeAnswered NudgeResolved FloorAlert CallEnded CallSummary"),
        ({"calls": False}, "Nudge NudgeAnswered NudgeResolved FloorAlert"),
        ({"nudges": False}, "CallStarted CallEnded CallSummary"),
        ({"calls": False, "nudges": False, "transcript": True}, "Utterance"),
    ],
)
def test_only_what_is_allowed_is_sent(allowed: dict[str, bool], kinds: str) -> None:
    config = at("http://127.0.0.1:9", **allowed)
    sender = Webhook(lambda *_: 200, b"x", "boot")
    sink = WebhookSink(sender, config)
    for event in EVENTS:
        sink.write(event)
    assert [type(event).__name__ for event in sender._waiting] == kinds.split()
    sent = msgspec.json.encode(list(sender._waiting))
    assert (b"whispered" in sent) == config.transcript
    assert b"in_shadow" not in sent
    assert (b"duration_ms" in sent) == config.calls


def test_nothing_is_opened_unless_asked_for() -> None:
    with opened(CONFIG, "", "boot") as sender:
        assert sender is None


def test_a_missing_secret_is_said() -> None:
    with pytest.raises(ConfigError, match=r"no `webhook.secret`"), opened(at("https://hook.example.org/"), "", "boot"):
        pass
