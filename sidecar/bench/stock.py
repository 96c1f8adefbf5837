"""The usual way, for comparison: the same sound flows through faster-whisper's `transcribe()`, once a second, as words.

The method is that of whisper_streaming with what it does when nothing is said on its command line:

* a pass over the whole buffer for every second of new sound, or as soon as the pass before is done; no voice gate;
* `transcribe()` with beam 5, word times, timestamps, and the last 200 letters that left the buffer as prompt. It pads
  every window to 30 s and looks for speech in one nearly always; a second window, where it happens, is not counted;
* words are confirmed when two passes in a row begin alike, and a buffer beyond 15 s is cut at a confirmed segment.

Two things differ, both in its favour: the temperature is always 0 (its ladder decodes again up to five times), and the
sound lies ready in memory. A thread a channel stands for its process a channel, so that both models are one in memory.

With random weights the words come from the same oracle as ours, wrong tails included, with as many tokens for the same
words. Two more a segment are its timestamps, without which it would not know where to cut; ours does without them.
"""

import math
import time
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from faster_whisper import WhisperModel

from sidecar.bench import machine
from sidecar.bench.conversation import Conversation
from sidecar.bench.engines import Subject
from sidecar.bench.figures import Stock
from sidecar.bench.growing import GrowingBuffer
from sidecar.bench.score import Score, score
from sidecar.bench.spread import spread
from sidecar.bench.watch import Stamped, Stopwatch
from streams.audio import Upsampler, pcm_to_float
from streams.engine import SAMPLE_RATE_HZ, Samples
from streams.events import Channel, Hypothesis, Utterance, Word
from streams.oracle import TOKENS_PER_WORD, wrong_word

ABOUT = (
    "faster-whisper transcribe() on the growing buffer once a second, a thread a side, 30 s windows, beam 5, "
    "temperature 0, trimmed as whisper_streaming does"
)
_EVERY_S = 1.0
_LEAST_S = 0.5  # a shorter buffer is not decoded
_CALL = "stock"
_SENTENCE_ENDS = (".", "?", "!")
_WRONG_TAIL_RATIO = 0.25  # as streams.oracle has it
_TIMESTAMPS_PER_SEGMENT = 2


class _Pass(NamedTuple):
    """What one pass heard, on the media clock, and where its segments end."""

    words: list[Word]
    segment_ends_ms: list[int]


def perform(subject: Subject, talk: Conversation, compute_type: str) -> tuple[Stock, Score]:
    """Listen to a conversation the usual way, at its own pace; the latencies come along."""
    model = WhisperModel(
        str(subject.directory), device="cpu", compute_type=compute_type, cpu_threads=1, num_workers=len(talk.channels)
    )
    sound = _sound(talk)
    oracles = {channel: None if subject.trained else spoken for channel, spoken in talk.words.items()}
    warm = _Listener(model, "agent", sound["agent"][:SAMPLE_RATE_HZ], None if subject.trained else ())
    warm.decode(SAMPLE_RATE_HZ)
    watch = Stopwatch()
    listeners = [_Listener(model, channel, sound[channel], oracles[channel]) for channel in talk.channels]
    watch.start()
    cpu_s, resident_mb = time.process_time(), machine.resident_mb()
    with ThreadPoolExecutor(len(listeners), thread_name_prefix="stock") as threads:
        for done in [threads.submit(listener.run, watch) for listener in listeners]:
            done.result()
    spent_s = time.process_time() - cpu_s
    resident_mb = max(resident_mb, machine.resident_mb())
    stamped = sorted((one for listener in listeners for one in listener.stamped), key=lambda one: one.at_ms)
    scored = score(talk.words, stamped)
    stock = Stock(
        about=ABOUT,
        word_shown_ms=spread(scored.shown_ms),
        word_committed_ms=spread(scored.committed_ms),
        turn_final_ms=spread(scored.turn_finals_ms),
        cpu_s_per_audio_s=round(spent_s * 1000 / talk.duration_ms, 3),
        rss_mb=round(resident_mb, 1),
        passes=sum(listener.passes for listener in listeners),
    )
    return stock, scored


