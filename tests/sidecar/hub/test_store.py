"""The hub's file: facts once, what stood comes back, and the shift's sums by the hub's own clock."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from sidecar.hub.records import AlertAnswered, CallGone, FactKept, Question, Standing
from sidecar.hub.shift import CSV_HEADER, as_csv, report
from sidecar.hub.store import BUCKET_S, FILE_NAME, SCHEMA_VERSION, Store
from streams.errors import StorageError
from streams.floor import CallDone, KeptFact, NoteState, Receipt
from tests.sidecar.hub.stage import alert

DAY_S = 86_400
NOW_S = 1_000 * DAY_S


def kept(number: int, fact: KeptFact, *, station: str = "desk-1", team: str = "billing", at_ms: int = 0) -> FactKept:
    return FactKept(station=station, team=team, boot="b1", number=number, at_ms=at_ms, queue="Billing", fact=fact)


def done(number: int = 1, **facts: object) -> CallDone:
    given = {
        "agent_id": "7",
        "agent_name": "Ada",
        "queue": "Billing",
        "started_at": "2099-01-01T00:00:00Z",
        "duration_ms": 600_000,
        "moods": ((0, -50), (590_000, 30)),
        "hot": ((60_000, 120_000, 85),),
        "openings": {"given": 2, "bare": 1, "missed": 1},
        "rules": {"empathy.missed": {"shown": 3, "done": 2, "helpful": 1}},
        **facts,
    }
    return CallDone(boot="b1", number=number, call_id=f"c{number}", **given)  # type: ignore[arg-type]


def question(*teams: str, station: str = "", agents: bool = False, hours: float = 8.0) -> Question:
    return Question(b"", 1, hours, teams or ("billing",), station, agents)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / FILE_NAME, NOW_S)


def test_what_was_taken_and_what_stood_comes_back(store: Store, tmp_path: Path) -> None:
    note = NoteState(note="n1", call_id="c1", by="Sol", text="well done", state="sent")
    claim = Standing(station="desk-1", call_id="c1", claim="Sol")
    store.write(
        [
            claim,
            kept(1, alert(1)),
            kept(2, Receipt(boot="b1", number=2, call_id="c1", note="n1", state="read")),
            Standing(station="desk-1", call_id="c1", alert=alert(1), at_ms=-5_000),
            Standing(station="desk-1", call_id="c1", note=note),
            Standing(station="desk-1", call_id="c2", claim="Ana"),
            Standing(station="desk-1", call_id="c2", claim=""),
            Standing(station="desk-2", call_id="c3", claim="Ana"),
            CallGone("desk-2", "c3"),
        ]
    )
    later = Store(tmp_path / FILE_NAME, NOW_S + 60).memory()
    assert later.taken == {("desk-1", "b1"): 2}
    assert [standing.claim for standing in later.standing][-1] == "Sol"
    assert {standing.at_ms for standing in later.standing} == {-60_000, -65_000}
    assert [standing.note for standing in later.standing if standing.note] == [note]


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps its own access lists")
def test_the_file_is_the_users_alone(store: Store, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_the_report_of_a_shift(store: Store) -> None:
    store.write(
        [
            kept(1, alert(1), at_ms=-60_000),
            kept(2, alert(2), at_ms=-30_000),
            kept(3, alert(3)),
            AlertAnswered("desk-1", "c1", "a1", "Sol", 12_000),
            AlertAnswered("desk-1", "c1", "a2", "Sol", 40_000),
            kept(4, done(4)),
            kept(5, done(5, queue="Retention")),
            kept(1, done(1), station="desk-9", team="retention"),
            kept(6, done(6), at_ms=-9 * 3_600_000),
        ]
    )
    figures = store.read(lambda database: report(database, question(), NOW_S))
    assert figures["calls"] == 2
    assert figures["openings"] == {"given": 4, "bare": 2, "missed": 2}
    assert figures["rules"] == {"empathy.missed": {"done": 4, "helpful": 2, "shown": 6}}
    assert figures["heat"] == {
        "Billing": {"episodes": 1, "minutes": 1.0, "peak": 85},
        "Retention": {"episodes": 1, "minutes": 1.0, "peak": 85},
    }
    assert figures["claims"] == {
        "alerts": 3,
        "claimed": 2,
        "late_or_never": 2,
        "to_claim_s_p50": 40.0,
        "to_claim_s_p90": 40.0,
    }
    mood = figures["mood"]
    assert isinstance(mood, dict)
    # Ten minutes that ended at the hub's now, whatever the workstation's clock says.
    assert [(mean, number) for _, mean, number in mood["Billing"]] == [(-50.0, 1), (30.0, 1)]
    assert "agents" not in figures


def test_agents_figures_are_for_the_agent_and_for_those_who_may(store: Store) -> None:
    store.write([kept(1, done(1)), kept(1, done(1, agent_name="", agent_id=""), station="desk-2")])
    named = store.read(lambda database: report(database, question(agents=True), NOW_S))
    assert named["agents"] == {
        "Ada": {"calls": 1, "minutes": 10.0, "given": 2, "bare": 1, "missed": 1},
        "desk-2": {"calls": 1, "minutes": 10.0, "given": 2, "bare": 1, "missed": 1},
    }
    own = store.read(lambda database: report(database, question(station="desk-2"), NOW_S))
    assert own["calls"] == 1
    assert not {"mood", "claims", "agents"} & own.keys()


def test_an_empty_shift_is_one(store: Store) -> None:
    figures = store.read(lambda database: report(database, question(), NOW_S))
    assert figures["claims"] == {
        "alerts": 0,
        "claimed": 0,
        "late_or_never": 0,
        "to_claim_s_p50": None,
        "to_claim_s_p90": None,
    }
    assert as_csv(figures).splitlines()[0] == ",".join(CSV_HEADER)


def test_a_table_holds_every_figure_and_no_formula(store: Store) -> None:
    store.write([kept(1, done(1, queue="=cmd()")), kept(2, alert(2))])
    figures = store.read(lambda database: report(database, question(agents=True), NOW_S))
    rows = as_csv(figures).splitlines()
    assert "calls,,,,1" in rows
    assert "rule,empathy.missed,shown,,3" in rows
    assert "heat,'=cmd(),peak,,85" in rows
    assert "agent,Ada,missed,,1" in rows
    assert any(row.startswith("mood,'=cmd(),mean,") for row in rows)
    assert "claims,,alerts,,1" in rows


def test_what_is_older_is_forgotten(store: Store) -> None:
    assert BUCKET_S < DAY_S
    store.write(
        [kept(1, done(1), at_ms=-40 * DAY_S * 1000), kept(2, done(2)), kept(3, alert(3), at_ms=-40 * DAY_S * 1000)]
    )
    store.purge(30, NOW_S)
    figures = store.read(lambda database: report(database, question(hours=24 * 365), NOW_S))
    assert figures["calls"] == 1
    assert figures["rules"] == {"empathy.missed": {"done": 2, "helpful": 1, "shown": 3}}
    mood = figures["mood"]
    assert isinstance(mood, dict)
    assert len(mood["Billing"]) == 2


def test_a_newer_file_and_one_that_is_none_are_refused(tmp_path: Path) -> None:
    newer = tmp_path / "newer.sqlite"
    with sqlite3.connect(newer) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    database.close()
    with pytest.raises(StorageError, match="newer version"):
        Store(newer, 0.0)
    none = tmp_path / "none.sqlite"
    none.write_text("this is no database at all, only text " * 50)
    with pytest.raises(StorageError, match="cannot use"):
        Store(none, 0.0)
    with pytest.raises(StorageError, match="cannot make"):
        Store(tmp_path / "no folder" / FILE_NAME, 0.0)


def test_a_batch_is_kept_whole_or_not_at_all(store: Store) -> None:
    broken = kept(2, alert(2), at_ms=0)._replace(station=object())  # type: ignore[arg-type]
    with pytest.raises(StorageError):
        store.write([kept(1, alert(1)), broken])
    assert store.memory().taken == {}
