"""A call as text becomes the events of a call with perfect ears."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import TranscriptError
from streams.events import CallEnded, CallStarted, SpeechEnded, SpeechStarted, Utterance, Word
from streams.script import Expectation, Script, Turn, script_events, settled, spread_words, with_words


def turn(channel, started_ms: int, ended_ms: int, text: str = "hello there") -> Turn:
    words = spread_words(text, started_ms, ended_ms)
    return Turn(channel=channel, started_ms=started_ms, ended_ms=ended_ms, text=text, words=words)


class TestSpreadWords:
    def test_long_words_take_longer(self) -> None:
        words = spread_words("a  splendid day", 1000, 2500)
        assert words == (Word("a", 1000, 1200), Word("splendid", 1200, 2100), Word("day", 2100, 2500))

    def test_no_words(self) -> None:
        assert spread_words("  ", 0, 100) == ()

    @given(st.lists(st.text("abc", min_size=1), min_size=1), st.integers(0, 10**6), st.integers(1, 10**5))
    def test_words_fill_the_turn_without_gaps(self, texts: list[str], start: int, length: int) -> None:
        words = spread_words(" ".join(texts), start, start + length)
        assert [word.text for word in words] == texts
        assert [start, *(word.end_ms for word in words)] == [*(word.start_ms for word in words), start + length]


class TestSettled:
    def test_turns_stand_in_the_order_of_their_start(self) -> None:
        a, b = turn("agent", 500, 900), turn("customer", 100, 700)
        assert settled([a, b]) == (b, a)

    def test_nobody_talks_over_themselves(self) -> None:
        first, other, second = turn("agent", 0, 900), turn("customer", 300, 2000), turn("agent", 600, 1500)
        kept = settled([first, other, second])
        assert [(t.started_ms, t.ended_ms) for t in kept] == [(0, 600), (300, 2000), (600, 1500)]
        assert kept[0].words[-1].end_ms == 600

    def test_turns_that_begin_together_are_one(self) -> None:
        kept = settled([turn("agent", 0, 900, "one"), turn("agent", 0, 500, "two"), turn("agent", 900, 1000)])
        assert [(t.text, t.ended_ms) for t in kept] == [("one two", 900), ("hello there", 1000)]


class TestWithWords:
    script = Script(
        name="x.call",
        facts={"queue": "q"},
        turns=(turn("agent", 100, 300), turn("customer", 200, 400, "yes"), turn("agent", 500, 900, "bye")),
        expectations=(Expectation(kind="none"),),
    )

    def test_true_times_replace_the_spread_ones(self) -> None:
        agent = (Word("hello", 90, 150), Word("there", 180, 310), Word("bye", 520, 700))
        timed = with_words(self.script, {"agent": agent, "customer": (Word("yes", 200, 390),)})
        assert [t.words for t in timed.turns] == [agent[:2], (Word("yes", 200, 390),), agent[2:]]
        assert [(t.started_ms, t.ended_ms) for t in timed.turns] == [(90, 310), (200, 400), (500, 900)]
        assert (timed.facts, timed.expectations, timed.name) == ({"queue": "q"}, (Expectation(kind="none"),), "x.call")

    @pytest.mark.parametrize(
        ("agent", "reason"),
        [
            ([], "do not fit the agent's turn 'hello there'"),
            ([Word("hello", 0, 1)], "do not fit"),
            ([Word("hello", 0, 1), Word("here", 1, 2), Word("bye", 2, 3)], "do not fit"),
            ([Word(w, 0, 1) for w in ("hello", "there", "bye", "bye")], "more timed words than words"),
        ],
    )
    def test_other_words_are_refused(self, agent: list[Word], reason: str) -> None:
        with pytest.raises(TranscriptError, match=reason):
            with_words(self.script, {"agent": agent, "customer": [Word("yes", 200, 390)]})

    def test_a_side_without_words_is_refused(self) -> None:
        with pytest.raises(TranscriptError, match="do not fit the agent's turn"):
            with_words(self.script, {})


class TestScriptEvents:
    def test_everything_is_told_when_it_happens(self) -> None:
        script = Script(
            name="x.call",
            facts={"agent": "Ann", "queue": "billing"},
            turns=(turn("customer", 0, 3000), turn("agent", 2000, 2500, "mm"), turn("agent", 3000, 4000, "right")),
        )
        events = list(script_events(script, "c7"))
        assert [(e.at_ms, type(e)) for e in events] == [
            (0, CallStarted),
            (0, SpeechStarted),
            (2000, SpeechStarted),
            (2500, SpeechEnded),
            (2500, Utterance),
            (3000, SpeechEnded),
            (3000, Utterance),
            (3000, SpeechStarted),
            (4000, SpeechEnded),
            (4000, Utterance),
            (4000, CallEnded),
        ]
        started = events[0]
        assert (started.agent_name, started.queue, started.source, started.words_from) == (
            "Ann",
            "billing",
            "x.call",
            "text",
        )
        said = [(e.channel, e.utterance, e.text, e.started_ms) for e in events if isinstance(e, Utterance)]
        assert said == [("agent", 0, "mm", 2000), ("customer", 0, "hello there", 0), ("agent", 1, "right", 3000)]
        assert {e.call_id for e in events} == {"c7"}

    def test_a_call_without_a_word_begins_and_ends(self) -> None:
        assert [e.at_ms for e in script_events(Script(name="x"), "c")] == [0, 0]
