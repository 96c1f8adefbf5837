"""One call's composition, with a scripted loop and a coach that only remembers."""

from collections.abc import Callable

import numpy as np
import pytest

from nudges.coach import Coach
from sidecar.call import Call, Step
from sidecar.pausing import Pausing, by_agent
from streams.engine import DecodeJob, JobKind, Samples, Transcription
from streams.errors import RecogniserError
from streams.events import (
    AudioFrame,
    AudioLost,
    AudioPaused,
    CallContext,
    CallEnded,
    CallStarted,
    Channel,
    CoachEvent,
    Event,
    FloorAlert,
    Health,
    Hypothesis,
    SidesSwapped,
    SpeechEvent,
    SpeechStarted,
    Telemetry,
    Tick,
    Utterance,
)
from streams.loop import Output

STARTED = CallStarted(call_id="c", at_ms=0)
CONTEXT = CallContext(call_id="c", at_ms=0)


def said(at_ms: int, text: str, number: int = 0, channel: Channel = "customer") -> Utterance:
    return Utterance(
        call_id="c", at_ms=at_ms, channel=channel, utterance=number, started_ms=0, ended_ms=at_ms, text=text
    )


def partial(at_ms: int, stable: str, tail: str = "") -> Hypothesis:
    return Hypothesis(call_id="c", at_ms=at_ms, channel="customer", utterance=0, started_ms=0, stable=stable, tail=tail)


def alert(at_ms: int, text: str = "") -> FloorAlert:
    return FloorAlert(call_id="c", at_ms=at_ms, rule="r", severity="info", text=text)


def frame(at_ms: int, channel: Channel = "customer") -> AudioFrame:
    return AudioFrame(
        call_id="c", at_ms=at_ms, channel=channel, pcm=b"", rate_hz=8000, started_ms=at_ms - 20, duration_ms=20
    )


def job(kind: JobKind = JobKind.FINAL) -> DecodeJob:
    return DecodeJob(
        call_id="c", channel="customer", utterance=0, kind=kind, started_ms=0, ended_ms=20, requested_ms=20
    )


def health(at_ms: int) -> Health:
    return Health(call_id="c", at_ms=at_ms, queued=0, degrade=1, words_behind_ms=0)


class Memory:
    """A coach that remembers what it was fed, and says what it was told to say."""

    def __init__(self, answers: Callable[[Event], tuple[CoachEvent, ...]] = lambda _: ()) -> None:
        self.fed: list[Event] = []
        self.wake_ms: int | None = None
        self._answers = answers

    def feed(self, event: Event) -> tuple[CoachEvent, ...]:
        self.fed.append(event)
        return self._answers(event)


class ScriptedLoop:
    """A loop that gives what lies ready, whatever it is asked."""

    def __init__(self, *outputs: Output) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.idle = True
        self._outputs = list(outputs)

    def _answer(self, *asked: object) -> Output:
        self.asked.append(asked)
        return self._outputs.pop(0) if self._outputs else Output()

    def hear(self, heard: AudioFrame) -> Output:
        return self._answer("hear", heard.channel, heard.at_ms)

    def lost(self, channel: Channel, lost_ms: int, at_ms: int) -> Output:
        return self._answer("lost", channel, lost_ms, at_ms)

    def advance(self, at_ms: int) -> Output:
        return self._answer("advance", at_ms)

    def decoded(self, done: DecodeJob, result: Transcription | RecogniserError, at_ms: int) -> Output:
        return self._answer("decoded", at_ms)

    def degrade(self, level: int, queued: int, at_ms: int) -> Output:
        return self._answer("degrade", level, queued, at_ms)

    def measured(self, stage: str, lag_ms: float) -> None:
        self.asked.append(("measured", stage, lag_ms))

    def finish(self, at_ms: int) -> Output:
        return self._answer("finish", at_ms)

    def samples(self, wanted: DecodeJob) -> Samples:
        return np.zeros(wanted.ended_ms, np.float32)


def heard(*events: SpeechEvent | Telemetry, jobs: tuple[DecodeJob, ...] = ()) -> Output:
    return Output(events, jobs)


def make(loop: ScriptedLoop | None = None, coach: Memory | None = None) -> Call:
    return Call("c", STARTED, CONTEXT, loop, coach or Memory())  # type: ignore[arg-type]


