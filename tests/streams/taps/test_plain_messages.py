"""The plain dialect's messages: what they may hold, and what is refused with which code."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.events import Word
from streams.taps.dialect import SayEnd, SayHold, SayLost, SayMuted, SayPaused, SayResumed, SayResumedAudio, SayUnmuted
from streams.taps.plain_messages import Hello, Refusal, Welcome, check_hello, from_client, from_service, to_text


def hello(**fields) -> Hello:
    return Hello(**{"version": 1, "call_id": "c1", **fields})


def code_of(call, *arguments) -> str:
    with pytest.raises(ProtocolError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize(
    "message",
    [
        hello(),
        hello(rate_hz=16000, channels=("mixed",), engine="reference", words={"mixed": (Word("hi", 0, 90),)}),
        SayHold(),
        SayResumed(),
        SayMuted("agent"),
        SayUnmuted("customer"),
        SayPaused("card"),
        SayResumedAudio(),
        SayLost(40, "agent", "jitter"),
        SayEnd("hung_up"),
    ],
)
def test_a_message_survives_the_wire(message) -> None:
    assert from_client(to_text(message)) == message


def test_the_wire_is_plain_json() -> None:
    assert to_text(SayHold()) == '{"type":"hold"}'
    text = '{"type": "hello", "version": 1, "call_id": "c1", "words": {"agent": [["hi", 0, 90]]}, "new": []}'
    assert from_client(text) == hello(words={"agent": (Word("hi", 0, 90),)})


def test_an_unknown_kind_is_passed_over() -> None:
    assert from_client('{"type": "dtmf", "digit": "1"}') is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_json"),
        ("{", "bad_json"),
        ("\ud800", "bad_json"),
        ('{"type": "hold", "x": ' + "[" * 100_000, "bad_json"),
        ("[]", "bad_message"),
        ("{}", "bad_message"),
        ('{"type": 3}', "bad_message"),
        ('{"type": "muted"}', "bad_message"),
        ('{"type": "muted", "channel": "robot"}', "bad_message"),
        ('{"type": "hello"}', "bad_message"),
        ('{"type": "hello", "version": 1, "call_id": "c", "rate_hz": 44100}', "bad_message"),
        ('{"type": "lost", "lost_ms": "long"}', "bad_message"),
    ],
)
def test_what_is_no_message_is_refused(text: str, code: str) -> None:
    assert code_of(from_client, text) == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"version": 2}, "bad_version"),
        ({"call_id": ""}, "bad_hello"),
        ({"call_id": "../../etc"}, "bad_hello"),
        ({"call_id": ".."}, "bad_hello"),
        ({"call_id": "c" * 129}, "bad_hello"),
        ({"call_id": "c1\n"}, "bad_hello"),
        ({"agent_name": "a" * 501}, "bad_hello"),
        ({"queue": "\x1b[2J"}, "bad_hello"),
        ({"channels": ()}, "bad_hello"),
        ({"channels": ("agent", "agent")}, "bad_hello"),
        ({"channels": ("agent", "mixed")}, "bad_hello"),
        ({"engine": "reference"}, "bad_hello"),
        ({"channels": ("agent",), "words": {"customer": (Word("a", 0, 1),)}}, "bad_hello"),
        ({"words": {"agent": (Word("a", 5, 1),)}}, "bad_hello"),
    ],
)
def test_a_hello_that_no_call_can_come_of_is_refused(fields: dict[str, object], code: str) -> None:
    assert code_of(check_hello, hello(**fields)) == code


@pytest.mark.parametrize("channels", [("agent", "customer"), ("customer", "agent"), ("agent",), ("mixed",)])
def test_sides_may_come_in_any_order_or_alone(channels) -> None:
    check_hello(hello(channels=channels, agent_name="Zoë"))


def test_the_services_answer() -> None:
    assert from_service(to_text(Welcome(1, "c1"))) == Welcome(1, "c1")
    with pytest.raises(ProtocolError, match="the service refuses the call: no room") as caught:
        from_service(to_text(Refusal("full", "no room")))
    assert caught.value.code == "full"
    assert code_of(from_service, "HTTP/1.1 200 OK") == "bad_message"


@given(st.text(max_size=80) | st.recursive(st.none() | st.integers() | st.text(max_size=9), st.lists).map(str))
def test_any_text_is_a_message_or_is_refused(text: str) -> None:
    for read in (from_client, from_service):
        with suppress(ProtocolError):
            read(text)


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["hello", "lost", "muted", "end"])},
        optional={
            "version": st.integers() | st.floats(),
            "call_id": st.text(max_size=5),
            "channels": st.lists(st.sampled_from(["agent", "customer", "mixed", "x"]), max_size=3),
            "channel": st.sampled_from(["agent", "x", None, 1]),
            "words": st.dictionaries(
                st.sampled_from(["agent", "mixed"]), st.lists(st.tuples(st.text(), st.integers()))
            ),
            "lost_ms": st.integers() | st.floats(allow_nan=False),
            "reason": st.text(max_size=5) | st.integers(),
        },
    )
)
def test_any_fields_are_a_message_or_are_refused(fields: dict[str, object]) -> None:
    with suppress(ProtocolError):
        message = from_client(msgspec.json.encode(fields).decode())
        if isinstance(message, Hello):
            check_hello(message)


def test_a_refusal_does_not_repeat_at_length_what_the_client_wrote() -> None:
    with pytest.raises(ProtocolError) as caught:
        from_client('{"type":"lost","lost_ms":1,"channel":"' + "x\\n" * 10_000 + '"}')
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()
