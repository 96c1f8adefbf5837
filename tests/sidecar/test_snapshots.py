"""What late screens are told: complete where it decides what is drawn, bounded everywhere."""

import typing

import pytest

from sidecar import snapshots
from sidecar.snapshots import SnapshotStore, without_pack
from streams import events as e
from streams.events import Event, Telemetry


def hypothesis(number: int, at_ms: int = 0) -> e.Hypothesis:
    return e.Hypothesis(
        call_id="c", at_ms=at_ms, channel="agent", utterance=number, started_ms=0, stable="", tail=str(at_ms)
    )


def utterance(number: int, channel: e.Channel = "agent") -> e.Utterance:
    return e.Utterance(
        call_id="c", at_ms=0, channel=channel, utterance=number, started_ms=0, ended_ms=0, text=str(number)
    )


def kept(*events: Event | Telemetry) -> list[Event | Telemetry]:
    store = SnapshotStore("s")
    for event in events:
        store.add(event)
    return list(store.snapshot().events)


def test_every_type_of_event_has_its_place() -> None:
    known = {*snapshots._KEPT, *snapshots._PAIRED, e.Muted, e.Unmuted}
    assert known == {*typing.get_args(Event), *typing.get_args(Telemetry)}


def test_only_the_newest_hypothesis_of_an_open_utterance_is_kept() -> None:
    assert kept(hypothesis(0, 1), hypothesis(0, 2)) == [hypothesis(0, 2)]
    assert kept(hypothesis(0, 1), utterance(0)) == [utterance(0)]
    assert kept(hypothesis(1, 1), utterance(0)) == [hypothesis(1, 1), utterance(0)]
    assert kept(hypothesis(0, 1), utterance(0, "customer")) == [hypothesis(0, 1), utterance(0, "customer")]


def test_one_of_a_pair_undoes_the_other() -> None:
    held, resumed = e.Hold(call_id="c", at_ms=1), e.Resumed(call_id="c", at_ms=2)
    assert kept(held, resumed) == [resumed]
    muted = e.Muted(call_id="c", at_ms=1, channel="agent")
    unmuted = e.Unmuted(call_id="c", at_ms=2, channel="customer")
    assert kept(muted, unmuted) == [muted, unmuted]


def test_the_newest_of_each_key_is_kept_in_order() -> None:
    first = e.Checklist(call_id="c", at_ms=1, item="greet", state="due")
    other = e.Checklist(call_id="c", at_ms=2, item="recap", state="due")
    done = e.Checklist(call_id="c", at_ms=3, item="greet", state="done")
    assert kept(first, other, done) == [other, done]


def test_what_is_kept_of_a_call_is_bounded() -> None:
    assert len(kept(*(utterance(number) for number in range(500)))) == 200
    assert kept(*(utterance(number) for number in range(500)))[-1] == utterance(499)


def test_numbers_count_within_a_call() -> None:
    store = SnapshotStore("s")
    assert [store.add(utterance(0)), store.add(utterance(1))] == [1, 2]
    assert store.add(e.Tick(call_id="d", at_ms=0)) == 1
    assert store.seqs() == {"c": 2, "d": 1}
    assert store.snapshot().service == "s"


def test_a_call_that_begins_again_is_told_afresh_and_counted_on() -> None:
    store = SnapshotStore()
    store.add(e.CallStarted(call_id="c", at_ms=0))
    store.add(utterance(0))
    again = e.CallStarted(call_id="c", at_ms=0, source="again")
    assert store.add(again) == 3
    assert store.snapshot().events == (again,)


def test_a_forgotten_call_is_counted_on_when_it_comes_back() -> None:
    store = SnapshotStore()
    store.add(utterance(0))
    store.forget("c")
    store.forget("never known")
    assert store.snapshot().events == ()
    assert store.seqs() == {}
    assert store.add(utterance(1)) == 2


def test_calls_are_bounded_the_quietest_goes_first() -> None:
    store = SnapshotStore()
    for number in range(snapshots.CALLS_LIMIT + 1):
        store.add(e.Tick(call_id="c0", at_ms=number))
        store.add(e.Tick(call_id=f"d{number}", at_ms=0))
    assert len(store.seqs()) == snapshots.CALLS_LIMIT
    assert "c0" in store.seqs()
    assert "d0" not in store.seqs()


def test_numbers_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "NUMBERS_LIMIT", 2)
    store = SnapshotStore()
    for call_id in ("a", "b", "c"):
        store.add(e.Tick(call_id=call_id, at_ms=0))
        store.forget(call_id)
    assert store.add(e.Tick(call_id="a", at_ms=0)) == 1
    assert store.add(e.Tick(call_id="c", at_ms=0)) == 2


def test_the_context_goes_without_pack_and_history() -> None:
    context = e.CallContext(call_id="c", at_ms=0, config={"volume": "expert"}, pack="p", history={"r": (True,)})
    assert without_pack(context) == e.CallContext(call_id="c", at_ms=0, config={"volume": "expert"})
