"""AudioHook sessions as the platform leads them, and everything that a client may get wrong."""

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ProtocolError
from streams.events import AudioFrame, AudioLost, AudioPaused, AudioResumed, CallEnded, Utterance
from streams.taps.audiohook import LONGEST_TEXT, AudioHook, choose, duration_ms
from streams.taps.dialect import Began, Reply, SayEnd
from tests.streams.taps.tapped import Tapped

SESSION = "5f1c0f6e-2f4b-4f63-9d4c-1d0b7a1f2a01"
ZEROS = "00000000-0000-0000-0000-000000000000"


def offer(*channels: str, kind: str = "PCMU", **changes: Any) -> dict[str, Any]:
    return {"type": "audio", "format": kind, "channels": [*channels], "rate": 8000, **changes}


STEREO = offer("external", "internal")


def said(number: int) -> Utterance:
    return Utterance(
        call_id="c", at_ms=9, channel="customer", utterance=number, started_ms=0, ended_ms=9, text="hello there"
    )


class Platform:
    """The client's end, counting as the platform does."""

    def __init__(self, **manners: Any) -> None:
        self.dialect = AudioHook(**manners)
        self.tapped = Tapped(self.dialect)
        self.seq = 0
        self.heard: list[dict[str, Any]] = []

    def says(self, kind: str, parameters: dict[str, Any] | None = None, **changes: Any) -> list[Any]:
        """The events that a message makes; answers are checked and put aside."""
        self.seq += 1
        message = {
            "version": "2",
            "id": SESSION,
            "type": kind,
            "seq": self.seq,
            "serverseq": len(self.heard),
            "position": "PT0S",
            "parameters": parameters or {},
            **changes,
        }
        events = []
        for event in self.tapped.text(json.dumps(message)):
            if isinstance(event, Reply):
                self.takes(event)
            else:
                events.append(event)
        return events

    def takes(self, reply: Reply) -> None:
        answer = json.loads(reply.message)
        self.heard.append(answer)
        assert (answer["version"], answer["id"]) == ("2", SESSION)
        assert (answer["seq"], answer["clientseq"]) == (len(self.heard), self.seq)

    def opens(self, *media: dict[str, Any], **changes: Any) -> "Platform":
        parameters = {
            "organizationId": "org",
            "conversationId": "2b1e",
            "participant": {"id": "p1", "ani": "+1555", "aniName": "Ann", "dnis": "+1800"},
            "media": [*media] or [STEREO],
            "language": "en-US",
            "customConfig": {"agent": "a17"},
            **changes,
        }
        assert self.says("open", parameters) == []
        return self


def code_of(call, *arguments, **named) -> str:
    with pytest.raises(ProtocolError) as caught:
        call(*arguments, **named)
    return caught.value.code


