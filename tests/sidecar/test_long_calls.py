"""An hour of talk in one call: what its stages keep grows by what the summary needs, and by nothing else.

Objects are counted, not bytes of the process, so that the outcome is the same on every machine.
"""

import gc
import types
from collections import Counter

from sidecar import config
from sidecar.call import Call
from sidecar.replay import context_of, make_call
from streams.events import CallEnded, CallStarted, Channel, SpeechEnded, SpeechStarted, Utterance, Word

EVERY_MS = 6_000
"""Six hundred utterances an hour, as people who talk with each other make them."""
SAID = (
    "so the parcel number %d is on its way and should be with you on the day after tomorrow",
    "right but I was told that about order %d last week and nobody called me back at all",
)
_CODE = types.ModuleType | type | types.FunctionType | types.BuiltinFunctionType | types.MethodType


def reachable(root: object) -> Counter[str]:
    """How many objects of each type hang on one."""
    found: Counter[str] = Counter()
    seen, todo = set[int](), [root]
    while todo:
        one = todo.pop()
        if id(one) not in seen and not isinstance(one, _CODE):
            seen.add(id(one))
            found[type(one).__name__] += 1
            todo += gc.get_referents(one)
    return found


def say(call: Call, number: int) -> None:
    side: Channel = "agent" if number % 2 == 0 else "customer"
    started_ms, ended_ms = EVERY_MS * number, EVERY_MS * number + 4_500
    text = SAID[number % 2] % (number % 100)
    each_ms = 4_500 // len(text.split())
    words = tuple(
        Word(word, started_ms + each_ms * place, started_ms + each_ms * (place + 1))
        for place, word in enumerate(text.split())
    )
    common = {"call_id": "c", "channel": side, "started_ms": started_ms}
    call.feed(SpeechStarted(at_ms=started_ms + 200, **common))
    call.feed(SpeechEnded(at_ms=ended_ms + 200, ended_ms=ended_ms, **common))
    final = Utterance(at_ms=ended_ms + 500, ended_ms=ended_ms, utterance=number // 2, text=text, words=words, **common)
    call.feed(final)


def test_an_hour_of_talk_is_kept_as_text() -> None:
    settings = config.load()
    call = make_call(CallStarted(call_id="c", at_ms=0), context_of(settings, "c"), settings, listens=False)
    call.begin()
    counts = []
    for number in range(600):
        say(call, number)
        if number % 200 == 199:
            counts.append(reachable(call))
    first, second, third = counts
    assert third["Word"] < 100
    grown = [later.total() - earlier.total() for earlier, later in ((first, second), (second, third))]
    # A turn, its piece, its text and times, two stretches of speech, and what was noticed in it.
    assert max(grown) < 200 * 40
    assert abs(grown[1] - grown[0]) < 200 * 10
    assert call.feed(CallEnded(call_id="c", at_ms=600 * EVERY_MS)).events
