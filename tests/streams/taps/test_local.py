"""The tap whole, without a device: calls told by their voices or by hand, and what was lost of them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.clock import CallClock, ManualClock
from streams.engine import Samples
from streams.events import AudioFrame
from streams.taps.dialect import Began, SayEnd, SayLost, Sound, Timed
from streams.taps.local import LEAD_MS, LocalSettings, LocalTap
from streams.taps.local_slots import SIDES
from streams.taps.local_wire import Alive, Captured, Closed, Opened, Side
from streams.taps.timeline import Timeline

BLOCK_MS = 20
QUIET = bytes(640)
VOICE = (np.sin(np.arange(320) / 5) * 9000).astype("<i2").tobytes()
BOTH: frozenset[Side] = frozenset(SIDES)
NOBODY: frozenset[Side] = frozenset()


class Loud:
    """Takes all that is loud for speech."""

    def probabilities(self, frames: Sequence[Samples]) -> list[float]:
        return [float(np.abs(frame).max() > 0.1) for frame in frames]

    def reset(self) -> None:
        pass


class Desk:
    """A tap and two devices that deliver on time, as far as they are there."""

    def __init__(self, settings: LocalSettings | None = None) -> None:
        self.tap = LocalTap(
            settings or LocalSettings(echo_gate=False, idle_end_ms=5_000), {side: Loud() for side in SIDES}
        )
        self.now_us = 50_000_000
        self.pieces: list[Began | Timed] = []
        for side in SIDES:
            self.pieces += self.tap.feed(side, Opened(self.now_us, side, side.title()))

    def go(self, duration_ms: int, voices: frozenset[Side] = NOBODY, there: frozenset[Side] = BOTH) -> "Desk":
        for _ in range(duration_ms // BLOCK_MS):
            self.now_us += BLOCK_MS * 1000
            for side in SIDES:
                if side in there:
                    pcm = VOICE if side in voices else QUIET
                    self.pieces += self.tap.feed(side, Captured(self.now_us, pcm))
            self.pieces += self.tap.advance(self.now_us)
        return self

    def close(self, side: Side, reason: str) -> None:
        self.pieces += self.tap.feed(side, Closed(self.now_us, reason))

    def of(self, kind: type) -> list[Began | Timed]:
        return [piece for piece in self.pieces if isinstance(piece, kind)]

    @property
    def heard_ms(self) -> int:
        return sum(len(piece.pcm) // 64 for piece in self.pieces if isinstance(piece, Sound))

    @property
    def lost(self) -> Mapping[Side, int]:
        said = [piece for piece in self.pieces if isinstance(piece, SayLost)]
        return {side: sum(piece.lost_ms for piece in said if piece.channel == side) for side in SIDES}


AGENT: frozenset[Side] = frozenset({"agent"})
CUSTOMER: frozenset[Side] = frozenset({"customer"})


def test_a_call_told_by_its_voices_has_its_greeting_and_ends_in_silence() -> None:
    desk = Desk().go(20_000).go(2_000, AGENT).go(500).go(2_000, CUSTOMER)
    assert desk.tap.in_call
    assert [type(piece) for piece in desk.pieces[:2]] == [Began, Sound]
    assert desk.of(Began) == [Began(call_id="", channels=("agent", "customer"))]
    greeting = desk.pieces[1]
    assert isinstance(greeting, Sound)
    sides = np.frombuffer(greeting.pcm, "<i2").reshape(-1, 2)
    spoken = np.flatnonzero(np.abs(sides[:, 0]) > 1000)
    assert 0 < spoken[0] / 16 < LEAD_MS
    assert len(spoken) > 1_900 * 16 * 0.7
    desk.go(8_000)
    assert desk.pieces[-1] == SayEnd("silence")
    assert not desk.tap.in_call
    # Some 40 ms are still on their way when it begins.
    assert abs(desk.heard_ms - (LEAD_MS + 4_500 + 5_000)) < 600
    assert desk.lost == {"agent": 0, "customer": 0}


def test_a_call_begun_by_hand_has_nothing_from_before() -> None:
    desk = Desk(LocalSettings(start="hotkey", echo_gate=False, idle_end_ms=0))
    desk.go(3_000, BOTH)
    assert desk.pieces == []
    desk.pieces += desk.tap.begin("crm-7", desk.now_us)
    assert desk.pieces == [Began(call_id="crm-7", channels=("agent", "customer"))]
    assert desk.tap.begin("", desk.now_us) == []
    desk.go(1_000, BOTH)
    assert 900 <= desk.heard_ms <= 1_000
    desk.pieces += desk.tap.end()
    assert desk.pieces[-1] == SayEnd("hung_up")
    assert desk.tap.end() == []
    desk.pieces += desk.tap.begin("", desk.now_us)
    assert desk.pieces[-1] == Began(call_id="", channels=("agent", "customer"))


def test_a_loopback_that_plays_nothing_is_silent_and_not_lost() -> None:
    desk = Desk()
    desk.pieces += desk.tap.begin("", desk.now_us)
    desk.go(1_000).go(4_000, AGENT, there=AGENT).go(1_000, CUSTOMER)
    assert desk.lost == {"agent": 0, "customer": 0}
    assert abs(desk.heard_ms - 6_000) <= 120
    assert desk.tap.late_ms == {"agent": 0, "customer": 0}


def test_a_device_that_is_gone_is_said_while_it_is_and_to_the_end() -> None:
    desk = Desk()
    desk.pieces += desk.tap.begin("", desk.now_us)
    desk.go(1_000, BOTH)
    desk.close("agent", "unplugged")
    desk.go(2_500, CUSTOMER, there=CUSTOMER)
    said = [piece for piece in desk.of(SayLost) if isinstance(piece, SayLost)]
    assert [(piece.lost_ms, piece.channel, piece.reason) for piece in said[:2]] == [(1_000, "agent", "unplugged")] * 2
    desk.pieces += desk.tap.feed("agent", Opened(desk.now_us, "b", "Another"))
    desk.go(1_000, BOTH)
    assert 2_300 <= desk.lost["agent"] <= 2_700
    assert desk.lost["customer"] == 0
    assert abs(desk.heard_ms - 4_500) <= 120
    before = desk.lost["agent"]
    desk.go(2_000, BOTH)
    assert desk.lost["agent"] == before


def test_what_a_device_said_last_is_heard() -> None:
    desk = Desk()
    desk.pieces += desk.tap.begin("", desk.now_us)
    desk.go(1_000).go(500, there=CUSTOMER)
    desk.pieces += desk.tap.feed("agent", Captured(desk.now_us, VOICE))
    desk.close("agent", "unplugged")
    desk.go(1_000, there=CUSTOMER)
    sides = np.concatenate([np.frombuffer(piece.pcm, "<i2") for piece in desk.pieces if isinstance(piece, Sound)])
    assert np.count_nonzero(np.abs(sides[::2].astype(int)) > 100) > 200


def test_a_microphone_that_delivers_nothing_is_lost() -> None:
    desk = Desk()
    assert not desk.tap.in_call
    desk.pieces += desk.tap.begin("", desk.now_us)
    assert desk.tap.in_call
    desk.go(1_000)
    for _ in range(10):
        desk.go(500, CUSTOMER, there=CUSTOMER)
        desk.pieces += desk.tap.feed("agent", Alive(desk.now_us))
    assert 1_900 <= desk.lost["agent"] <= 3_100
    [first, *_] = [piece for piece in desk.of(SayLost) if isinstance(piece, SayLost)]
    assert first.reason == "the microphone delivers nothing"


def test_both_devices_away_let_time_go_on() -> None:
    desk = Desk()
    desk.pieces += desk.tap.begin("", desk.now_us)
    desk.go(1_000, BOTH)
    for side in SIDES:
        desk.close(side, "no sound server")
    desk.go(4_000, there=NOBODY)
    assert all(3_000 <= lost <= 4_000 for lost in desk.lost.values())
    assert abs(desk.heard_ms - 5_000) <= 420


def test_a_machine_that_slept_has_lost_the_night() -> None:
    desk = Desk(LocalSettings(echo_gate=False, idle_end_ms=0))
    desk.pieces += desk.tap.begin("", desk.now_us)
    desk.go(1_000, BOTH)
    desk.now_us += 3_600_000_000
    desk.go(2_000, BOTH)
    assert all(abs(lost - 3_600_000) < 1_000 for lost in desk.lost.values())


def test_the_end_of_a_call_tells_what_was_lost_to_the_last() -> None:
    desk = Desk()
    desk.pieces += desk.tap.begin("", desk.now_us)
    desk.go(1_000, BOTH)
    desk.close("customer", "gone")
    desk.go(700, AGENT, there=AGENT)
    desk.pieces += desk.tap.end()
    assert isinstance(desk.pieces[-2], SayLost)
    assert desk.pieces[-1] == SayEnd("hung_up")
    assert 500 <= desk.lost["customer"] <= 700


def test_the_echo_is_gated_where_that_is_wanted() -> None:
    desk = Desk(LocalSettings(idle_end_ms=0))
    desk.pieces += desk.tap.begin("", desk.now_us)
    for _ in range(100):
        desk.now_us += 20_000
        desk.pieces += desk.tap.feed("agent", Captured(desk.now_us, bytes(np.frombuffer(VOICE, "<i2") // 20)))
        desk.pieces += desk.tap.feed("customer", Captured(desk.now_us, VOICE))
    assert desk.tap.silenced_ms > 1_000
    assert desk.tap.drift_ppm == {"agent": 0.0, "customer": 0.0}


def frames(pieces: list[Began | Timed]) -> Iterator[AudioFrame]:
    line = Timeline(Began(call_id="c", channels=SIDES), CallClock(ManualClock()))
    for piece in pieces:
        if not isinstance(piece, Began):
            yield from (event for event in line.feed(piece) if isinstance(event, AudioFrame))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["both", "agent", "customer", "none"]), st.integers(1, 40)), max_size=12))
def test_a_calls_time_is_the_machines_whatever_devices_do(course: list[tuple[str, int]]) -> None:
    there: dict[str, frozenset[Side]] = {"both": BOTH, "agent": AGENT, "customer": CUSTOMER, "none": NOBODY}
    desk = Desk(LocalSettings(echo_gate=False, idle_end_ms=0, start="hotkey"))
    desk.pieces += desk.tap.begin("", desk.now_us)
    lasted_ms = 0
    for who, blocks in course:
        desk.go(blocks * BLOCK_MS, BOTH, there[who])
        lasted_ms += blocks * BLOCK_MS
    # Whoever went away last is waited for.
    assert lasted_ms - 480 <= desk.heard_ms <= lasted_ms + 20
    ends = [frame.started_ms + frame.duration_ms for frame in frames(desk.pieces)]
    assert ends == sorted(ends)


def test_settings_that_are_not_named_are_the_files() -> None:
    assert LocalSettings() == LocalSettings(start="voice", idle_end_ms=45_000, echo_gate=True)
    with pytest.raises(AttributeError):
        LocalSettings().start = "hotkey"  # type: ignore[misc]
