"""Pauses of the platform and of the agent, alone and together."""

from itertools import permutations

import msgspec
import pytest

from sidecar.pausing import FROM_BEFORE, Pausing, by_agent
from streams.engine import Transcription
from streams.events import AudioPaused, AudioResumed, Word

PLATFORM = AudioPaused(call_id="c", at_ms=0, reason="platform")
PLATFORM_OVER = AudioResumed(call_id="c", at_ms=0)
AGENT = by_agent("c", 1_000, on=True)
AGENT_OVER = by_agent("c", 2_000, on=False)


def test_only_an_agents_pause_makes_deaf() -> None:
    pausing = Pausing()
    assert pausing.feed(PLATFORM) == (PLATFORM,)
    assert not pausing.deaf
    assert pausing.feed(PLATFORM_OVER) == (PLATFORM_OVER,)
    assert pausing.feed(AGENT) == (AGENT,)
    assert pausing.deaf
    assert pausing.feed(PLATFORM) == ()
    assert pausing.feed(PLATFORM_OVER) == ()
    assert pausing.feed(AGENT_OVER) == (AGENT_OVER,)
    assert not pausing.deaf


def at(event: AudioPaused | AudioResumed, at_ms: int) -> AudioPaused | AudioResumed:
    return msgspec.structs.replace(event, at_ms=at_ms)


@pytest.mark.parametrize("first", ["agent", "platform"])
def test_the_agents_pause_hides_the_platforms(first: str) -> None:
    pausing = Pausing()
    if first == "platform":
        assert pausing.feed(PLATFORM) == (PLATFORM,)
        assert pausing.feed(AGENT) == (at(PLATFORM_OVER, 1_000), AGENT), "whose key ends it must be seen"
    else:
        assert pausing.feed(AGENT) == (AGENT,)
        assert pausing.feed(PLATFORM) == ()
    assert pausing.feed(PLATFORM_OVER) == ()
    assert pausing.deaf
    assert pausing.feed(AGENT_OVER) == (AGENT_OVER,)


def test_a_pause_that_the_agent_ends_goes_on_while_the_platforms_does() -> None:
    pausing = Pausing()
    pausing.feed(PLATFORM)
    pausing.feed(AGENT)
    assert pausing.feed(AGENT_OVER) == (AGENT_OVER, at(PLATFORM, 2_000))
    assert not pausing.deaf
    assert pausing.feed(PLATFORM_OVER) == (PLATFORM_OVER,)


@pytest.mark.parametrize("order", [*permutations([PLATFORM, PLATFORM_OVER, AGENT, AGENT_OVER])])
def test_what_was_seen_is_seen_again_of_a_journal(order: tuple[AudioPaused | AudioResumed, ...]) -> None:
    live, again = Pausing(), Pausing()
    seen = [event for given, event in enumerate(order, 1) for event in live.feed(at(event, given))]
    assert [event for given in seen for event in again.feed(given)] == seen


def test_resuming_what_goes_on_changes_nothing() -> None:
    assert Pausing().feed(AGENT_OVER) == ()


def said(*words: tuple[str, int, int]) -> Transcription:
    spoken = tuple(Word(text=text, start_ms=start_ms, end_ms=end_ms) for text, start_ms, end_ms in words)
    return Transcription(text=" ".join(word.text for word in spoken), words=spoken)


def test_words_of_an_agents_pause_are_nobodys() -> None:
    pausing = Pausing()
    pausing.feed(AGENT)
    before, within, after = ("my", 800, 1_000), ("four", 1_000, 1_200), ("done", 2_000, 2_200)
    assert pausing.without_paused(said(before, within)) == said(before)
    pausing.feed(AGENT_OVER)
    assert pausing.without_paused(said(before, within, after)) == said(before, after)
    heard = said(before, after)
    assert pausing.without_paused(heard) is heard


def test_a_pause_that_is_asked_for_again_is_one_pause() -> None:
    pausing = Pausing(longest_ms=1_000)
    pausing.feed(AGENT)
    again = by_agent("c", 1_500, on=True)
    assert pausing.feed(again) == (again,), "which whoever keeps it must know"
    assert pausing.over("c", 2_400) is None, "the time begins anew"
    assert pausing.without_paused(said(("four", 1_200, 1_300), ("one", 1_600, 1_700))) == said()


def test_a_forgotten_pause_is_over_by_itself() -> None:
    pausing = Pausing(longest_ms=300_000)
    assert pausing.over("c", 400_000) is None
    pausing.feed(AGENT)
    assert pausing.over("c", 300_999) is None
    over = pausing.over("c", 301_000)
    assert over == AudioResumed(call_id="c", at_ms=301_000, reason="agent")
    assert pausing.feed(over) == (over,)
    unbounded = Pausing()
    unbounded.feed(AGENT)
    assert unbounded.over("c", 10**9) is None


def test_a_call_may_begin_in_a_pause_that_the_same_key_ends() -> None:
    assert Pausing().begin("c", 0) == ()
    pausing = Pausing(longest_ms=300_000, lasted_ms=0)
    (begun,) = pausing.begin("c", 0)
    assert begun == AudioPaused(call_id="c", at_ms=0, reason=FROM_BEFORE)
    assert pausing.deaf
    assert pausing.feed(PLATFORM) == pausing.feed(PLATFORM_OVER) == (), "the platform's has no part in it"
    assert pausing.without_paused(said(("four", 100, 200))) == said()
    assert pausing.feed(AGENT_OVER) == (AGENT_OVER,)
    assert not pausing.deaf
    again = Pausing()
    assert [event for given in (begun, AGENT_OVER) for event in again.feed(given)] == [begun, AGENT_OVER]


def test_a_pause_from_before_is_forgotten_by_all_the_time_that_it_has_lasted() -> None:
    pausing = Pausing(longest_ms=300_000, lasted_ms=100_000)
    pausing.begin("c", 0)
    assert pausing.over("c", 199_999) is None
    over = pausing.over("c", 200_000)
    assert over == AudioResumed(call_id="c", at_ms=200_000, reason="agent")
    assert pausing.feed(over) == (over,)
    pausing.feed(at(AGENT, 210_000))
    assert pausing.over("c", 509_999) is None, "a later pause has all of its time"


def test_a_pause_from_before_that_is_asked_for_again_begins_anew() -> None:
    pausing = Pausing(longest_ms=300_000, lasted_ms=100_000)
    pausing.begin("c", 0)
    assert pausing.feed(AGENT) == (at(AGENT_OVER, 1_000), AGENT)
    assert pausing.over("c", 300_999) is None
