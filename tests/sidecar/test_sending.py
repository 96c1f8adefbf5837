"""A recording as a call of the running service."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from sidecar import demo
from sidecar.material import Material, open_path
from sidecar.pace import Pace
from sidecar.sending import send
from sidecar.tapclient import TapAddress
from streams.errors import InputError
from streams.events import AudioFrame, CallEnded, Event
from streams.taps.plain_messages import Hello

WHERE = TapAddress("ws://localhost:1/plain", "token")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Hello, list[Event | AudioFrame]]]:
    gone: list[tuple[Hello, list[Event | AudioFrame]]] = []

    async def play(events: Iterable[Event | AudioFrame], hello: Hello, where: TapAddress, pace: Pace) -> None:
        assert where is WHERE
        gone.append((hello, list(events)))

    monkeypatch.setattr("sidecar.tapclient.play", play)
    return gone


def opened(path: Path) -> Material:
    return open_path(path, left=None, default_left="agent", transcript=None)


def test_sound_goes_with_the_facts_and_words_of_the_call(sent: list[tuple[Hello, list[Event | AudioFrame]]]) -> None:
    send(opened(demo.find("calm-rebooking").sound), "reference", WHERE, None)
    ((hello, events),) = sent
    assert (hello.call_id, hello.queue, hello.rate_hz, hello.engine) == (
        "calm-rebooking",
        "bookings",
        8000,
        "reference",
    )
    assert hello.words["agent"][0].text == "Good"
    assert isinstance(events[0], AudioFrame)
    assert isinstance(events[-1], CallEnded)


def test_a_call_without_words_brings_none(sent: list[tuple[Hello, list[Event | AudioFrame]]], tmp_path: Path) -> None:
    alone = tmp_path / "alone.flac"
    alone.write_bytes(demo.find("calm-rebooking").sound.read_bytes())
    send(opened(alone), None, WHERE, 1.0)
    assert sent[0][0].words == {}
    with pytest.raises(InputError, match="--transcript FILE"):
        send(opened(alone), "reference", WHERE, 1.0)


def test_what_has_no_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.call"
    path.write_text("00:01.000-00:02.000 agent  Hello\n")
    with pytest.raises(InputError, match=r"x\.call has no sound"):
        send(opened(path), None, WHERE, None)