class TestSession:
    def test_open_is_answered_before_the_call_begins(self) -> None:
        dialect = AudioHook()
        message = {
            "version": "2",
            "id": SESSION,
            "type": "open",
            "seq": 1,
            "serverseq": 0,
            "position": "PT0S",
            "parameters": {"conversationId": "c", "media": [STEREO], "continuedSessions": [{"id": "x"}]},
        }
        opened, began = dialect.receive_text(json.dumps(message))
        assert json.loads(opened.message)["parameters"] == {"media": [STEREO], "startPaused": False}  # type: ignore[union-attr]
        assert began == Began(call_id="c", channels=("customer", "agent"), facts={"conversationId": "c"})

    def test_the_whole_of_a_call(self) -> None:
        platform = Platform().opens()
        assert platform.tapped.began is not None
        assert platform.tapped.began.facts["customConfig.agent"] == "a17"
        assert platform.tapped.began.facts["participant.ani"] == "+1555"
        frames = platform.tapped.binary(b"\xff\x7f" * 1600)
        assert len(frames) == 20
        assert {frame.channel for frame in frames} == {"customer", "agent"}
        platform.says("ping")
        platform.says("ping", {"rtt": "PT0.012S"})
        assert [answer["type"] for answer in platform.heard] == ["opened", "pong", "pong"]
        [ended] = platform.says("close", {"reason": "end"})
        assert ended == CallEnded(call_id="2b1e", at_ms=200, reason="hung_up")
        assert platform.heard[-1]["type"] == "closed"
        assert platform.dialect.ended
        assert code_of(platform.says, "ping") == "400"
        assert code_of(platform.tapped.binary, b"") == "400"

    def test_a_probe_makes_no_call(self) -> None:
        platform = Platform().opens(conversationId=ZEROS, participant={"id": ZEROS, "ani": "", "dnis": ""})
        assert platform.tapped.began is None
        assert platform.tapped.binary(b"") == platform.tapped.binary(bytes(3200)) == []
        assert platform.says("paused") == platform.says("resumed") == []
        assert platform.says("discarded", {"start": "PT0S", "discarded": "PT1S"}) == []
        assert platform.says("close", {"reason": "end"}) == []
        assert [answer["type"] for answer in platform.heard] == ["opened", "closed"]
        assert platform.tapped.closed() == []

    def test_last_words_come_before_the_goodbye_and_nothing_after_it(self) -> None:
        platform = Platform().opens()
        spoken = Utterance(
            call_id="2b1e", at_ms=9, channel="agent", utterance=0, started_ms=0, ended_ms=5, text="goodbye"
        )
        close = {"version": "2", "id": SESSION, "type": "close", "seq": 2, "serverseq": 1, "position": "PT0S"}
        platform.seq = 2
        [ended] = platform.dialect.receive_text(json.dumps({**close, "parameters": {"reason": "end"}}))
        assert ended == SayEnd("hung_up")
        for reply in [*platform.dialect.tell([spoken]), *platform.dialect.goodbye()]:
            platform.takes(reply)
        assert [answer["type"] for answer in platform.heard] == ["opened", "event", "closed"]
        assert platform.dialect.goodbye() == platform.dialect.tell([spoken]) == []

    @pytest.mark.parametrize(
        ("reason", "named"), [("disconnect", "disconnected"), ("error", "platform_error"), ("new one", "closed")]
    )
    def test_other_endings(self, reason: str, named: str) -> None:
        assert Platform().opens().says("close", {"reason": reason})[0].reason == named

    def test_a_session_that_reconnects_ends_no_call(self) -> None:
        platform = Platform().opens()
        assert platform.says("close", {"reason": "reconnect"}) == []
        assert platform.dialect.ended

    def test_pauses_and_holes(self) -> None:
        platform = Platform().opens()
        assert [type(event) for event in platform.says("paused")] == [AudioPaused]
        assert platform.says("paused") == []
        assert [type(event) for event in platform.says("resumed", {"start": "PT1S", "discarded": "PT2S"})] == [
            AudioResumed
        ]
        assert platform.says("resumed") == []
        lost = platform.says("discarded", {"start": "PT1S", "discarded": "PT1.25S"})
        assert [(type(event), event.lost_ms) for event in lost] == [(AudioLost, 1250)] * 2
        assert platform.says("discarded", {"start": "PT1S", "discarded": "PT0S"}) == []

    def test_what_else_it_says(self) -> None:
        platform = Platform().opens()
        platform.says("update", {"language": "de-DE"})
        assert platform.heard[-1]["type"] == "updated"
        for kind, parameters in (("dtmf", {"digit": "1"}), ("error", {"code": 408, "message": "m"}), ("new", {})):
            assert platform.says(kind, parameters) == []
        assert [remark[:20] for remark in platform.tapped.remarks] == ["the platform reports", "the platform sends a"]

    def test_what_the_service_may_say(self) -> None:
        platform = Platform().opens()
        for reply in (
            platform.dialect.pause(),
            platform.dialect.resume(),
            *platform.dialect.tell([said(number) for number in range(21)]),
            platform.dialect.disconnect("done"),
        ):
            platform.takes(reply)
        assert [answer["type"] for answer in platform.heard[1:]] == ["pause", "resume", "event", "event", "disconnect"]
        assert [len(told["parameters"]["entities"]) for told in platform.heard[3:5]] == [20, 1]
        assert platform.says("close", {"reason": "disconnect"})[0].reason == "disconnected"

    def test_it_is_told_nothing_before_it_is_open_nor_of_other_sides(self) -> None:
        platform = Platform()
        assert platform.dialect.tell([said(0)]) == []
        platform.opens()
        mixed = msgspec.structs.replace(said(0), channel="mixed")
        assert platform.dialect.tell([mixed]) == []

    def test_a_refused_client_may_still_close(self) -> None:
        platform = Platform().opens()
        [reply] = platform.dialect.refuse(ProtocolError("too many calls", "too_many"))
        platform.takes(reply)
        assert platform.heard[-1]["parameters"] == {"reason": "error", "info": "too_many: too many calls"}
        assert not platform.dialect.ended
        assert platform.tapped.binary(b"odd") == platform.says("ping") == []
        assert platform.says("close", {"reason": "disconnect"}) == []
        assert platform.heard[-1]["type"] == "closed"
        assert platform.dialect.ended

    def test_who_has_no_right_is_told_so(self) -> None:
        [reply] = AudioHook(session_id="s").refuse(ProtocolError("no", "unauthorized"))
        assert json.loads(reply.message)["parameters"]["reason"] == "unauthorized"