def test_the_context_comes_first_and_the_coach_begins_with_the_start() -> None:
    coach = Memory()
    call = make(coach=coach)
    assert call.call_id == "c"
    assert call.wake_ms is None
    coach.wake_ms = 700
    assert call.begin() == Step((CONTEXT, STARTED))
    assert coach.fed == [STARTED]
    assert call.wake_ms == 700
    assert call.feed(STARTED) == Step()


def test_a_real_coach_is_made_from_the_context_unless_one_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[CallContext] = []
    monkeypatch.setattr("sidecar.call.Coach", lambda context: made.append(context) or Memory())
    Call("c", STARTED, CONTEXT)
    assert made == [CONTEXT]
    assert Coach is not None


def test_what_the_coach_says_about_earlier_moments_comes_before_the_event() -> None:
    coach = Memory(lambda event: (alert(300), alert(500), alert(500)) if event.at_ms == 500 else ())
    call = make(coach=coach)
    assert call.feed(said(500, "hm")).events == (alert(300), said(500, "hm"), alert(500), alert(500))


def test_ticks_reach_the_coach_and_nobody_else() -> None:
    coach = Memory(lambda event: (alert(250),))
    call = make(coach=coach)
    assert call.feed(Tick(call_id="c", at_ms=250)).events == (alert(250),)
    assert call.now_ms == 250
    assert coach.fed == [Tick(call_id="c", at_ms=250)]


def test_nothing_is_heard_in_an_agents_pause_and_a_forgotten_one_ends() -> None:
    loop = ScriptedLoop()
    call = Call("c", STARTED, CONTEXT, loop, Memory(), pausing=Pausing(1_000))  # type: ignore[arg-type]
    paused = by_agent("c", 100, on=True)
    assert call.feed(paused).events == (paused,)
    assert call.feed(paused).events == (paused,), "its time begins anew"
    for at_ms in range(120, 1_100, 20):
        call.feed(frame(at_ms))
    assert not [asked for asked in loop.asked if asked[0] == "hear"]
    assert call.feed(frame(1_100)).events == (by_agent("c", 1_100, on=False),)
    assert [asked[0] for asked in loop.asked][-1] == "hear"


def test_a_call_that_begins_in_a_pause_hears_nothing_before_its_end() -> None:
    loop = ScriptedLoop()
    call = Call("c", STARTED, CONTEXT, loop, Memory(), pausing=Pausing(1_000, lasted_ms=900))  # type: ignore[arg-type]
    paused = AudioPaused(call_id="c", at_ms=0, reason="agent_before")
    assert call.begin().events == (CONTEXT, STARTED, paused)
    call.feed(frame(80))
    assert loop.asked == []
    assert call.feed(frame(100)).events == (by_agent("c", 100, on=False),)
    assert [asked[0] for asked in loop.asked][-1] == "hear"


def test_emission_never_goes_back() -> None:
    call = make()
    call.feed(said(500, "hm"))
    assert call.feed(said(400, "so", 1)).events == (
        Utterance(call_id="c", at_ms=500, channel="customer", utterance=1, started_ms=0, ended_ms=400, text="so"),
    )
    assert call.now_ms == 500


def test_words_are_masked_before_the_coach_sees_them() -> None:
    coach = Memory()
    call = make(coach=coach)
    call.feed(said(500, "4111 1111 1111 1111"))
    assert coach.fed == [said(500, "•••• •••• •••• ••••")]


def test_hypotheses_reach_the_coach_when_their_stable_part_moved() -> None:
    coach = Memory()
    call = make(coach=coach)
    for tail in ("", "I", "I am"):
        assert call.feed(partial(10, "so", tail)).events == (partial(10, "so", tail),)
    assert coach.fed == [partial(10, "so")]


def test_sound_goes_through_the_loop_and_jobs_come_out() -> None:
    start = SpeechStarted(call_id="c", at_ms=20, channel="customer", started_ms=4)
    loop = ScriptedLoop(heard(start, health(20), jobs=(job(),)), heard(said(420, "hm")))
    coach = Memory()
    call = make(loop, coach)
    assert call.feed(frame(20)) == Step((start, health(20)), (job(),))
    assert call.samples(job()).shape == (20,)
    assert call.deliver(job(), Transcription(text="hm"), 420) == Step((said(420, "hm"),))
    assert loop.asked == [("hear", "customer", 20), ("decoded", 420)]
    assert coach.fed == [start, said(420, "hm")]


