"""A platform watched instead of served: its connections flow in, lines that say what it says flow out.

The door is the service's own, with its token, signatures and addresses, and its dialect reads along, so that what it
would make of the call is said as well. Neither words nor sound nor what fields hold are shown.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack

import msgspec

from sidecar.audiosocket_listener import listen_tcp
from sidecar.config_sections import DialectsConfig, TapsConfig
from sidecar.listener import listen
from sidecar.signatures import PlatformSecrets
from sidecar.sources import introduce
from sidecar.taptest.outline import outline
from sidecar.wires import Wire
from streams.clock import Clock, WallClock
from streams.errors import ProtocolError, TapError
from streams.taps.dialect import Began, Dialect, Piece, Remark, Reply, SayEnd, Sound, Telling
from streams.taps.rate_check import RateCheck

FORMS_SHOWN = 100
"""Different forms of messages that are shown of one connection."""
CONNECTIONS = 16
"""Connections at once; one more is refused."""


class Watcher:
    """Receives connections as a service would, and tells `say` a line at a time what comes."""

    def __init__(self, config: TapsConfig, say: Callable[[str], None], clock: Clock) -> None:
        self.config = config
        self._say = say
        self._clock = clock
        self._connections = 0
        self._going = 0

    async def receive(self, wire: Wire, dialect: Dialect, source: str) -> None:
        """Watch one connection from its first message to its end."""
        self._connections += 1
        self._going += 1
        number = self._connections
        self._say(f"#{number} {source} connected")
        watch = _Watch(self.config, source, self._clock, lambda line: self._say(f"#{number} {line}"))
        try:
            while not dialect.ended and (message := await wire.receive()) is not None:
                for reply in watch.take(message, dialect):
                    await wire.send(reply.message)
            watch.read(dialect.closed())
            await wire.close(failed=False)
            watch.end("closed in good order")
        except ConnectionError:
            watch.end("the connection broke")
        except ProtocolError as error:
            for reply in dialect.refuse(error):
                await wire.send(reply.message)
            await wire.reject(error)
            watch.end(f"refused as {error.code}: {error}")
        finally:
            self._going -= 1

    def new_id(self, source: str) -> str:
        """An id for a call whose platform gives none."""
        return f"{source}-{self._connections + 1}"

    def full(self) -> bool:
        """Whether no more connections are watched."""
        return self._going >= CONNECTIONS


class _Watch:
    def __init__(self, config: TapsConfig, source: str, clock: Clock, say: Callable[[str], None]) -> None:
        self._config = config
        self._source = source
        self._clock = clock
        self._say = say
        self._forms: Counter[str] = Counter()
        self._samples: Counter[tuple[str, int]] = Counter()
        self._check = RateCheck()

    def take(self, message: str | bytes, dialect: Dialect) -> list[Reply]:
        form = outline(message)
        if form not in self._forms and len(self._forms) < FORMS_SHOWN:
            self._say(f"> {form}")
        if form in self._forms or len(self._forms) < FORMS_SHOWN:
            self._forms[form] += 1
        said = dialect.receive_text(message) if isinstance(message, str) else dialect.receive_bytes(message)
        owed = dialect.goodbye() if dialect.ended and isinstance(dialect, Telling) else []
        return self.read([*said, *owed])

    def read(self, pieces: list[Piece]) -> list[Reply]:
        replies = []
        for piece in pieces:
            match piece:
                case Reply(message):
                    replies.append(piece)
                    self._say(f"< {outline(message)}")
                case Began():
                    self._began(piece)
                case Sound(channels, pcm, rate_hz):
                    each = len(pcm) // 2 // len(channels)
                    self._samples.update({(channel, rate_hz): each for channel in channels})
                    # Where sides come in messages of their own, one of them stands for both.
                    if channels[0] == next(iter(self._samples))[0]:
                        self._doubt(self._check.feed(each, rate_hz, self._clock.now_ms()))
                case Remark(remark):
                    self._say(f"= {remark}")
                case SayEnd(reason):
                    self._say(f"= the call ends: {reason}")
                case _:
                    self._say(f"= {type(piece).__name__.removeprefix('Say').lower()}")
        return replies

    def end(self, how: str) -> None:
        for (channel, rate_hz), samples in self._samples.items():
            self._say(f"= {channel}: {samples} samples at {rate_hz} Hz, {samples / rate_hz:.2f} s")
        for form, count in self._forms.items():
            self._say(f"  {count:>7} x {form}")
        self._say(how)

    def _began(self, began: Began) -> None:
        started = introduce(began, self._source, self._config).started
        self._check = RateCheck(sparse=began.sparse)
        agent = "names the agent" if started.agent_id or started.agent_name else "names no agent (taps.facts.agent)"
        queue = "names the queue" if started.queue else "no queue"
        self._say(f"= a call of {' and '.join(started.channels)}; the platform {agent}, {queue}")
        self._say(f"= it tells of {', '.join(sorted(began.facts)) or 'nothing'}")

    def _doubt(self, doubt: str) -> None:
        if doubt:
            self._say(f"! {doubt}")


async def watch(name: str, taps: TapsConfig, token: str, agreed: PlatformSecrets, say: Callable[[str], None]) -> None:
    """Wait for platforms of one dialect, where the service would, until cancelled.

    Raises TapError when the port cannot be had, ConfigError as the service would.
    """
    only = {one: one == name for one in DialectsConfig.__struct_fields__}
    taps = msgspec.structs.replace(taps, dialects=DialectsConfig(**only))
    watcher = Watcher(taps, say, WallClock())
    if not taps.ports:
        raise TapError("AudioSocket shows no token: it is taken only with taps.single_user = true")
    async with AsyncExitStack() as stack:
        if taps.dialects.over_websocket:
            await stack.enter_async_context(listen(taps, token, watcher, agreed))
            places = [f"{'wss' if taps.tls.certificate else 'ws'}://{taps.host}:{taps.port}/{name}"]
        else:
            await stack.enter_async_context(listen_tcp(taps, watcher))
            places = [f"tcp://{taps.host}:{port}" for port in taps.tcp_ports]
        say(f"waiting for {name} at {' and '.join(places)}; Ctrl-C ends it")
        await asyncio.Event().wait()
