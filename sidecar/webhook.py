"""Events to a program of the user's own: a call's events flow in, signed JSON goes out over HTTP until it is taken.

A thread of its own sends, so that nobody waits for it. What waits is bounded: when a receiver stays away, the oldest
events go and are counted. Each POST carries

    X-Sidecar-Timestamp: 1780000000        X-Sidecar-Delivery: BOOT-7
    X-Sidecar-Signature: sha256=HEX        HMAC-SHA256 of "TIMESTAMP.BODY" with the secret

and {"delivery", "dropped", "events": [...]}, the events as the journal has them. Of an answer only its status is read:
its body may have no end. What may have been taken although no answer came is sent again, under another delivery.
"""

import hashlib
import hmac
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import msgspec
import urllib3
from urllib3.util import Timeout

from sidecar import logs
from sidecar.call import Passing
from sidecar.config_sections import WebhookConfig
from sidecar.journal import without_words
from streams.clock import unix_s
from streams.errors import ConfigError
from streams.events import (
    CallEnded,
    CallStarted,
    CallSummary,
    Event,
    FloorAlert,
    Health,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    StageLag,
    Utterance,
)

WAITING_LIMIT = 5_000
"""Events that wait to be sent; when they are full the oldest goes, and the receiver is told how many went."""
BATCH_LIMIT = 100
TRY_AGAIN = (408, 425, 429, 500, 502, 503, 504)
"""Statuses after which the same events may be taken later; any other refusal would only come again."""
BACKOFF_S = 0.5
"""The first attempt after one that failed waits so long, each further one twice as long as the one before."""
REST_S = 5.0
"""No attempt waits longer, whatever the receiver asks for."""
MOST_DOUBLINGS = 10
LAST_WORDS_S = 2.0
"""How long the end of the service waits for what is still to be sent."""
_log = logs.get("webhook")
Post: TypeAlias = Callable[[bytes, dict[str, str]], int]


class Webhook:
    """Sends what calls hand it; made by `opened`."""

    def __init__(self, post: Post, secret: bytes, boot: str) -> None:
        self._post = post
        self._secret = secret
        self._boot = boot
        self._waiting: deque[Event] = deque()
        self._lock = threading.Condition()
        self._dropped = 0
        self._deliveries = 0
        self._closing = False
        self._failing = False
        self._failures = 0

    def put(self, event: Event) -> None:
        """Have an event sent; never waits."""
        with self._lock:
            if len(self._waiting) >= WAITING_LIMIT:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(event)
            self._lock.notify()

    def close(self) -> None:
        """No more is coming; what waits is sent if it can be at once."""
        with self._lock:
            self._closing = True
            self._lock.notify()

    def run(self) -> None:
        """Send until closed; the body of the thread."""
        while (batch := self._next()) is not None:
            if self._deliver(*batch):
                self._failures = 0
                continue
            rest_s = min(BACKOFF_S * 2**self._failures, REST_S)
            self._failures = min(self._failures + 1, MOST_DOUBLINGS)
            with self._lock:
                if self._lock.wait_for(lambda: self._closing, rest_s):
                    return

    def _next(self) -> tuple[list[Event], int] | None:
        with self._lock:
            while not self._waiting:
                if self._closing:
                    return None
                self._lock.wait()
            events = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_LIMIT))]
            dropped, self._dropped = self._dropped, 0
            return events, dropped

    def _deliver(self, events: list[Event], dropped: int) -> bool:
        self._deliveries += 1
        delivery = f"{self._boot}-{self._deliveries}"
        body = msgspec.json.encode({"delivery": delivery, "dropped": dropped, "events": events})
        stamp = str(unix_s())
        signed = hmac.new(self._secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Sidecar-Timestamp": stamp,
            "X-Sidecar-Delivery": delivery,
            "X-Sidecar-Signature": f"sha256={signed}",
        }
        try:
            status = self._post(body, headers)
        except urllib3.exceptions.HTTPError as error:
            return self._failed(events, dropped, type(error).__name__)
        if 400 <= status < 500 and status not in TRY_AGAIN:
            _log.error("the webhook refuses events; they are dropped", reason=f"HTTP {status}")
            with self._lock:
                self._dropped += dropped + len(events)
            return True
        if not 200 <= status < 300:
            return self._failed(events, dropped, f"HTTP {status}")
        if self._failing:
            self._failing = False
            _log.warning("the webhook takes events again")
        return True

    def _failed(self, events: list[Event], dropped: int, reason: str) -> bool:
        """What could not be sent waits on, as far as there is room."""
        if not self._failing:
            self._failing = True
            _log.error("the webhook takes nothing; events wait", reason=reason)
        with self._lock:
            room = max(WAITING_LIMIT - len(self._waiting), 0)
            kept = events[max(len(events) - room, 0) :] if room else []
            self._waiting.extendleft(reversed(kept))
            self._dropped += dropped + len(events) - len(kept)
        return False


class WebhookSink:
    """What of one call is sent; one of its sinks."""

    def __init__(self, webhook: Webhook, config: WebhookConfig) -> None:
        self._webhook = webhook
        self._config = config

    def write(self, event: Passing) -> None:
        """Send what the settings allow."""
        config = self._config
        match event:
            case CallStarted() | CallEnded() if config.calls:
                self._put(event)
            case CallSummary() if config.calls:
                # It holds also what this agent's thumbs keep away from the screen, and they never leave the machine.
                totals = {name: value for name, value in event.totals.items() if name != "in_shadow"}
                self._put(msgspec.structs.replace(event, totals=totals))
            case Nudge() | NudgeResolved() | NudgeAnswered() | FloorAlert() if config.nudges:
                self._put(event)
            case Utterance() if config.transcript and event.text:
                self._put(event)

    def _put(self, event: Event) -> None:
        sent = event if self._config.transcript else without_words(event)
        if sent is not None and not isinstance(sent, StageLag | Health):
            self._webhook.put(sent)


@contextmanager
def opened(config: WebhookConfig, secret: str, boot: str) -> Iterator[Webhook | None]:
    """A webhook for as long as the block runs; None where none is configured.

    Raises ConfigError for a missing secret.
    """
    if not config.url:
        yield None
        return
    if not secret:
        raise ConfigError(
            "webhook.url is set but there is no `webhook.secret` in the keys folder: "
            "put a text there that your program knows as well (`sidecar doctor` names the folder)"
        )
    with urllib3.PoolManager(num_pools=1, retries=False, timeout=Timeout(total=config.timeout_s)) as pool:

        def post(body: bytes, headers: dict[str, str]) -> int:
            answer = pool.request("POST", config.url, body=body, headers=headers, redirect=False, preload_content=False)
            answer.close()
            return answer.status

        webhook = Webhook(post, secret.encode(), boot)
        thread = threading.Thread(target=webhook.run, name="webhook", daemon=True)
        thread.start()
        try:
            yield webhook
        finally:
            webhook.close()
            thread.join(LAST_WORDS_S)
