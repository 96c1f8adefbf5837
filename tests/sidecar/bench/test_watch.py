import pytest

from sidecar.bench.watch import Stopwatch, WatchedDesk, WatchedTranscriber, WordsWatch
from sidecar.desk import VirtualDesk
from streams.engine import JobKind, Transcription
from streams.errors import RecogniserError
from streams.events import Health, SpeechStarted


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


def test_the_stopwatch_counts_from_its_start():
    clock = Clock()
    watch = Stopwatch(clock)
    clock.now_s = 101.0
    watch.start()
    clock.now_s = 101.5
    assert watch.now_ms() == 500


def test_words_are_stamped_and_the_rest_passes_by(kit, tmp_path):
    clock = Clock()
    sink = WordsWatch(Stopwatch(clock), tmp_path / "words")
    clock.now_s += 2
    sink.write(kit.final(0, "hello").event)
    sink.write(SpeechStarted(call_id="c", at_ms=0, channel="agent", started_ms=0))
    for level in (2, 1):
        sink.write(Health(call_id="c", at_ms=0, queued=0, degrade=level, words_behind_ms=0))
    sink.words.close()
    assert [one.at_ms for one in sink.words] == [2000]
    assert sink.most_degraded == 2


async def test_the_desk_notes_what_was_asked_and_passes_it_on(kit):
    delivered = []
    desk = WatchedDesk(VirtualDesk(Hears(), 0, 0))
    for kind, utterance in ((JobKind.AGENT_PARTIAL, 0), (JobKind.SPECULATIVE, 0), (JobKind.FINAL, 1)):
        desk.submit(kit.job(kind, utterance=utterance), None, lambda job, outcome, at_ms: delivered.append(job.kind))
        await desk.settle()
    assert delivered == [JobKind.AGENT_PARTIAL, JobKind.SPECULATIVE, JobKind.FINAL]
    assert (desk.partials, desk.begun, desk.strain, desk.due_ms) == (1, {("customer", 1)}, (0, 0), None)


class Hears:
    def __init__(self, breaks=False):
        self._breaks = breaks

    def transcribe(self, job, samples):
        if self._breaks:
            raise RecogniserError("broke")
        return Transcription(text="hello")


def test_decodes_are_timed_also_when_they_break(kit, tmp_path):
    clock = Clock()
    engine = WatchedTranscriber(Hears(), Stopwatch(clock), tmp_path / "whole")
    assert engine.transcribe(kit.job(), None).text == "hello"
    broken = WatchedTranscriber(Hears(breaks=True), Stopwatch(clock), tmp_path / "broken")
    with pytest.raises(RecogniserError):
        broken.transcribe(kit.job(), None)
    for one in (engine, broken):
        one.decodes.close()
    assert [len(list(one.decodes)) for one in (engine, broken)] == [1, 1]
