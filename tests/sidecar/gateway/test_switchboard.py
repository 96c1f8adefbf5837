"""Calls find their workstations, wait for them, and lose nothing that is not said."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.gateway.messages import (
    GatewayBeat,
    Leaving,
    LineBegins,
    LineEnded,
    LineOver,
    LinePiece,
    LineTold,
    Ready,
    Unwanted,
)
from sidecar.gateway.switchboard import Ended, Patience, Send, Step, Switchboard, Told
from streams.errors import ProtocolError
from streams.events import Channel, Utterance
from streams.taps.dialect import (
    Began,
    Hole,
    SayEnd,
    SayHold,
    SayLost,
    SayMuted,
    SayPaused,
    SayResumed,
    SayResumedAudio,
    SayUnmuted,
    Sound,
)
from streams.taps.relay import RelayDialect

BOTH: tuple[Channel, ...] = ("agent", "customer")
BEGAN = Began(call_id="c1", channels=BOTH)
SOUND = Sound(BOTH, bytes(4 * 160), 8_000)
ANA, BEN = b"peer of ana", b"peer of ben"


def board(park_s: float = 10, resume_s: float = 30) -> Switchboard:
    return Switchboard("gw", Patience(park_s, resume_s))


def ready(board: Switchboard, now_ms: int = 0, boot: str = "b1") -> Step:
    return board.hear(ANA, "ana", ("a17",), Ready(boot=boot, start=boot), now_ms)


def sent(step: Step) -> list[object]:
    """What a step sends, pieces unpacked."""
    return [send.message if send.piece is None else send.piece for send in step.sends]


def line_of(step: Step) -> int:
    return next(send.message.line for send in step.sends if isinstance(send.message, LineBegins))


def test_a_call_goes_to_the_workstation_of_its_agent() -> None:
    switch = board()
    assert sent(ready(switch)) == [GatewayBeat(gateway="gw", you="ana", agents=("a17",), every_ms=1_000, lines=())]
    switch.hear(BEN, "ben", ("b3",), Ready(boot="x"), 0)
    begun = switch.begin(1, "twilio", BEGAN, "a17", 5)
    assert [send.peer for send in begun.sends] == [ANA, ANA]
    assert sent(begun) == [LineBegins(1, "twilio"), BEGAN]
    assert sent(switch.take(1, SOUND)) == [SOUND]
    assert switch.hang_up(1, broken=False).sends == (Send(ANA, LineOver(1, broken=False)),)
    assert switch.hang_up(1, broken=True) == Step()
    assert switch.stations == {"ana": ("a17",), "ben": ("b3",)}


def test_nobodys_call_is_refused_and_without_parking_an_absent_agents_too() -> None:
    with pytest.raises(ProtocolError, match="does not say whose"):
        board().begin(1, "twilio", BEGAN, "", 0)
    with pytest.raises(ProtocolError, match="no workstation is here for agent a17") as caught:
        board(park_s=0).begin(1, "twilio", BEGAN, "a17", 0)
    assert caught.value.code == "no_agent"


def test_a_parked_call_begins_late_and_says_what_was_missed() -> None:
    switch = board()
    assert switch.begin(1, "twilio", BEGAN, "a17", 0) == Step()
    assert switch.waiting == 1
    for piece in (SOUND, SOUND, Hole(("agent",), 100, "x"), SayLost(7), SayLost(3, "customer"), SayHold()):
        assert switch.take(1, piece) == Step()
    for control in (SayResumed(), SayHold(), SayPaused("card"), SayMuted("agent"), SayUnmuted("agent")):
        switch.take(1, control)
    switch.take(1, SayResumedAudio())
    beat, *rest = sent(ready(switch, 500))
    assert isinstance(beat, GatewayBeat)
    assert rest == [
        LineBegins(1, "twilio"),
        BEGAN,
        Hole(BOTH, 40, "gateway"),
        Hole(("agent",), 100, "gateway"),
        SayLost(7, None, "gateway"),
        SayHold(),
        SayResumedAudio(),
        SayUnmuted("agent"),
    ]
    assert sent(switch.take(1, SOUND)) == [SOUND]
    assert switch.waiting == 0


def test_a_call_waits_only_so_long() -> None:
    switch = board(park_s=10, resume_s=30)
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    assert switch.look(10_000) == Step()
    (ended,) = switch.look(10_001).ended
    assert ended.call == 1
    assert ended.error is not None
    assert ended.error.code == "no_agent"
    assert switch.look(99_000) == Step()


def test_a_workstation_that_went_away_is_waited_for_longer() -> None:
    switch = board(park_s=1, resume_s=30)
    ready(switch)
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    assert switch.look(10_000) == Step()
    assert switch.look(10_001).sends == (Send(ANA, LineOver(1, broken=True)),)
    switch.take(1, SOUND)
    switch.take(1, SayHold())
    assert switch.look(40_001) == Step()
    assert sent(ready(switch, 40_002, boot="b2"))[1:] == [
        LineBegins(2, "twilio"),
        BEGAN,
        Hole(BOTH, 20, "gateway"),
        SayHold(),
    ]


def test_a_workstation_that_saw_its_line_break_is_told_no_loss_of_its_own() -> None:
    switch = board()
    switch.hear(ANA, "ana", ("a17",), Ready(boot="s/1", start="s"), 0)
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    switch.look(10_001)
    switch.take(1, SOUND)
    again = sent(switch.hear(ANA, "ana", ("a17",), Ready(boot="s/2", start="s"), 11_000))
    assert again[1:] == [LineBegins(2, "twilio"), BEGAN]
    # The one that was only silent saw nothing.
    switch.look(21_001)
    switch.take(1, SOUND)
    again = sent(switch.hear(ANA, "ana", ("a17",), Ready(boot="s/2", start="s"), 21_100))
    assert again[1:] == [LineBegins(3, "twilio"), BEGAN, Hole(BOTH, 20, "gateway")]


def test_a_call_is_taken_from_who_may_have_its_agent_no_longer() -> None:
    switch = board()
    ready(switch)
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    over, beat = sent(switch.hear(ANA, "ana", ("b3",), Ready(boot="b1"), 100))
    assert over == LineOver(1, broken=True)
    assert isinstance(beat, GatewayBeat)
    assert beat.lines == ()
    assert switch.waiting == 1
    assert sent(switch.hear(BEN, "ben", ("a17",), Ready(boot="x"), 200))[1:] == [LineBegins(2, "twilio"), BEGAN]


def test_every_beat_says_which_lines_are_open() -> None:
    switch = board()
    ready(switch)
    switch.hear(BEN, "ben", ("b3",), Ready(boot="x"), 0)
    for call, agent in ((1, "a17"), (2, "b3"), (3, "a17")):
        switch.begin(call, "twilio", BEGAN, agent, 0)
    switch.dropped([switch.hang_up(1, broken=True).sends[0]])
    (beat,) = sent(ready(switch, 100))
    assert isinstance(beat, GatewayBeat)
    assert beat.lines == (3,)


def test_a_new_boot_takes_the_calls_of_the_old_one_over() -> None:
    switch = board()
    ready(switch)
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    over, beat, line, began = sent(ready(switch, 100, boot="b2"))
    assert (over, line, began) == (LineOver(1, broken=True), LineBegins(2, "twilio"), BEGAN)
    assert isinstance(beat, GatewayBeat)
    switch.begin(2, "twilio", BEGAN, "nobody's", 150)
    assert ready(switch, 200, boot="b2").sends[1:] == ()


def test_who_leaves_is_gone_at_once_and_an_old_boot_cannot_leave_for_a_new_one() -> None:
    switch = board()
    ready(switch, boot="b2")
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    assert switch.hear(ANA, "ana", ("a17",), Leaving(boot="b1"), 1) == Step()
    assert switch.hear(BEN, "ben", (), Leaving(boot="b1"), 1) == Step()
    assert sent(switch.hear(ANA, "ana", ("a17",), Leaving(boot="b2"), 1)) == [LineOver(1, broken=True)]
    assert switch.stations == {}


def test_a_workstation_that_is_busy_is_waited_for_and_one_whose_connection_is_gone_is_not() -> None:
    switch = board()
    ready(switch)
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    assert switch.look(9_000) == Step()
    assert switch.gone(BEN, 9_000) == Step()
    (over,) = switch.gone(ANA, 9_000).sends
    assert isinstance(over.message, LineOver)
    assert (switch.stations, switch.waiting) == ({}, 1)
    assert switch.gone(ANA, 9_000) == Step()


def test_a_revoked_workstation_is_gone_at_once() -> None:
    switch = board()
    ready(switch)
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    assert sent(switch.revoke(["ana", "nobody"], 1)) == [LineOver(1, broken=True)]
    assert switch.waiting == 1


def test_the_workstation_may_end_its_own_lines_alone() -> None:
    switch = board()
    ready(switch)
    switch.hear(BEN, "ben", ("b3",), Ready(boot="x"), 0)
    line = line_of(switch.begin(1, "twilio", BEGAN, "a17", 0))
    assert switch.hear(BEN, "ben", ("b3",), LineEnded(line), 1) == Step()
    (ended,) = switch.hear(ANA, "ana", ("a17",), LineEnded(line, "too_many", "full"), 1).ended
    assert ended.error is not None
    assert (ended.error.code, str(ended.error)) == ("too_many", "full")
    assert switch.hear(ANA, "ana", ("a17",), LineEnded(line), 1) == Step()
    assert switch.take(1, SOUND) == Step()  # it came while the platform was being closed
    line = line_of(switch.begin(2, "twilio", BEGAN, "a17", 0))
    assert switch.hear(ANA, "ana", ("a17",), LineEnded(line), 1).ended == (Ended(2, None),)


def test_a_platform_is_told_by_its_own_workstation_where_it_may_be() -> None:
    switch = board()
    ready(switch)
    mute, open_to_it = (
        line_of(switch.begin(call, "audiohook", BEGAN, "a17", 0, tells=tells))
        for call, tells in ((1, False), (2, True))
    )
    spoken = Utterance(call_id="c1", at_ms=9, channel="agent", utterance=0, started_ms=0, ended_ms=5, text="hello")
    (told,) = RelayDialect(tells=True).tell([spoken])
    assert isinstance(told.message, bytes)
    said = LineTold(open_to_it, told.message)
    assert switch.hear(ANA, "ana", ("a17",), said, 0).told == (Told(2, (spoken,)),)
    assert switch.hear(BEN, "ben", ("b3",), said, 0) == Step()
    for line in (mute, 99):
        assert switch.hear(ANA, "ana", ("a17",), LineTold(line, told.message), 0) == Step()
    with pytest.raises(ProtocolError):
        switch.hear(ANA, "ana", ("a17",), LineTold(open_to_it, b"nonsense"), 0)


def test_another_schema_is_told_so() -> None:
    (send,) = board().hear(ANA, "ana", (), Ready(boot="b", schema=9), 0).sends
    assert isinstance(send.message, Unwanted)


def test_what_found_no_room_is_made_good_with_the_next_that_does() -> None:
    switch = board()
    ready(switch)
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    for piece in (SOUND, SayHold()):
        for send in switch.take(1, piece).sends:
            switch.dropped([send])
    switch.dropped([Send(ANA, GatewayBeat(gateway="gw", you="ana", agents=(), every_ms=1))])
    assert sent(switch.take(1, SOUND)) == [
        Hole(BOTH, 20, "gateway"),
        SayHold(),
        SOUND,
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_a_beginning_that_found_no_room_is_tried_again_with_the_next_beat(which: int) -> None:
    switch = board()
    ready(switch)
    switch.dropped([switch.begin(1, "twilio", BEGAN, "a17", 0).sends[which]])
    assert switch.waiting == 1
    switch.take(1, SOUND)
    assert sent(ready(switch, 100))[1:3] == [LineBegins(2, "twilio"), BEGAN]


def test_a_beginning_and_what_followed_it_that_found_no_room_together_are_both_made_good() -> None:
    switch = board()
    ready(switch)
    sends = [*switch.begin(1, "twilio", BEGAN, "a17", 0).sends]
    for piece in (SOUND, SayHold(), SOUND):
        sends += switch.take(1, piece).sends
    switch.dropped(sends)
    assert switch.waiting == 1
    assert sent(ready(switch))[2:] == [BEGAN, Hole(BOTH, 40, "gateway"), SayHold()]


def test_the_end_of_a_call_that_waits_is_not_forgotten() -> None:
    switch = board()
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    switch.take(1, SayEnd())
    assert sent(ready(switch))[-1] == SayEnd()


def heard_ms(pieces: Iterable[object]) -> float:
    """Sound and announced loss of the customer's side."""
    total = 0.0
    for piece in pieces:
        if isinstance(piece, Sound):
            total += 20
        elif isinstance(piece, Hole):
            total += piece.lost_ms
    return total


@given(st.lists(st.sampled_from(["sound", "drop", "beat", "quiet"]), max_size=80))
def test_sound_that_is_not_heard_is_announced(steps: list[str]) -> None:
    switch, delivered, total, room = board(park_s=1_000), [], 0, True
    switch.begin(1, "twilio", BEGAN, "a17", 0)

    def deliver(step: Step) -> None:
        for send in step.sends:
            if room:
                delivered.append(send.piece)
            else:
                switch.dropped([send])

    for step in steps:
        room = True
        if step == "beat":
            deliver(ready(switch))
        elif step != "quiet":
            room = step != "drop"
            total += 20
            deliver(switch.take(1, SOUND))
    room = True
    deliver(ready(switch))
    deliver(switch.take(1, SOUND))
    assert heard_ms(delivered) == total + 20


def test_pieces_are_packed_for_the_way() -> None:
    switch = board()
    ready(switch)
    switch.begin(1, "twilio", BEGAN, "a17", 0)
    (send,) = switch.take(1, SOUND).sends
    assert isinstance(send.message, LinePiece)
    assert send.message.line == 1