class _Listener:
    """One channel, heard the usual way."""

    def __init__(self, model: Any, channel: Channel, sound: Samples, oracle: Sequence[Word] | None) -> None:
        self._model = model
        self._channel = channel
        self._sound = sound
        self._oracle = oracle
        self._buffer = GrowingBuffer()
        self.stamped: list[Stamped] = []
        self.passes = 0

    def run(self, watch: Stopwatch) -> None:
        """Decode once a second, or as soon as the pass before is done, until the sound is over."""
        next_s = _EVERY_S
        while True:
            time.sleep(max(0.0, next_s - watch.now_ms() / 1000))
            began_s = watch.now_ms() / 1000
            heard = min(len(self._sound), int(began_s * SAMPLE_RATE_HZ))
            self.listen(heard, watch)
            if heard == len(self._sound):
                # What two passes agree on by now is all that is ever confirmed.
                return
            next_s = max(began_s + _EVERY_S, watch.now_ms() / 1000)

    def listen(self, heard: int, watch: Stopwatch) -> None:
        """One pass over the buffer up to sample `heard`, and what became known by it."""
        if heard - self._buffer.from_ms * 16 < _LEAST_S * SAMPLE_RATE_HZ:
            return
        found = self.decode(heard)
        until_ms = heard * 1000 // SAMPLE_RATE_HZ
        known_ms = self._buffer.from_ms
        confirmed = self._buffer.take(found.words, found.segment_ends_ms, until_ms)
        at_ms = watch.now_ms()
        self.passes += 1
        self._show(at_ms, known_ms, found.words)
        if confirmed:
            self._say(at_ms, confirmed)

    def decode(self, heard: int) -> _Pass:
        """Transcribe the buffer up to sample `heard`."""
        from_ms = self._buffer.from_ms
        audio = self._sound[from_ms * SAMPLE_RATE_HZ // 1000 : heard]
        if self._oracle is None:
            return self._recognise(audio, from_ms)
        return self._exercise(audio, from_ms, heard * 1000 // SAMPLE_RATE_HZ)

    def _recognise(self, audio: Samples, from_ms: int) -> _Pass:
        segments, _ = self._model.transcribe(
            audio,
            language="en",
            beam_size=5,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=True,
            initial_prompt=self._buffer.prompt or None,
        )
        found = _Pass([], [])
        for segment in segments:
            found.segment_ends_ms.append(from_ms + round(segment.end * 1000))
            found.words.extend(
                Word(word.word.strip(), from_ms + round(word.start * 1000), from_ms + round(word.end * 1000))
                for word in segment.words or ()
            )
        return found

    def _exercise(self, audio: Samples, from_ms: int, until_ms: int) -> _Pass:
        """Do the work of the first (nearly always only) window, and say the true words."""
        words = [
            word
            for word in self._oracle or ()
            if word.start_ms + word.end_ms >= 2 * from_ms and word.end_ms <= until_ms
        ]
        tokenizer = self._model.hf_tokenizer
        end_of_text = tokenizer.token_to_id("<|endoftext|>")
        ends_ms = [word.end_ms for word in words if word.text.endswith(_SENTENCE_ENDS)]
        if words and (not ends_ms or ends_ms[-1] != words[-1].end_ms):
            ends_ms.append(words[-1].end_ms)
        steps = math.ceil(len(words) * TOKENS_PER_WORD) + _TIMESTAMPS_PER_SEGMENT * len(ends_ms) + 1
        prompt = self._buffer.prompt
        start = 2 + (len(tokenizer.encode(" " + prompt).ids) + 1 if prompt else 0)
        segments, _ = self._model.transcribe(
            audio,
            language="en",
            beam_size=5,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=True,
            initial_prompt=prompt or None,
            without_timestamps=True,
            # Noise would fail every gate and say anything: the work is that of so many tokens, no more and no less.
            suppress_tokens=[-1, end_of_text],
            max_new_tokens=max(2 * steps - start, steps),
            no_speech_threshold=None,
            log_prob_threshold=None,
            compression_ratio_threshold=None,
        )
        for _ in islice(segments, 1):
            pass
        if words and zlib.crc32(f"{self._channel}/{until_ms}".encode()) / 2**32 < _WRONG_TAIL_RATIO:
            last = words[-1]
            words[-1] = Word(wrong_word(last.text), last.start_ms, last.end_ms)
        return _Pass(words, ends_ms)

    def _show(self, at_ms: float, from_ms: int, words: Sequence[Word]) -> None:
        if words:
            tail = " ".join(word.text for word in words)
            shown = Hypothesis(
                call_id=_CALL,
                at_ms=round(at_ms),
                channel=self._channel,
                utterance=0,
                started_ms=from_ms,
                stable="",
                tail=tail,
            )
            self.stamped.append(Stamped(at_ms, shown))

    def _say(self, at_ms: float, confirmed: Sequence[Word]) -> None:
        said = Utterance(
            call_id=_CALL,
            at_ms=round(at_ms),
            channel=self._channel,
            utterance=0,
            started_ms=confirmed[0].start_ms,
            ended_ms=confirmed[-1].end_ms,
            text=" ".join(word.text for word in confirmed),
        )
        self.stamped.append(Stamped(at_ms, said))


def _sound(talk: Conversation) -> Mapping[Channel, Samples]:
    """All of the sound at once, as the usual way keeps it."""
    pieces: dict[Channel, list[Samples]] = {channel: [] for channel in talk.channels}
    upsamplers = {channel: Upsampler() for channel in talk.channels}
    for frame in talk.frames(_CALL):
        sound = pcm_to_float(frame.pcm)
        pieces[frame.channel].append(
            sound if frame.rate_hz == SAMPLE_RATE_HZ else upsamplers[frame.channel].feed(sound)
        )
    return {channel: np.concatenate(many) for channel, many in pieces.items()}
