"""What the platform is told: finals as transcripts, nudges as suggestions."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Nudge, Utterance, Word
from streams.taps.audiohook import duration_ms
from streams.taps.audiohook_events import entity_of, position

SAID = Utterance(
    call_id="c1",
    at_ms=3_000,
    channel="agent",
    utterance=4,
    started_ms=1_250,
    ended_ms=2_000,
    text="I see",
    words=(Word("I", 1_250, 1_400, 0.91234), Word("see", 1_400, 2_000, 0.8)),
    confidence=0.87654,
)
NUDGE = Nudge(
    call_id="c1",
    at_ms=4_000,
    nudge="c1/n1",
    rule="empathy.missed",
    family="empathy",
    severity="warn",
    title="Name it",
    text="Name what went wrong <first>.",
    say="You've had to call three times.",
)


def test_a_final_is_a_transcript_of_its_channel() -> None:
    entity = entity_of(SAID, ("customer", "agent"), "en")
    assert entity is not None
    data = entity["data"]
    assert (entity["type"], data["channelId"], data["isFinal"]) == ("transcript", 1, True)
    assert (data["offset"], data["duration"]) == ("PT1.250S", "PT0.750S")
    (alternative,) = data["alternatives"]
    (shown,) = alternative["interpretations"]
    assert shown["transcript"] == "I see"
    assert shown["tokens"][0] == {
        "type": "word",
        "value": "I",
        "confidence": 0.912,
        "offset": "PT1.250S",
        "duration": "PT0.150S",
    }
    assert uuid.UUID(data["id"]).version == 8


def test_the_same_event_has_the_same_id_and_another_another() -> None:
    once, again = (entity_of(SAID, ("agent",), "en") for _ in range(2))
    assert once == again
    other = entity_of(
        Utterance(**{**{name: getattr(SAID, name) for name in SAID.__struct_fields__}, "utterance": 5}),
        ("agent",),
        "en",
    )
    assert other != once


@pytest.mark.parametrize("text", ["", "other side"])
def test_nothing_is_told_of_nothing_and_of_sides_that_are_not_carried(text: str) -> None:
    said = Utterance(call_id="c", at_ms=0, channel="customer", utterance=0, started_ms=0, ended_ms=0, text=text)
    assert entity_of(said, ("customer",) if not text else ("agent",), "en") is None


def test_a_nudge_is_a_suggestion_without_markup_of_its_own() -> None:
    entity = entity_of(NUDGE, ("agent",), "en")
    assert entity is not None
    (suggestion,) = entity["data"]["suggestions"]
    assert suggestion["question"] == "Name it"
    assert suggestion["answer"].startswith("Name what went wrong &lt;first&gt;. You")
    assert suggestion["position"] == "PT4S"


@given(st.integers(-5, 10**9))
def test_times_are_written_as_the_platform_reads_them(ms: int) -> None:
    text = position(ms)
    assert re.fullmatch(r"PT(\d*\.)?\d+S", text)
    assert duration_ms(text) == max(ms, 0)
