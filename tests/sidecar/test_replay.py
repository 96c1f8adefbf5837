"""Playing a call from what lies on disk: every bundled call, every kind of engine."""

import asyncio
from pathlib import Path

import pytest

from sidecar import config
from sidecar.call import Passing
from sidecar.demo import DemoCall, bundled
from sidecar.ears import Ears, NoWords, choose
from sidecar.material import Material, open_path
from sidecar.replay import began, context_of, make_call, play
from sidecar.runner import CallRunner
from streams.engine import DecodeJob, Samples, Transcription
from streams.events import CallEnded, Event, Hypothesis, Nudge, NudgeResolved, Utterance
from streams.transcript import read_transcript

CONFIG = config.load()


class Memory:
    def __init__(self) -> None:
        self.events: list[Passing] = []

    def write(self, event: Passing) -> None:
        self.events.append(event)


def reference(material: Material) -> Ears:
    return choose("reference", material.known, named=False, local_model=lambda: None, any_model=NoWords)


def played(material: Material, ears: Ears | None, speed: float | None = None) -> list[Passing]:
    started = began(material, ears, "2026-11-22T00:00:00Z")
    context = material.context or context_of(CONFIG, started.call_id)
    call = make_call(started, context, CONFIG, listens=material.kind == "audio")
    memory, followed = Memory(), list[CallRunner]()
    asyncio.run(
        play(
            call,
            material.events(),
            ears,
            CONFIG,
            [memory],
            speed=speed,
            report=pytest.fail,
            follow=followed.append,
        )
    )
    assert followed[0].call is call
    return memory.events


def opened(path: Path) -> Material:
    return open_path(path, left=None, default_left="agent", transcript=None)


@pytest.mark.parametrize("demo", bundled(), ids=lambda demo: demo.name)
def test_every_bundled_call_meets_what_it_promises(demo: DemoCall) -> None:
    material = opened(demo.sound)
    events = played(material, reference(material))
    script = read_transcript(demo.sound.with_suffix(".call").read_text(), "demo.call")
    nudges = {event.rule for event in events if isinstance(event, Nudge)}
    outcomes = {(event.rule, event.outcome) for event in events if isinstance(event, NudgeResolved)}
    for expected in script.expectations:
        match expected.kind:
            case "nudge":
                assert expected.rule in nudges
            case "resolved":
                assert (expected.rule, expected.outcome) in outcomes
            case "none":
                assert not nudges
    assert any(isinstance(event, CallEnded) for event in events)


def test_no_word_of_a_bundled_call_is_lost_or_comes_twice() -> None:
    material = opened(next(call.sound for call in bundled() if call.name == "calm-rebooking"))
    assert material.known is not None
    events = played(material, reference(material))
    for side, words in material.known.words.items():
        heard = [
            word.text
            for event in events
            if isinstance(event, Utterance) and event.channel == side
            for word in event.words
        ]
        assert heard == [word.text for word in words]
    assert any(isinstance(event, Hypothesis) for event in events)


def test_a_transcript_needs_no_ears_and_begins_when_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.call"
    path.write_text("00:01.000-00:02.000 agent  Hello\n")
    events = played(opened(path), None)
    assert began(opened(path), None, "now").started_at == "now"
    assert began(opened(path), None, "now").words_from == "text"
    assert [event.text for event in events if isinstance(event, Utterance)] == ["Hello"]


class Counting(NoWords):
    """An engine that computes: it must be asked in threads."""

    def __init__(self) -> None:
        self.jobs = 0

    def transcribe(self, job: DecodeJob, samples: Samples) -> Transcription:
        self.jobs += 1
        return super().transcribe(job, samples)


@pytest.mark.parametrize("speed", [None, 1000.0])
def test_an_engine_that_computes_answers_every_utterance(tmp_path: Path, speed: float | None) -> None:
    material = opened(next(call.sound for call in bundled() if call.name == "missed-empathy"))

    def first_seconds() -> list[Event]:
        taken = []
        for event in material.events():
            if event.at_ms > 8_000:
                break
            taken.append(event)
        return taken  # type: ignore[return-value]

    counting = Counting()
    short = Material(kind="audio", started=material.started, duration_ms=8_000, events=first_seconds)
    events = played(short, Ears(counting, "recogniser", computes=True), speed)
    assert counting.jobs >= 2
    assert [event.text for event in events if isinstance(event, Utterance)] == ["", ""]
    assert any(isinstance(event, CallEnded) for event in events)
