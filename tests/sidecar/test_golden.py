"""One call, whatever the recogniser's lag and the legs' offsets: live, journal and replay agree, nudges are met."""

import asyncio
import heapq
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidecar.call import Call, Passing
from sidecar.desk import Deliver, VirtualDesk
from sidecar.ears import NoWords
from sidecar.journal import Journal, Kept, read_journal
from sidecar.rulebook import read_pack
from sidecar.runner import CallRunner, steadily
from streams.engine import DecodeJob, Samples
from streams.events import (
    AudioFrame,
    CallContext,
    CallEnded,
    CallStarted,
    Channel,
    CoachEvent,
    Event,
    Nudge,
    NudgeAnswered,
    NudgeResolved,
    Word,
)
from streams.loop import ListeningLoop
from streams.reference import ReferenceTranscriber
from streams.settings import LoopSettings
from streams.transcript import Script, read_transcript
from streams.wire import to_json

SIDES: tuple[Channel, Channel] = ("agent", "customer")
RATE_HZ, FRAME_MS = 8000, 20
VOICE = (3000 * np.sign(np.sin(np.arange(RATE_HZ * FRAME_MS // 1000) * 0.3))).astype("<i2").tobytes()
QUIET = bytes(len(VOICE))

GOLDEN = read_transcript(
    """
00:00.500-00:03.200 agent     Hello, this is Hannah at the parcel desk, how can I help you today?
00:03.900-00:08.100 customer  Hi. I ordered a cot three weeks ago and it still has not arrived.
00:08.700-00:10.900 agent     Sure. Could I take the order number for that, please?
00:11.500-00:16.300 customer  It's four four one nine, seven two. Honestly, I'm really fed up and worried about this.
00:16.900-00:20.300 agent     Okay. So the tracking shows it left the depot on the second.
00:20.900-00:23.500 customer  Right. That is what the last person told me as well.
=> empathy.missed
00:25.600-00:31.000 agent     I'm so sorry you have been waiting three weeks for this. That must be really stressful.
=> resolved empathy.missed done
00:31.900-00:34.900 customer  It is, yes. Thank you. I just want to know where it is.
00:35.300-00:39.000 agent     Of course you do. It is on a van in your town now.
00:40.000-00:42.000 customer  Oh good, thank you so much, that is a relief.
""",
    "golden.call",
)


class Level:
    """Voice activity for sound that is either full or none."""

    def probabilities(self, frames: Sequence[Samples]) -> list[float]:
        return [0.95 if float(np.abs(frame).max()) > 0.02 else 0.01 for frame in frames]

    def reset(self) -> None:
        pass


class LateDesk(VirtualDesk):
    """A recogniser that takes a time of its own for every job."""

    def __init__(self, words: dict[Channel, tuple[Word, ...]], seed: int, longest_ms: int) -> None:
        super().__init__(ReferenceTranscriber(words), 0, 0)
        self._lags = random.Random(seed)
        self._longest_ms = longest_ms

    def submit(self, job: DecodeJob, samples: Samples, deliver: Deliver) -> None:
        lag_ms = self._lags.randint(20, self._longest_ms)
        self._partial_lag_ms, self._final_lag_ms = min(lag_ms, 1500), lag_ms
        super().submit(job, samples, deliver)


class Remembering:
    def __init__(self) -> None:
        self.events: list[Passing] = []

    def write(self, event: Passing) -> None:
        self.events.append(event)


def frames(script: Script, side: Channel, offset_ms: int) -> Iterator[AudioFrame]:
    """One leg, whose sound comes `offset_ms` after it was made."""
    turns = [turn for turn in script.turns if turn.channel == side]
    for end_ms in range(FRAME_MS, script.turns[-1].ended_ms + 6000, FRAME_MS):
        voiced = any(turn.started_ms < end_ms <= turn.ended_ms for turn in turns)
        yield AudioFrame(
            call_id="golden",
            at_ms=end_ms + offset_ms,
            channel=side,
            pcm=VOICE if voiced else QUIET,
            rate_hz=RATE_HZ,
            started_ms=end_ms - FRAME_MS,
            duration_ms=FRAME_MS,
        )


def sound(script: Script, offsets_ms: tuple[int, int]) -> Iterator[Event | AudioFrame]:
    legs = [frames(script, side, offset_ms) for side, offset_ms in zip(SIDES, offsets_ms, strict=True)]
    at_ms = 0
    for frame in heapq.merge(*legs, key=lambda frame: (frame.at_ms, frame.channel)):
        at_ms = frame.at_ms
        yield frame
    yield CallEnded(call_id="golden", at_ms=at_ms)


def words_of(script: Script) -> dict[Channel, tuple[Word, ...]]:
    return {side: tuple(word for turn in script.turns if turn.channel == side for word in turn.words) for side in SIDES}


def played(
    call: Call,
    source: Iterable[Event | AudioFrame],
    desk: VirtualDesk,
    *sinks: Journal,
    answer_at_ms: int | None = None,
) -> list[Passing]:
    """Everything the call gave; `answer_at_ms` is when the agent thumbs the nudge that is on the screen."""
    memory = Remembering()
    runner = CallRunner(call, desk, [memory, *sinks], pace=None, report=pytest.fail)

    def watched() -> Iterator[Event | AudioFrame]:
        answered = False
        for event in source:
            yield event
            shown = [seen for seen in memory.events if isinstance(seen, Nudge)] if answer_at_ms else []
            if shown and not answered and event.at_ms >= shown[0].at_ms + (answer_at_ms or 0):
                answered = True
                answer = NudgeAnswered(call_id="golden", at_ms=0, nudge=shown[0].nudge, answer="dismissed")
                runner.tell(answer)

    asyncio.run(runner.run(steadily(watched())))
    return memory.events


def live(
    folder: Path, seed: int, longest_ms: int, offsets_ms: tuple[int, int], answer_at_ms: int | None = None
) -> list[Passing]:
    context = CallContext(call_id="golden", at_ms=0, config={"volume": "standard"}, pack=read_pack("default"))
    loop = ListeningLoop("golden", SIDES, LoopSettings(), {side: Level() for side in SIDES})
    call = Call("golden", CallStarted(call_id="golden", at_ms=0), context, loop)
    desk = LateDesk(words_of(GOLDEN), seed, longest_ms)
    with Journal(folder) as journal:
        return played(call, sound(GOLDEN, offsets_ms), desk, journal, answer_at_ms=answer_at_ms)


def replayed(kept: Kept) -> list[Passing]:
    call = Call(kept.started.call_id, kept.started, kept.context)
    return played(call, kept.inputs, VirtualDesk(NoWords(), 0, 0))


def coached(events: Iterable[Passing]) -> list[bytes]:
    return [to_json(event) for event in events if isinstance(event, CoachEvent)]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([100, 800, 2500]), st.tuples(st.integers(0, 400), st.integers(0, 400)))
def test_expected_nudges_are_met_at_every_lag_and_replays_agree(
    seed: int, longest_ms: int, offsets_ms: tuple[int, int]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        heard = live(Path(name), seed, longest_ms, offsets_ms)
        kept = read_journal(Path(name))
    nudges = [(event.rule, event.severity) for event in heard if isinstance(event, Nudge)]
    outcomes = [(event.rule, event.outcome) for event in heard if isinstance(event, NudgeResolved)]
    assert ("empathy.missed", "warn") in nudges
    assert ("empathy.missed", "done") in outcomes
    assert [event.at_ms for event in heard] == sorted(event.at_ms for event in heard)
    assert not any(b"seven two" in to_json(event) for event in heard)
    assert coached(heard) == coached(kept.events)
    assert coached(replayed(kept)) == coached(heard)


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 2**32), st.integers(500, 4000))
def test_what_people_did_is_replayed_as_well(seed: int, answer_at_ms: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        heard = live(Path(name), seed, 800, (0, 40), answer_at_ms)
        kept = read_journal(Path(name))
    assert any(isinstance(event, NudgeAnswered) for event in heard)
    assert coached(replayed(kept)) == coached(heard)
