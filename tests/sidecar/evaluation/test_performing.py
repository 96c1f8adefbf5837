import pytest

from nudges.packs import load
from sidecar.evaluation.engines import Here
from sidecar.evaluation.labels import Case, Labels, Want, case_of, paced
from sidecar.evaluation.performing import BATCH, carry_out, perform, tasks
from sidecar.journal import Kept
from sidecar.rulebook import read_pack
from streams.events import CallContext, CallStarted, Channel
from streams.script import script_events
from streams.transcript import read_transcript

CALL = "0-4 customer  can I talk to your supervisor please\n6-9 agent  what is this about then\n"


@pytest.fixture(scope="module")
def pack() -> str:
    return read_pack("default")


def test_tasks_are_portions_in_order(pack: str) -> None:
    cases = [Case(id=str(number), spans=()) for number in range(2 * BATCH + 1)]
    work = tasks(cases, [pack], {})
    assert [len(task.cases) for task in work] == [BATCH, BATCH, 1]
    done = dict(perform(work, Here()))
    assert [scores[0].id for number in sorted(done) for scores in done[number]] == [case.id for case in cases]


def test_a_call_file_with_expectations(pack: str) -> None:
    script = read_transcript(CALL + "=> deesc.supervisor_request warn\n=> none\n", "x.call")
    ((score,),) = carry_out(tasks([Case(id="x", spans=(), script=script)], [pack], {})[0])
    assert [nudge.rule for nudge in score.nudges] == ["deesc.supervisor_request"]
    assert score.expectations == 2
    assert [line[:13] for line in score.unmet] == ["x.call:4: none"[:13]]


def test_a_journal_is_decided_again(pack: str) -> None:
    events = tuple(script_events(read_transcript(CALL, "x.call"), "j"))
    context = CallContext(call_id="j", at_ms=0, pack="gone", history={})
    assert isinstance(events[0], CallStarted)
    kept = Kept(context, events[0], events)
    ((score,),) = carry_out(tasks([Case(id="j", spans=(), kept=kept)], [pack], {"volume": "novice"})[0])
    assert [nudge.rule for nudge in score.nudges] == ["deesc.supervisor_request"]


def test_several_packs(pack: str) -> None:
    quiet = pack.replace('id = "deesc.supervisor_request"', 'id = "deesc.supervisor_request"\nenabled = false', 1)
    script = read_transcript(CALL, "x.call")
    ((first, second),) = carry_out(tasks([Case(id="x", spans=(), script=script)], [pack, quiet], {})[0])
    assert (len(first.nudges), len(second.nudges)) == (1, 0)


@pytest.mark.parametrize("off", [["balance.monologue"], (), None])
def test_rules_on_timing_are_off_where_times_are_made_up(pack: str, off: object) -> None:
    said: list[tuple[Channel, str]] = [("customer", "so tell me about it"), ("agent", "well then " * 100)]
    wanted = Labels(wants=(Want(rule="balance.monologue"),))
    cases = [case_of("x", paced(said), wanted, "x", timed=timed) for timed in (True, False)]
    config = {} if off is None else {"off": off}
    timed, untimed = carry_out(tasks(cases, [pack], config)[0])
    assert "balance.monologue" in [rule.id for rule in load(pack).pack.rule]
    assert timed[0].wants[0].met is (not off)
    assert not untimed[0].wants[0].met
