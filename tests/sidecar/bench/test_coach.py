from itertools import pairwise

from sidecar.bench import coach
from sidecar.bench.coach import Times, conversations, long_call, measure, times
from sidecar.rulebook import trusted_pack
from streams.events import Hypothesis, Utterance
from streams.script import Script, Turn, spread_words

PACK = trusted_pack("default")


def turn(channel: str, started_ms: int, text: str) -> Turn:
    ended_ms = started_ms + 400 * len(text.split())
    words = spread_words(text, started_ms, ended_ms)
    return Turn(channel=channel, started_ms=started_ms, ended_ms=ended_ms, text=text, words=words)


SCRIPT = Script(
    name="short",
    turns=(turn("agent", 0, "hello"), turn("customer", 1000, "one two three four five six seven eight nine")),
)


def test_times_are_by_nearest_rank_and_tell_the_most():
    assert times(range(1, 101)) == Times(100, 50, 95, 99, 100)
    assert times([]) == Times(0, 0, 0, 0, 0)


def test_the_conversations_are_the_bundled_ones_and_those_of_the_pack():
    names = [script.name for script in conversations(PACK)]

    assert "missed-empathy.call" in names
    assert any(name.startswith("empathy.missed:") for name in names)


def test_a_long_call_is_as_long_as_asked_with_both_sides_in_turn_and_the_same_each_time():
    call = long_call([SCRIPT], 0.01)

    assert call.turns[-1].ended_ms + coach.GAP_MS >= 36_000
    assert [each.channel for each in call.turns[:3]] == ["customer", "agent", "customer"]
    assert call == long_call([SCRIPT], 0.01)


def test_words_come_as_growing_partials_before_the_final():
    events = list(coach._partials(SCRIPT))
    said = [event for event in events if isinstance(event, Hypothesis | Utterance) and event.channel == "customer"]

    assert [event.stable for event in said[:-1]] == ["one two three four", "one two three four five six seven eight"]
    assert said[-1].text == SCRIPT.turns[1].text
    assert all(before.at_ms <= after.at_ms for before, after in pairwise(events))


def test_the_report_counts_every_event_and_replays_a_long_call(monkeypatch):
    monkeypatch.setattr(coach, "conversations", lambda _: (SCRIPT, SCRIPT))
    said: list[str] = []

    report = measure(PACK, {}, hours=(0.01,), say=said.append)

    assert report.conversations == 2
    assert report.event.events == 2 * len(list(coach._partials(SCRIPT)))
    assert report.event.max_ms >= report.event.p50_ms > 0
    assert report.long_calls[0].hours == 0.01
    assert report.long_calls[0].event.events > 10
    assert said == ["2 conversations", "a call of 0.01 h"]