class TestMedia:
    def test_both_sides_are_better_than_one(self) -> None:
        one, two, l16 = offer("external"), offer("internal", "external"), offer("external", "internal", kind="L16")
        assert choose([one, l16, two], "customer").offered == two
        assert choose([one, l16, two], "customer", ("L16", "PCMU")).offered == l16
        assert choose([one], "customer").channels == ("customer",)

    def test_the_order_is_that_of_the_medium(self) -> None:
        assert choose([offer("internal", "external")], "customer").channels == ("agent", "customer")
        assert choose([offer("internal", "external")], "agent").channels == ("customer", "agent")

    def test_l16_comes_as_it_is(self) -> None:
        platform = Platform().opens(offer("internal", "external", kind="L16"))
        frames = platform.tapped.binary(b"\1\0\2\0" * 160)
        assert [(frame.channel, frame.pcm[:2]) for frame in frames] == [("agent", b"\1\0"), ("customer", b"\2\0")]

    @pytest.mark.parametrize(
        "media",
        [
            None,
            [],
            [3],
            [offer("external", rate=16_000)],
            [offer("external", kind="OPUS")],
            [offer("external", type="video")],
            [offer()],
            [offer("external", "external")],
            [offer("left")],
            [{**offer(), "channels": "external"}],
            [{**offer(), "channels": [["external"]]}],
        ],
    )
    def test_what_cannot_be_taken(self, media: object) -> None:
        assert code_of(choose, media, "customer") == "415"


