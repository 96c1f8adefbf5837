"""The redactor over events: finals, hypotheses, notes, swapped sides."""

import pytest

from sidecar.redact import Redactor
from streams.events import (
    Event,
    HelpAsked,
    Hypothesis,
    Note,
    SidesSwapped,
    SpeechStarted,
    Telemetry,
    Utterance,
    Word,
)


def final(number: int, text: str, channel: str = "customer") -> Utterance:
    words = tuple(Word(word, 100 * index, 100 * index + 90) for index, word in enumerate(text.split()))
    return Utterance(
        call_id="c", at_ms=number, channel=channel, utterance=number, started_ms=0, ended_ms=9, text=text, words=words
    )


def partial(number: int, stable: str, tail: str = "") -> Hypothesis:
    return Hypothesis(
        call_id="c", at_ms=number, channel="customer", utterance=number, started_ms=0, stable=stable, tail=tail
    )


def text_of(event: Event | Telemetry) -> str:
    match event:
        case Utterance():
            assert event.text.split() == [word.text for word in event.words]
            return event.text
        case Hypothesis():
            return f"{event.stable}|{event.tail}"
        case Note() | HelpAsked():
            return event.text
    raise AssertionError(event)


def test_a_number_is_masked_across_finals_of_its_speaker_only() -> None:
    redactor = Redactor()
    said = [
        final(0, "sure it is 41"),
        final(0, "11 years here", channel="agent"),
        final(1, "1 1"),
        final(2, "um"),
        final(3, "11 that is it"),
        final(4, "11 of them"),
    ]
    assert [text_of(redactor.feed(event)) for event in said] == [
        "sure it is 41",
        "11 years here",
        "• •",
        "um",
        "•• that is it",
        "11 of them",
    ]


def test_word_times_stay() -> None:
    masked = Redactor().feed(final(0, "4111 1111"))
    assert isinstance(masked, Utterance)
    assert [(word.start_ms, word.end_ms) for word in masked.words] == [(0, 90), (100, 190)]


def test_hypotheses_are_dots_until_it_is_known_what_they_are() -> None:
    redactor = Redactor()
    heard = [partial(0, "it takes", "15"), partial(0, "it takes 15", "minutes"), partial(0, "call", "4 1 1")]
    assert [text_of(redactor.feed(event)) for event in heard] == ["it takes|••", "it takes 15|minutes", "call|• • •"]


def test_a_hypothesis_goes_on_where_the_piece_before_stopped_final_or_not() -> None:
    redactor = Redactor()
    assert text_of(redactor.feed(partial(0, "it is", "4"))) == "it is|4"
    assert text_of(redactor.feed(partial(1, "", "1"))) == "|•"
    assert text_of(redactor.feed(final(0, "it is 4"))) == "it is 4"
    assert text_of(redactor.feed(partial(1, "1", "1"))) == "•|•"
    assert text_of(redactor.feed(final(1, "that was it"))) == "that was it"
    assert text_of(redactor.feed(partial(2, "1", ""))) == "1|"


def test_a_run_follows_its_speaker_when_the_sides_change_places() -> None:
    redactor = Redactor()
    redactor.feed(final(0, "it is 4 1"))
    redactor.feed(SidesSwapped(call_id="c", at_ms=1))
    assert text_of(redactor.feed(final(1, "1 1 1 1", channel="agent"))) == "• • • •"


def test_a_security_code_is_masked_for_a_while_after_it_was_named_by_either_side() -> None:
    redactor = Redactor()
    said = [
        final(0, "order 412 it was"),
        final(1_000, "and the CVV for me", channel="agent"),
        final(2_000, "412 and it is my own card"),
        final(31_000, "order 412 it was"),
    ]
    assert [text_of(redactor.feed(event)) for event in said] == [
        "order 412 it was",
        "and the CVV for me",
        "••• and it is my own card",
        "order 412 it was",
    ]
    assert text_of(redactor.feed(partial(32_000, "my pin is 41 12", "and then"))) == "my pin is •• ••|and then"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("four hundred and twenty three it says", "• •• and • • it says"),
        ("March twenty twenty seven it says", "March •• • • it says"),
        ("it cost two hundred dollars, 15 minutes ago", "it cost two hundred dollars, 15 minutes ago"),
    ],
)
def test_a_code_may_be_said_as_a_count_or_a_date(said: str, kept: str) -> None:
    redactor = Redactor()
    assert text_of(redactor.feed(final(0, f"well, {said}"))) == f"well, {said}"
    redactor.feed(final(1_000, "security code and expiry date please", channel="agent"))
    assert text_of(redactor.feed(final(2_000, said))) == kept


def test_typed_text_is_masked_and_everything_else_passes() -> None:
    redactor = Redactor()
    assert text_of(redactor.feed(Note(call_id="c", at_ms=0, note="n", by="s", text="use 123456"))) == "use ••••••"
    assert text_of(redactor.feed(HelpAsked(call_id="c", at_ms=0, help="h", text="order 4471"))) == "order 4471"
    event = SpeechStarted(call_id="c", at_ms=1, channel="agent", started_ms=1)
    assert redactor.feed(event) is event
