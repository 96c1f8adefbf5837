"""The loudspeaker in the microphone: silenced alone, let through with the agent, harmless to a headset."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sidecar
from streams.audio import Upsampler, pcm_to_float
from streams.engine import Samples
from streams.recording import open_recording
from streams.taps.local_clock import Pcm
from streams.taps.local_echo import HANGOVER, UNKNOWN_SLOTS, EchoGate
from streams.taps.local_slots import SLOT

CALL = Path(sidecar.__file__).parent / "calls" / "missed-empathy.flac"
SECONDS = 24
RATE_HZ = 16_000


def voices() -> tuple[Samples, Samples]:
    """Agent and customer of a bundled call, 16 kHz, in the scale of 16 bits."""
    sides: dict[str, list[bytes]] = {"agent": [], "customer": []}
    for frame in open_recording(CALL).frames("c"):
        if frame.at_ms > SECONDS * 1000:
            break
        sides[frame.channel].append(frame.pcm)
    agent, customer = (Upsampler().feed(pcm_to_float(b"".join(side))) * 32768 for side in sides.values())
    return agent.astype(np.float32), customer.astype(np.float32)


AGENT, CUSTOMER = voices()


def overlapping() -> Samples:
    """The agent, 4 s later and so over what the customer says."""
    return np.roll(AGENT, 4 * RATE_HZ)


def room(sound: Samples, gain_db: float, delay_ms: int, ring_s: float) -> Samples:
    """What a microphone hears of a loudspeaker."""
    chance = np.random.default_rng(7)
    length = int(ring_s * RATE_HZ)
    response = chance.standard_normal(length) * np.exp(-np.arange(length) / RATE_HZ / ring_s * 6.9)
    response /= np.sqrt(np.sum(response**2))
    size = 2 * len(sound)
    heard = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size))[: len(sound)]
    delay = delay_ms * RATE_HZ // 1000
    return (np.concatenate([np.zeros(delay), heard[: len(sound) - delay]]) * 10 ** (gain_db / 20)).astype(np.float32)


def noise(level: float) -> Samples:
    return (np.random.default_rng(5).standard_normal(len(AGENT)) * level).astype(np.float32)


def pcm(sound: Samples) -> Pcm:
    return np.clip(sound, -32768, 32767).astype(np.int16)


def gated(gate: EchoGate, microphone: Samples, speaker: Samples) -> Samples:
    agent, customer = pcm(microphone), pcm(speaker)
    return np.concatenate(
        [gate.feed(agent[at : at + SLOT], customer[at : at + SLOT]) for at in range(0, len(agent) - SLOT + 1, SLOT)]
    ).astype(np.float32)


def loud(sound: Samples, rms: float) -> npt.NDArray[np.bool_]:
    """Which slots are louder than so much."""
    slots = sound[: len(sound) // SLOT * SLOT].reshape(-1, SLOT)
    return np.asarray(np.sqrt(np.mean(np.square(slots, dtype=np.float64), axis=1)) > rms)


def kept(heard: Samples) -> npt.NDArray[np.bool_]:
    """Which slots came through."""
    return np.asarray(heard.reshape(-1, SLOT).any(axis=1))


@pytest.mark.parametrize(
    ("gain_db", "delay_ms", "ring_s"), [(-20, 60, 0.1), (-10, 60, 0.2), (-3, 40, 0.3), (0, 150, 0.4), (-6, 250, 0.2)]
)
def test_the_customer_alone_is_not_charged_to_the_agent(gain_db: float, delay_ms: int, ring_s: float) -> None:
    echo = room(CUSTOMER, gain_db, delay_ms, ring_s)
    gate = EchoGate()
    heard = gated(gate, echo + noise(15), CUSTOMER)
    # What the room does is learned from the first second of the loudspeaker.
    audible = loud(echo, 60) & (np.cumsum(loud(CUSTOMER, 60)) > 75)
    assert audible.sum() > 120
    assert kept(heard)[audible].mean() < 0.08
    assert gate.delay_ms is not None
    assert abs(gate.delay_ms - delay_ms) <= 40
    assert gate.silenced_ms > 5_000


@pytest.mark.parametrize(("gain_db", "least"), [(-20, 0.95), (-10, 0.9), (0, 0.85)])
def test_double_talk_survives(gain_db: float, least: float) -> None:
    agent = overlapping()
    heard = gated(EchoGate(), agent + room(CUSTOMER, gain_db, 60, 0.2) + noise(15), CUSTOMER)
    both = loud(agent, 300) & loud(CUSTOMER, 300)
    assert both.sum() > 100
    assert kept(heard)[both].mean() > least


def test_a_headset_loses_nothing_of_its_agent() -> None:
    agent = overlapping()
    heard = gated(EchoGate(), agent + noise(15), CUSTOMER)
    assert kept(heard)[loud(agent, 150)].mean() > 0.97


def test_a_quiet_agent_with_a_headset_is_heard_over_a_loud_customer() -> None:
    agent, customer = overlapping() * 0.15, CUSTOMER * 2
    heard = gated(EchoGate(), agent + noise(3), customer)
    assert kept(heard)[loud(agent, 60)].mean() > 0.93
    alone = loud(agent, 60) & ~loud(customer, 60)
    assert kept(heard)[alone].mean() > 0.98


@pytest.mark.parametrize("below", [0.3, 0.1])
@pytest.mark.parametrize("ppm", [0, 40])
def test_a_quiet_agent_is_heard_over_an_echo_that_is_louder(below: float, ppm: int) -> None:
    """10 and 20 dB below the customer, whose echo is 15 dB below: level says nothing, only likeness does."""
    agent = overlapping() * below
    at = np.arange(len(CUSTOMER))
    echo = np.interp(at * (1 + ppm * 1e-6), at, room(CUSTOMER, -15, 60, 0.2)).astype(np.float32)
    heard = gated(EchoGate(), agent + echo + noise(3), CUSTOMER)
    spoken = loud(agent, 300 * below)
    assert kept(heard)[spoken].mean() > 0.85
    # After a word the gate stays open for a while, and it takes as long until it is sure of somebody's silence.
    spoke = np.convolve(loud(agent, 30 * below), np.ones(2 * HANGOVER))[: len(spoken)] > 0
    alone = loud(echo, 60) & ~spoke & (np.cumsum(loud(CUSTOMER, 60)) > 75)
    assert alone.sum() > 15
    assert kept(heard)[alone].mean() < 0.35


def test_a_path_that_moved_is_learned_anew() -> None:
    half = len(CUSTOMER) // 2
    echo = np.concatenate([room(CUSTOMER, -6, 40, 0.2)[:half], room(CUSTOMER, -6, 47, 0.1)[half:]])
    heard = gated(EchoGate(), echo + noise(10), CUSTOMER)
    late = np.arange(len(kept(heard))) * SLOT > half + 5 * RATE_HZ
    assert kept(heard)[loud(echo, 60) & late].mean() < 0.15


def test_nothing_is_silenced_while_nothing_plays() -> None:
    gate = EchoGate()
    heard = gated(gate, AGENT, np.zeros_like(AGENT))
    assert np.array_equal(pcm(heard), pcm(AGENT)[: len(heard)])
    assert gate.silenced_ms == 0
    assert gate.delay_ms is None


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1, 8_000), st.floats(1, 8_000))
def test_a_microphone_that_is_not_like_the_loudspeaker_is_let_through(seed: int, heard: float, played: float) -> None:
    chance = np.random.default_rng(seed)
    gate = EchoGate()
    slots = 250
    sounds = [
        pcm((chance.standard_normal(slots * SLOT) * level).astype(np.float32)).reshape(-1, SLOT)
        for level in (heard, played)
    ]
    through = [gate.feed(agent, customer).any() for agent, customer in zip(*sounds, strict=True)]
    assert all(through[UNKNOWN_SLOTS:])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 12_000))
def test_nothing_is_ever_silenced_once_the_loudspeaker_has_fallen_silent(seed: int, level: float) -> None:
    chance = np.random.default_rng(seed)
    gate = EchoGate()
    voices = pcm((chance.standard_normal(100 * SLOT) * 4000).astype(np.float32)).reshape(-1, SLOT)
    for slot in voices:
        gate.feed(slot // 4, slot)
    nothing = np.zeros(SLOT, np.int16)
    agent = pcm((chance.standard_normal(100 * SLOT) * level).astype(np.float32)).reshape(-1, SLOT)
    # Until the last of the echo is gone something may be silenced.
    for slot in agent[:40]:
        gate.feed(slot, nothing)
    for slot in agent[40:]:
        assert np.array_equal(gate.feed(slot, nothing), slot)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1e5))
def test_any_slot_comes_out_as_it_was_or_silent(seed: int, level: float) -> None:
    chance = np.random.default_rng(seed)
    gate = EchoGate()
    for _ in range(30):
        agent, customer = (pcm((chance.standard_normal(SLOT) * level).astype(np.float32)) for _ in range(2))
        heard = gate.feed(agent, customer)
        assert np.array_equal(heard, agent) or not heard.any()
