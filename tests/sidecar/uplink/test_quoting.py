"""What was said does not leave within other texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.uplink import quoting
from sidecar.uplink.quoting import RUN, Heard
from streams.events import Tick
from tests.sidecar.uplink.floor_call import nudge, of, said


def heard(*texts: str) -> Heard:
    made = Heard()
    for at, text in enumerate(texts):
        made.feed(said(text, 1_000 * at))
    return made


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("Customer asked for a supervisor.", "Customer asked for a supervisor."),
        ("", ""),
        ("says: I want my Money back now!", "says: ...!"),
        ("i want my money back now and i mean it", "... and i mean it"),
        ("want my money", "want my money"),
        ("I  want, my money", "..."),
        ('he said "no way" to me', "he said ... to me"),
        ("he said “no way” and «nein» and 'never'", "he said ... and ... and ..."),
        ("it isn't the agent's fault", "it isn't the agent's fault"),
    ],
)
def test_four_words_in_a_row_or_marks_are_a_quote(text: str, leaves: str) -> None:
    assert heard("I want my money back now", "hello").without_quotes(text) == leaves


def test_what_a_nudge_rests_on_was_said_and_other_events_say_nothing() -> None:
    made = Heard()
    made.feed(nudge("n"))
    made.feed(of(Tick, 1))
    assert made.without_quotes("have been charged twice") == "..."


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quoting, "KEPT", 3)
    made = heard("a b c d", "e f g h", "i j k l", "a b c d", "m n o p")
    assert made.without_quotes("e f g h") == "e f g h"
    assert made.without_quotes("a b c d") == "..."


WORDS = st.lists(st.sampled_from(["one", "two", "three", "Four", "it's", "naïve"]), max_size=12)


@given(spoken=WORDS, told=WORDS)
def test_no_four_words_that_were_said_are_left(spoken: list[str], told: list[str]) -> None:
    left = heard(" ".join(spoken)).without_quotes(" ".join(told)).casefold().split()
    runs = {tuple(word.casefold() for word in spoken[at : at + RUN]) for at in range(len(spoken) - RUN + 1)}
    assert not runs & {tuple(left[at : at + RUN]) for at in range(len(left) - RUN + 1)}
