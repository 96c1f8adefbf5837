"""The service's end of the plain dialect: a whole call, time, and everything a client may get wrong."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clock import CallClock, ManualClock
from streams.errors import ProtocolError
from streams.events import (
    AudioFrame,
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    Hold,
    Muted,
    Resumed,
    Unmuted,
)
from streams.taps.dialect import Began, Reply
from streams.taps.plain import Hello, PlainDialect, PlainSender
from streams.taps.plain_messages import LONGEST_AUDIO, LONGEST_HELLO, LONGEST_TEXT
from streams.taps.timeline import FRAME_MS
from tests.streams.taps.tapped import Tapped

MS_BYTES = 2 * 2 * 8
"""One millisecond of two sides at 8 kHz."""


def say(**fields) -> str:
    return msgspec.json.encode(fields).decode()


def greeting(**fields) -> str:
    return say(**{"type": "hello", "version": 1, "call_id": "c1", **fields})


def connected(clock: CallClock | None = None, **fields) -> Tapped:
    dialect = Tapped(PlainDialect(), clock)
    dialect.text(greeting(**fields))
    return dialect


def code_of(call, *arguments) -> str:
    with pytest.raises(ProtocolError) as caught:
        call(*arguments)
    return caught.value.code


class TestHello:
    def test_it_is_welcomed_and_begins_the_call(self) -> None:
        introduced = {"agent_id": "a7", "agent_name": "Ann", "queue": "q", "source": "x.wav", "started_at": "2024"}
        assert PlainDialect().receive_text(greeting(**introduced)) == [
            Began(call_id="c1", channels=("agent", "customer"), **introduced),
            Reply('{"type":"welcome","version":1,"call_id":"c1"}'),
        ]

    def test_words_may_come_with_it(self) -> None:
        words = {"agent": [["hello", 0, 300]]}
        began, _ = PlainDialect().receive_text(greeting(engine="reference", words=words, channels=["agent"]))
        assert (began.engine, began.channels) == ("reference", ("agent",))
        assert began.words["agent"][0].text == "hello"

    def test_a_bad_one_starts_nothing(self) -> None:
        dialect = Tapped(PlainDialect())
        assert code_of(dialect.text, greeting(version=9)) == "bad_version"
        assert dialect.began is None

    def test_it_comes_first_and_once(self) -> None:
        assert code_of(Tapped(PlainDialect()).binary, b"") == "no_hello"
        assert code_of(Tapped(PlainDialect()).text, say(type="hold")) == "no_hello"
        assert code_of(Tapped(PlainDialect()).text, say(type="whatever")) == "no_hello"
        assert code_of(connected().text, greeting()) == "second_hello"


class TestAudio:
    def test_both_sides_come_apart_in_frames(self) -> None:
        sound = b"".join(bytes([n % 100, 0, 200 - n % 100, 0]) for n in range(320))
        frames = connected().binary(sound)
        assert [(f.channel, f.started_ms, f.duration_ms, f.at_ms) for f in frames] == [
            ("agent", 0, 20, 20),
            ("customer", 0, 20, 20),
            ("agent", 20, 20, 40),
            ("customer", 20, 20, 40),
        ]
        assert frames[0].pcm == b"".join(sound[at : at + 2] for at in range(0, 640, 4))
        assert frames[3].pcm == b"".join(sound[at : at + 2] for at in range(642, 1280, 4))
        assert {(f.call_id, f.rate_hz) for f in frames} == {("c1", 8000)}

    @given(st.lists(st.integers(0, 500), max_size=20))
    def test_how_it_is_cut_changes_nothing(self, cuts: list[int]) -> None:
        sound = bytes(n * 7 % 251 for n in range(4 * sum(cuts)))
        sliced, whole, at = connected(), connected(), 0
        frames = []
        for cut in cuts:
            frames += sliced.binary(sound[at : at + 4 * cut])
            at += 4 * cut
        frames += sliced.text(say(type="end"))
        assert frames == whole.binary(sound) + whole.text(say(type="end"))

    def test_the_rest_is_filled_up_to_a_millisecond(self) -> None:
        dialect = connected()
        assert dialect.binary(b"\1\0\2\0" * 9) == []
        agent, customer, ended = dialect.text(say(type="end"))
        assert (agent.duration_ms, agent.pcm) == (2, b"\1\0" * 9 + bytes(14))
        assert (customer.started_ms, customer.at_ms, ended.at_ms) == (0, 2, 2)

    def test_an_empty_message_is_nothing(self) -> None:
        assert connected().binary(b"") == []

    def test_what_cannot_be_is_refused(self) -> None:
        assert code_of(connected().binary, b"abc") == "bad_audio"
        assert code_of(connected().binary, bytes(LONGEST_AUDIO + 4)) == "too_big"

    def test_the_clock_does_not_part_the_sides(self) -> None:
        wall = ManualClock()

        class Hasty(ManualClock):
            """Goes on with every look at it, as a real one does."""

            def now_ms(self) -> int:
                wall.advance(1)
                return wall.now_ms()

        frames = connected(CallClock(Hasty())).binary(bytes(40 * MS_BYTES))
        assert [f.started_ms for f in frames] == [0, 0, 20, 20]


class TestControl:
    def test_every_kind(self) -> None:
        dialect = connected()
        dialect.binary(bytes(100 * MS_BYTES))
        at = {"call_id": "c1", "at_ms": 100}
        for text, event in (
            (say(type="hold"), Hold(**at)),
            (say(type="resumed"), Resumed(**at)),
            (say(type="muted", channel="agent"), Muted(**at, channel="agent")),
            (say(type="unmuted", channel="agent"), Unmuted(**at, channel="agent")),
            (say(type="paused", reason="card"), AudioPaused(**at, reason="card")),
            (say(type="resumed_audio"), AudioResumed(**at)),
        ):
            assert dialect.text(text) == [event]
        assert not dialect.dialect.ended
        assert dialect.text(say(type="end", reason="done")) == [CallEnded(**at, reason="done")]
        assert dialect.dialect.ended

    def test_an_unknown_kind_is_passed_over(self) -> None:
        assert connected().text(say(type="dtmf", digit="1")) == []

    def test_time_goes_on_through_a_pause_by_the_callers_clock(self) -> None:
        wall = ManualClock()
        dialect = connected(CallClock(wall))
        dialect.binary(bytes(30 * MS_BYTES))
        *frames, paused = dialect.text(say(type="paused"))
        assert [f.duration_ms for f in frames] == [10, 10]
        assert paused.at_ms == 30
        wall.advance(5000)
        dialect.text(say(type="hold"))
        assert dialect.text(say(type="resumed_audio"))[0].at_ms == 5030
        wall.advance(1000)
        assert dialect.text(say(type="resumed"))[0].at_ms == 6030
        wall.advance(1000)
        frame, _ = dialect.binary(bytes(20 * MS_BYTES))
        assert (frame.started_ms, frame.at_ms) == (6030, 6050)

    def test_reasons_for_silence_are_counted_once(self) -> None:
        wall = ManualClock()
        dialect = connected(CallClock(wall))
        for text in (say(type="hold"), say(type="hold"), say(type="resumed"), say(type="resumed")):
            dialect.text(text)
        wall.advance(1000)
        assert dialect.text(say(type="end"))[0].at_ms == 0

    def test_lost_sound_of_both_moves_time_on(self) -> None:
        dialect = connected()
        dialect.binary(bytes(30 * MS_BYTES))
        events = dialect.text(say(type="lost", lost_ms=500, reason="network"))
        assert [type(e) for e in events] == [AudioFrame, AudioFrame, AudioLost, AudioLost]
        assert [(e.channel, e.lost_ms, e.at_ms, e.reason) for e in events[2:]] == [
            ("agent", 500, 530, "network"),
            ("customer", 500, 530, "network"),
        ]
        assert dialect.binary(bytes(20 * MS_BYTES))[0].started_ms == 530

    def test_lost_sound_of_one_does_not(self) -> None:
        dialect = connected()
        dialect.binary(bytes(20 * MS_BYTES))
        assert dialect.text(say(type="lost", lost_ms=40, channel="agent")) == [
            AudioLost(call_id="c1", at_ms=20, channel="agent", lost_ms=40)
        ]

    @pytest.mark.parametrize(
        "fields",
        [
            {"type": "lost", "lost_ms": 0},
            {"type": "lost", "lost_ms": 10**9},
            {"type": "lost", "lost_ms": 5, "channel": "mixed"},
            {"type": "muted", "channel": "mixed"},
            {"type": "unmuted", "channel": "mixed"},
        ],
    )
    def test_what_cannot_be_is_refused(self, fields: dict[str, object]) -> None:
        assert code_of(connected().text, say(**fields)) == "bad_message"

    def test_long_texts_are_refused(self) -> None:
        assert code_of(Tapped(PlainDialect()).text, "x" * (LONGEST_HELLO + 1)) == "too_big"
        assert code_of(connected().text, "x" * (LONGEST_TEXT + 1)) == "too_big"


class TestEnd:
    def test_a_closed_connection_ends_nothing(self) -> None:
        assert connected().closed() == []

    def test_nothing_comes_after(self) -> None:
        dialect = connected()
        dialect.text(say(type="end"))
        assert code_of(dialect.binary, b"") == "ended"
        assert code_of(dialect.text, say(type="hold")) == "ended"

    def test_the_client_is_told_why(self) -> None:
        dialect = PlainDialect()
        assert dialect.refuse(ProtocolError("no room", "full")) == [
            Reply('{"type":"error","code":"full","text":"no room"}')
        ]
        assert dialect.ended


@given(
    st.lists(
        st.binary(max_size=99)
        | st.text(max_size=40)
        | st.sampled_from(["hold", "resumed", "paused", "resumed_audio", "end", "x"]).map(lambda kind: say(type=kind))
        | st.builds(say, type=st.just("lost"), lost_ms=st.integers(-5, 10**7), channel=st.sampled_from(["agent", None]))
    )
)
def test_nothing_a_client_sends_breaks_it(messages: list[bytes | str]) -> None:
    dialect = connected()
    last_ms = 0
    for message in messages:
        with suppress(ProtocolError):
            receive = dialect.text if isinstance(message, str) else dialect.binary
            for event in receive(message):
                assert event.at_ms >= last_ms
                last_ms = event.at_ms


@given(st.sampled_from([8000, 16000]), st.permutations(["agent", "customer"]), st.integers(1, 6))
def test_what_the_client_sends_is_what_the_service_hears(rate_hz: int, order: list[str], count: int) -> None:
    hello = Hello(version=1, call_id="c1", rate_hz=rate_hz, channels=tuple(order))
    sender, dialect = PlainSender(hello), Tapped(PlainDialect())
    size = rate_hz // 1000 * FRAME_MS * 2
    sent = [
        AudioFrame(
            call_id="c1",
            at_ms=(n + 1) * FRAME_MS,
            channel=channel,
            pcm=bytes((n + side) % 256 for _ in range(size)),
            rate_hz=rate_hz,
            started_ms=n * FRAME_MS,
            duration_ms=FRAME_MS,
        )
        for n in range(count)
        for side, channel in enumerate(order)
    ]
    [reply] = dialect.text(sender.start())
    assert sender.receive_text(reply.message).call_id == "c1"
    heard = [event for frame in sent for message in sender.send(frame) for event in dialect.binary(message)]
    assert heard == sent