class TestMistakes:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"version": 2}, "400"),
            ({"version": "3"}, "400"),
            ({"id": "another"}, "400"),
            ({"id": 7}, "400"),
            ({"type": None}, "400"),
            ({"parameters": 3}, "400"),
            ({"position": "PT1e-05S"}, "400"),
            ({"position": "PT1M"}, "400"),
            ({"position": None}, "400"),
            ({"seq": "2"}, "400"),
            ({"seq": True}, "400"),
            ({"seq": 1}, "409"),
            ({"seq": 3}, "409"),
            ({"seq": 2**31}, "409"),
            ({"serverseq": 2}, "409"),
            ({"serverseq": -1}, "409"),
            ({"serverseq": 2**63}, "409"),
            ({"serverseq": 1.5}, "400"),
        ],
    )
    def test_of_the_envelope(self, changes: dict[str, Any], code: str) -> None:
        assert code_of(Platform().opens().says, "ping", **changes) == code

    @pytest.mark.parametrize(
        ("parameters", "code"),
        [
            ({"organizationId": "another"}, "400"),
            ({"conversationId": ""}, "400"),
            ({"conversationId": None}, "400"),
            ({"media": []}, "415"),
        ],
    )
    def test_of_open(self, parameters: dict[str, Any], code: str) -> None:
        platform = Platform(organization_id="org")
        full = {"organizationId": "org", "conversationId": "c", "media": [STEREO], **parameters}
        assert code_of(platform.says, "open", full) == code

    def test_of_order(self) -> None:
        assert code_of(Platform().says, "ping") == "400"
        assert code_of(Platform().tapped.binary, b"\xff\xff") == "400"
        platform = Platform().opens()
        assert code_of(platform.says, "open", {}) == "400"
        assert code_of(Platform(session_id="another").says, "open") == "400"
        early = Platform()
        assert early.says("close", {"reason": "error"}) == []
        assert early.heard[-1]["type"] == "closed"

    def test_of_content(self) -> None:
        platform = Platform().opens()
        assert code_of(platform.says, "discarded", {"discarded": "soon"}) == "400"
        assert code_of(platform.says, "discarded", {"discarded": "PT9999999S"}) == "400"
        assert code_of(platform.tapped.binary, b"odd") == "400"
        assert code_of(platform.tapped.binary, bytes(1 << 20)) == "413"
        assert code_of(platform.tapped.text, "x" * (LONGEST_TEXT + 1)) == "413"
        assert code_of(platform.tapped.text, "{") == "400"
        assert platform.tapped.binary(b"") == []


@pytest.mark.parametrize(
    ("text", "ms"), [("PT0S", 0), ("PT1.2S", 1200), ("PT.5S", 500), ("PT12S", 12_000), ("PT0.0129S", 12)]
)
def test_durations(text: str, ms: int) -> None:
    assert duration_ms(text) == ms


KINDS = ["open", "ping", "paused", "resumed", "discarded", "update", "error", "close", "x", "", 3]
VALUES = ["PT1S", "PT0.02S", "PT-1S", "end", "reconnect", "c", ZEROS, None, 7, [STEREO], {"id": ZEROS}]
SAYING = st.tuples(
    st.sampled_from(KINDS),
    st.dictionaries(
        st.sampled_from(["reason", "discarded", "media", "conversationId", "participant", "code"]),
        st.sampled_from(VALUES),
    ),
    st.dictionaries(
        st.sampled_from(["seq", "serverseq", "id"]), st.integers(-1, 2**64) | st.text(max_size=3), max_size=1
    ),
)


@given(st.booleans(), st.lists(st.binary(max_size=700) | st.text(max_size=30) | SAYING, max_size=12))
def test_nothing_a_client_sends_breaks_it(opened: bool, messages: list[Any]) -> None:
    platform = Platform()
    if opened:
        platform.opens()
    last_ms = 0
    for message in messages:
        said: list[Any] = []
        with suppress(ProtocolError):
            if isinstance(message, tuple):
                kind, parameters, changes = message
                seq = platform.dialect._seen + 1
                envelope = {"version": "2", "id": SESSION, "type": kind, "seq": seq, "serverseq": 0, "position": "PT0S"}
                said = platform.tapped.text(json.dumps({**envelope, "parameters": parameters, **changes}))
            elif isinstance(message, str):
                said = platform.tapped.text(message)
            else:
                said = platform.tapped.binary(message)
        for event in said:
            if not isinstance(event, Reply):
                assert isinstance(event, AudioFrame | AudioLost | AudioPaused | AudioResumed | CallEnded)
                assert event.at_ms >= last_ms
                last_ms = event.at_ms
