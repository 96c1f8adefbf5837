"""The hub's core: doors by key, restarts, revoked keys, and floors that always come to equal the stations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.hub.desk import STALE_BEATS
from sidecar.hub.hub import MESSAGES_PER_S
from sidecar.hub.records import AlertAnswered, CallGone, FactKept, Memory, Standing
from sidecar.hub.roll import Roll
from streams.floor import (
    Act,
    CallState,
    ClaimChanged,
    FloorHello,
    FloorMessage,
    FloorSnapshot,
    HelloAsked,
    NoteState,
    Refused,
    ShiftRequest,
    StatePut,
    StationBeat,
    StationHello,
    Taken,
    Welcome,
    Whisper,
)
from tests.sidecar.hub.stage import BEAT_MS, Stage, alert, clients


def refusal(answers: list[FloorMessage]) -> str:
    (answer,) = answers
    assert isinstance(answer, Refused)
    return answer.text


def test_a_key_that_is_not_on_the_roll_is_refused() -> None:
    stage = Stage()
    assert "does not know this key" in refusal(stage.say("Eva", FloorHello()))


def test_an_agents_key_does_nothing_of_a_supervisors() -> None:
    stage = Stage()
    for message in (FloorHello(), Act(request=1, action="claim", call_id="c1")):
        assert "it takes a supervisor's" in refusal(stage.say("desk-1", message))
    assert "cannot be a workstation" in refusal(stage.put("Sol", 1))


def test_another_schema_and_nonsense_are_refused_with_why() -> None:
    stage = Stage()
    assert "you speak 2" in refusal(stage.say("Sol", FloorHello(schema=2)))
    assert "you speak 3" in refusal(stage.say("desk-1", StationHello(schema=3, boot="b", station="desk-1")))
    assert "not a message" in refusal(stage.say_bytes("Sol", b"\xc1"))


def test_a_flood_of_one_key_is_passed_over() -> None:
    stage = Stage()
    stage.hello("desk-1")
    for number in range(1, MESSAGES_PER_S * 10 + 100):
        stage.put("desk-1", number)
    stage.hello("Sol")
    stage.frame()
    assert stage.rows["Sol"]["c1"].state.at_ms == (MESSAGES_PER_S * 10 - 1) * 1_000
    stage.now_ms += 1_000
    stage.put("desk-1", 9_999)
    stage.frame()
    assert stage.rows["Sol"]["c1"].state.at_ms == 9_999_000


def test_only_so_many_keys_are_remembered_as_talking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidecar.hub.hub.KEYS_REMEMBERED", 1)
    stage = Stage()
    stage.hello("desk-1")
    stage.hello("Sol")
    stage.put("desk-1", 1)
    stage.frame()
    assert stage.rows["Sol"]["c1"].state.at_ms == 1_000


def test_with_authentication_off_a_guest_is_what_it_behaves_like() -> None:
    stage = Stage(roll=Roll(guests=True))
    stage.say("Eva", StationHello(boot="b1", station="any"))
    stage.put("Eva", 1)
    stage.say("Tom", FloorHello())
    stage.frame()
    assert stage.rows["Tom"]["c1"].station == "guest Evaxxxxx"


def test_an_agent_may_ask_for_the_own_figures_alone() -> None:
    stage = Stage(per_agent=("Ana",))
    for name in ("desk-1", "Sol", "Ana"):
        stage.say(name, ShiftRequest(request=1))
    assert [(question.station, question.agents) for question in stage.questions] == [
        ("desk-1", False),
        ("", False),
        ("", True),
    ]


def test_a_revoked_key_is_forgotten_with_all_it_held() -> None:
    stage = Stage()
    stage.hello("desk-1", "desk-2", "Sol", "Ana")
    stage.put("desk-1", 1)
    stage.put("desk-2", 1, "c2")
    stage.frame()
    stage.act("Sol", "claim", "c2")
    stage.take(stage.hub.admit(clients("desk-2", "Ana"), 0))
    stage.frame()
    assert set(stage.rows["Ana"]) == {"c2"}
    assert stage.rows["Ana"]["c2"].claimed_by == ""
    assert CallGone("desk-1", "c1") in stage.records
    assert "any more" in refusal(stage.say("Sol", FloorHello()))


def test_a_key_that_is_revoked_while_its_floor_is_closed_holds_nothing_either() -> None:
    stage = Stage()
    stage.hello("desk-1", "Sol", "Ana")
    stage.put("desk-1", 1)
    stage.act("Sol", "claim")
    stage.take(stage.hub.undelivered(b"Sol", "gone", 0))
    stage.take(stage.hub.admit(clients("desk-1", "Ana"), 0))
    assert stage.got("desk-1", ClaimChanged)[-1].by == ""
    assert stage.act("Ana", "claim").ok
    kept = Memory(standing=(Standing(station="desk-1", call_id="c1", claim="Sol"),))
    later = Stage(kept, roll=clients("desk-1", "Ana"))
    later.hello("desk-1", "Ana")
    later.put("desk-1", 1)
    later.frame()
    assert later.rows["Ana"]["c1"].claimed_by == ""


def test_whoever_moves_to_another_team_sees_that_one() -> None:
    stage = Stage()
    stage.hello("desk-1", "desk-9", "Sol")
    stage.put("desk-1", 1)
    stage.put("desk-9", 1, "c9")
    stage.frame()
    stage.act("Sol", "open", "c1")
    moved = [client for client in stage.roll.clients.values() if client.name != "Sol"]
    roll = Roll([*moved, type(moved[0])(name="Sol", role="supervisor", public=f"{'Sol':x<40}", teams=("retention",))])
    stage.take(stage.hub.admit(roll, 0))
    stage.frame()
    assert set(stage.rows["Sol"]) == {"c9"}


def test_a_new_start_knows_what_stood_and_what_was_taken() -> None:
    note = NoteState(note="n1", call_id="c1", by="Sol", text="well done", state="sent")
    memory = Memory(
        taken={("desk-1", "b1"): 4},
        standing=(
            Standing(station="desk-1", call_id="c1", alert=alert(4), at_ms=-90_000),
            Standing(station="desk-1", call_id="c1", note=note),
            Standing(station="desk-1", call_id="c1", claim="Sol"),
            Standing(station="nobody", call_id="c1", claim="Sol"),
        ),
    )
    stage = Stage(memory)
    stage.hello("desk-1", "Sol")
    assert stage.got("desk-1", Welcome)[0].taken == 4
    assert [whisper.text for whisper in stage.got("desk-1", Whisper)] == ["well done"]
    stage.frame()
    assert stage.rows["Sol"] == {}
    stage.put("desk-1", 1)
    stage.frame()
    row = stage.rows["Sol"]["c1"]
    assert row.alert is not None
    assert (row.claimed_by, row.alert.alert, row.alert.unclaimed) == ("Sol", "a4", False)
    assert stage.say("desk-1", alert(4)) == [Taken(boot="b1", number=4)]
    stage.say("desk-1", alert(5))
    assert [fact.number for fact in stage.records if isinstance(fact, FactKept)] == [5]


def test_a_floor_that_is_gone_is_forgotten_and_one_that_does_not_read_gets_a_snapshot() -> None:
    stage = Stage()
    stage.hello("desk-1", "Sol", "Ana")
    stage.put("desk-1", 1)
    stage.frame()
    stage.act("Ana", "open")
    stage.take(stage.hub.undelivered(b"Sol", "full", stage.now_ms))
    stage.take(stage.hub.undelivered(b"Ana", "gone", stage.now_ms))
    stage.take(stage.hub.undelivered(b"desk-1", "gone", stage.now_ms))
    stage.put("desk-1", 2)
    snapshots = len(stage.got("Sol", FloorSnapshot))
    stage.frame(500)
    assert len(stage.got("Sol", FloorSnapshot)) == snapshots
    stage.frame(500)
    assert len(stage.got("Sol", FloorSnapshot)) == snapshots + 1
    assert stage.rows["Sol"]["c1"].state.at_ms == 2_000
    assert stage.rows["Sol"]["c1"].watched_by == ()


STATIONS = ("desk-1", "desk-2")
CALLS = ("c1", "c2", "c3")


class Truth:
    """Two workstations as they really are, and what they have said, which may arrive late, twice or out of order."""

    def __init__(self) -> None:
        self.boots = dict.fromkeys(STATIONS, 1)
        self.numbers = dict.fromkeys(STATIONS, 0)
        self.calls: dict[str, dict[str, CallState]] = {name: {} for name in STATIONS}
        self.facts: dict[str, int] = dict.fromkeys(STATIONS, 0)
        self.road: list[tuple[str, FloorMessage]] = []

    def boot(self, name: str) -> str:
        return f"boot-{self.boots[name]}"

    def number(self, name: str) -> int:
        self.numbers[name] += 1
        return self.numbers[name]

    def put(self, name: str, call_id: str) -> None:
        number = self.number(name)
        state = self.calls[name][call_id] = CallState(call_id=call_id, at_ms=number, agent_name=name)
        self.road.append((name, StatePut(boot=self.boot(name), number=number, state=state)))

    def end(self, name: str, call_id: str) -> None:
        self.calls[name].pop(call_id, None)
        self.beat(name)

    def beat(self, name: str) -> None:
        beat = StationBeat(boot=self.boot(name), calls=tuple(self.calls[name]), number=self.number(name))
        self.road.append((name, beat))

    def restart(self, name: str) -> None:
        self.boots[name] += 1
        self.numbers[name] = self.facts[name] = 0
        self.calls[name] = {}
        self.hello(name)

    def hello(self, name: str) -> None:
        """Hello and everything anew, as a workstation does after each connection."""
        self.road.append((name, StationHello(boot=self.boot(name), station=name)))
        for call_id in self.calls[name]:
            self.put(name, call_id)
        self.beat(name)
        self.facts_anew(name)

    def keep(self, name: str) -> None:
        self.facts[name] += 1
        self.facts_anew(name)

    def facts_anew(self, name: str) -> None:
        boot = self.boot(name)
        self.road += [(name, alert(n, name=f"{boot}/{n}", boot=boot)) for n in range(1, self.facts[name] + 1)]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["put", "end"]), st.sampled_from(STATIONS), st.sampled_from(CALLS)),
        st.tuples(st.sampled_from(["beat", "restart", "keep", "hello"]), st.sampled_from(STATIONS)),
        st.tuples(st.just("hub")),
    ),
    max_size=40,
)


@given(STEPS, st.randoms(use_true_random=False))
def test_whatever_is_lost_doubled_or_reordered_the_floor_comes_to_equal_the_stations(
    steps: list[tuple[str, ...]], chance: object
) -> None:
    truth, stage = Truth(), Stage()
    kept: list[tuple[str, str, int]] = []
    for name in STATIONS:
        truth.hello(name)

    def arrive() -> None:
        road, truth.road = truth.road, []
        for name, message in road:
            for _ in range(chance.choice((0, 1, 1, 1, 2))):  # type: ignore[attr-defined]
                place = chance.randrange(len(shuffled) + 1) if chance.random() < 0.3 else len(shuffled)  # type: ignore[attr-defined]
                shuffled.insert(place, (name, message))
        for name, message in shuffled:
            stage.now_ms += 20
            stage.say(name, message)
        shuffled.clear()

    shuffled: list[tuple[str, FloorMessage]] = []
    for step in steps:
        if step[0] == "hub":
            arrive()
            kept += facts_of(stage)
            stage = Stage(memory_of(kept))
        else:
            getattr(truth, step[0])(*step[1:])
            arrive()
    # An earlier start may have been heard last: it is believed until it has been silent.
    stage.now_ms += STALE_BEATS * BEAT_MS + 1
    for name in STATIONS:
        # A boot that the hub never heard of may have been lost whole; the last hello always comes.
        truth.hello(name)
    for name, message in truth.road:
        stage.now_ms += 20
        stage.say(name, message)
    stage.hello("Sol")
    stage.frame()
    kept += facts_of(stage)
    shown = sorted((row.state.agent_name, row.state.at_ms) for row in stage.rows["Sol"].values())
    assert shown == sorted((name, state.at_ms) for name in STATIONS for state in truth.calls[name].values())
    for name in STATIONS:
        numbers = [number for station, boot, number in kept if (station, boot) == (name, truth.boot(name))]
        assert numbers == list(range(1, truth.facts[name] + 1))
    assert len(kept) == len(set(kept))


def facts_of(stage: Stage) -> list[tuple[str, str, int]]:
    return [(fact.station, fact.boot, fact.number) for fact in stage.records if isinstance(fact, FactKept)]


def memory_of(kept: list[tuple[str, str, int]]) -> Memory:
    return Memory(taken={(station, boot): number for station, boot, number in kept})


def test_hello_is_asked_for_by_a_hub_that_started_anew() -> None:
    stage = Stage()
    assert stage.put("desk-1", 7) == [HelloAsked(boot="b1")]
    assert stage.put("desk-1", 8) == []
    stage.now_ms += 2_000
    assert stage.put("desk-1", 9) == [HelloAsked(boot="b1")]


def test_alerts_that_are_answered_are_recorded_with_how_long_it_took() -> None:
    stage = Stage()
    stage.hello("desk-1", "Sol")
    stage.put("desk-1", 1)
    stage.say("desk-1", alert(1, waited_ms=500))
    stage.frame(12_000)
    assert stage.act("Sol", "claim").ok
    assert AlertAnswered("desk-1", "c1", "a1", "Sol", 12_500) in stage.records


@pytest.mark.parametrize("name", ["desk-1"])
def test_workstations_that_are_there_are_counted(name: str) -> None:
    stage = Stage()
    stage.hello(name)
    assert stage.hub.stations_here() == 1


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(["put", "end"]), st.sampled_from(STATIONS), st.sampled_from(CALLS)),
            st.tuples(st.just("beat"), st.sampled_from(STATIONS)),
        ),
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_in_whatever_order_states_and_lists_come_the_newest_hold(steps: list[tuple[str, ...]], chance: object) -> None:
    """Nothing is lost and nothing sent anew: what is late or doubled must not undo what is newer."""
    truth, stage = Truth(), Stage()
    for name in STATIONS:
        stage.say(name, StationHello(boot=truth.boot(name), station=name))
    for step in steps:
        getattr(truth, step[0])(*step[1:])
    for name in STATIONS:
        truth.beat(name)
    road = truth.road * 2
    chance.shuffle(road)  # type: ignore[attr-defined]
    for name, message in road:
        stage.now_ms += 20
        stage.say(name, message)
    stage.hello("Sol")
    stage.frame()
    shown = sorted((row.state.agent_name, row.state.at_ms) for row in stage.rows["Sol"].values())
    assert shown == sorted((name, state.at_ms) for name in STATIONS for state in truth.calls[name].values())