def test_what_the_driver_measures_goes_to_the_loop_where_there_is_one() -> None:
    loop = ScriptedLoop()
    make(loop).measured("capture", 12.5)
    make().measured("capture", 12.5)
    assert loop.asked == [("measured", "capture", 12.5)]


def test_other_events_let_the_loop_go_on_first() -> None:
    start = SpeechStarted(call_id="c", at_ms=250, channel="customer", started_ms=4)
    loop = ScriptedLoop(heard(start))
    call = make(loop)
    assert call.feed(Tick(call_id="c", at_ms=250)).events == (start,)
    lost = AudioLost(call_id="c", at_ms=300, channel="agent", lost_ms=40)
    assert call.feed(lost).events == (lost,)
    assert call.degrade(2, 5) == Step()
    assert loop.asked == [("advance", 250), ("lost", "agent", 40, 300), ("degrade", 2, 5, 300)]


def test_the_sides_change_places_from_there() -> None:
    start = SpeechStarted(call_id="c", at_ms=20, channel="customer", started_ms=4)
    loop = ScriptedLoop(heard(start), heard(), heard(said(80, "hm")))
    call = make(loop)
    call.feed(frame(20))
    events = call.feed(SidesSwapped(call_id="c", at_ms=60)).events
    assert [type(event).__name__ for event in events] == [
        "SpeechEnded",
        "Utterance",
        "SidesSwapped",
        "SpeechStarted",
    ]
    (named,) = call.feed(frame(80)).events
    assert isinstance(named, Utterance)
    assert (named.channel, named.utterance) == ("agent", 0)


def test_a_call_with_words_passes_a_swap_on_as_it_is() -> None:
    swap = SidesSwapped(call_id="c", at_ms=60)
    assert make().feed(swap).events == (swap,)


def test_the_end_waits_for_the_last_words() -> None:
    end = CallEnded(call_id="c", at_ms=900)
    loop = ScriptedLoop(heard(jobs=(job(),)), heard(jobs=(job(),)), heard(said(1400, "bye")))
    loop.idle = False
    coach = Memory()
    call = make(loop, coach)
    assert call.feed(end) == Step((), (job(),))
    assert call.feed(frame(920)) == Step()
    assert call.deliver(job(), RecogniserError("once more"), 1000) == Step((), (job(),))
    assert not call.ended
    loop.idle = True
    assert call.deliver(job(), Transcription(text="bye"), 1400).events == (
        said(1400, "bye"),
        CallEnded(call_id="c", at_ms=1400),
    )
    coach.wake_ms = 2000
    assert call.ended
    assert call.wake_ms is None
    assert call.feed(frame(1420)) == call.deliver(job(), Transcription(text=""), 1500) == call.interrupt() == Step()
    assert call.degrade(1, 1) == Step()


def test_a_call_with_words_ends_at_once_and_ignores_sound() -> None:
    call = make()
    assert call.feed(frame(20)) == call.deliver(job(), Transcription(text=""), 20) == call.degrade(1, 1) == Step()
    with pytest.raises(LookupError, match="without sound"):
        call.samples(job())
    assert call.feed(CallEnded(call_id="c", at_ms=30)).events == (CallEnded(call_id="c", at_ms=30),)
    assert call.ended


def test_an_interrupted_call_ends_now() -> None:
    loop = ScriptedLoop()
    loop.idle = False
    call = make(loop)
    call.feed(frame(20))
    assert call.interrupt().events == (CallEnded(call_id="c", at_ms=20, reason="interrupted"),)
    assert call.ended


def test_rules_read_anew_reach_the_coach_and_the_journal() -> None:
    coach = Memory()
    call = make(coach=coach)
    call.begin()
    anew = CallContext(call_id="c", at_ms=700, config={"volume": "expert"})
    assert call.feed(anew).events == (anew,)
    assert coach.fed[-1] == anew
    assert call.feed(CONTEXT).events == ()
