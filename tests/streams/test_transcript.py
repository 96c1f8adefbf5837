"""Every kind of timed transcript by its file's name, JSON turns, and true word times."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import TranscriptError
from streams.events import Word
from streams.transcript import check_words, read_transcript, read_words, script_events

ROOT = Path(__file__).parents[2]
RECORDINGS = Path(os.environ.get("SIDECAR_TEST_DATA", ROOT.parent / "shared" / "data")) / "calls"


def refusal(text: str, name: str = "x.json") -> str:
    with pytest.raises(TranscriptError) as caught:
        read_transcript(text, name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.call", "1-2 agent hello"),
        ("X.CALL", "1-2 agent hello"),
        ("x.srt", "00:00:01,000 --> 00:00:02,000\nagent: hello"),
        ("x.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v agent>hello"),
        ("x.json", '{"turns": [{"who": "A", "start_ms": 1000, "end_ms": 2000, "text": "hello"}]}'),
    ],
)
def test_the_name_decides_the_kind(name: str, text: str) -> None:
    (turn,) = read_transcript(text, name).turns
    assert (turn.channel, turn.started_ms, turn.ended_ms, turn.text) == ("agent", 1000, 2000, "hello")


def test_other_names_are_refused() -> None:
    assert refusal("", "x.wav") == "x.wav: not a transcript; its name must end in .call, .srt, .vtt, .json"


class TestJson:
    def test_turns_are_put_in_order(self) -> None:
        script = read_transcript(
            '\ufeff{"id": "c9", "labels": [], "turns": ['
            '{"who": "customer", "start_ms": 500, "end_ms": 900, "text": " oh   hi ", "mood": 1},'
            '{"who": "A", "start_ms": 0, "end_ms": 600, "text": "hello"}]}',
            "x.json",
        )
        assert [(t.channel, t.text) for t in script.turns] == [("agent", "hello"), ("customer", "oh hi")]
        assert script.facts == {"id": "c9"}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "x.json: not a call's turns"),
            ("[]", "not a call's turns"),
            ("\ud800", "not a call's turns"),
            ('{"turns": []}', "x.json: there is no turn in it"),
            (
                '{"turns": [{"who": "Bob", "start_ms": 0, "end_ms": 1, "text": "a"}]}',
                "turn 0: who 'Bob' is neither side",
            ),
            (
                '{"turns": [{"who": "A", "start_ms": 1, "end_ms": 1, "text": "a"}]}',
                "turn 0: it must end after its start",
            ),
            ('{"turns": [{"who": "A", "start_ms": -1, "end_ms": 1, "text": "a"}]}', "must end after its start"),
            ('{"turns": [{"who": "A", "start_ms": 0, "end_ms": 1, "text": " "}]}', "turn 0: there are no words in it"),
            ('{"x": ' + "[" * 100_000, "not a call's turns"),
        ],
    )
    def test_what_cannot_be_a_call_is_refused(self, text: str, message: str) -> None:
        assert message in refusal(text)


class TestWords:
    def test_words_of_each_side(self) -> None:
        words = read_words('{"agent": [["hello", 0, 400], ["there", 400, 800, 0.5]], "customer": []}', "w")
        assert words == {"agent": (Word("hello", 0, 400), Word("there", 400, 800, 0.5)), "customer": ()}

    @pytest.mark.parametrize("text", ["", "[]", '{"robot": []}', '{"agent": [["a", 0]]}', "\ud800", '{"agent":' * 9999])
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(TranscriptError, match=r"^w: not a list of timed words for each side"):
            read_words(text, "w")

    @pytest.mark.parametrize("side", [[("a", 5, 4)], [("a", 5, 9), ("b", 4, 9)], [("a", -1, 4)], [("a", 0, 10**9)]])
    def test_time_does_not_go_back(self, side: list[tuple[str, int, int]]) -> None:
        with pytest.raises(
            TranscriptError, match=r"w: the agent's word '.' from -?[0-9]+ to [0-9]+ ms is out of order"
        ):
            check_words({"agent": tuple(Word(*word) for word in side)}, "w")

    @given(st.text(max_size=40))
    def test_any_text_is_words_or_is_refused(self, text: str) -> None:
        with pytest.raises(TranscriptError):
            read_words(text + "x", "w")


@given(st.text(max_size=60), st.sampled_from([".call", ".srt", ".vtt", ".json", ".txt"]))
def test_any_text_is_a_call_or_is_refused(text: str, suffix: str) -> None:
    with pytest.raises(TranscriptError):
        read_transcript(f"?{text}", f"x{suffix}")


@pytest.mark.recordings
def test_a_real_hand_timed_call() -> None:
    path = RECORDINGS / "support-roleplay-1.srt"
    if not path.exists():
        pytest.skip(f"no recordings at {RECORDINGS}; name their folder in SIDECAR_TEST_DATA")
    script = read_transcript(path.read_text(encoding="utf-8"), path.name)
    assert [turn.channel for turn in script.turns] == ["agent", "customer"] * 4 + ["agent"]
    events = list(script_events(script, "c"))
    assert [e.at_ms for e in events] == sorted(e.at_ms for e in events)
    assert msgspec.json.encode(events)
