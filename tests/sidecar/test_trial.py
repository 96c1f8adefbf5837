from pathlib import Path

import pytest

from sidecar.rulebook import read_pack
from sidecar.trial import Verdict, clock, judge, pack_cases, report, run_script, wording
from streams.errors import PackError
from streams.events import Nudge
from streams.script import Expectation, Script
from streams.transcript import read_transcript

ANGRY = "0-4 customer  can I talk to your supervisor please\n6-9 agent  what is this about then\n"


@pytest.fixture(scope="module")
def pack() -> str:
    return read_pack("default")


def script(expectations: str = "", turns: str = ANGRY) -> Script:
    return read_transcript(turns + expectations, "angry.call")


def unmet(pack: str, expectation: str) -> list[str]:
    return [reason for _, reason in judge(script(expectation), pack).unmet]


def test_a_script_runs_through_a_coach(pack: str) -> None:
    nudges = [event for event in run_script(script(), pack) if isinstance(event, Nudge)]
    assert [nudge.rule for nudge in nudges] == ["deesc.supervisor_request"]


def test_the_configuration_counts(pack: str) -> None:
    config: dict[str, object] = {"off": ["deesc.supervisor_request"]}
    assert not [event for event in run_script(script(), pack, config) if isinstance(event, Nudge)]


@pytest.mark.parametrize(
    "expectation",
    [
        "=> deesc.supervisor_request",
        "=> deesc.supervisor_request warn",
        "=> deesc.supervisor_request warn within 4-5",
        "=> not deesc.threat",
        "=> not empathy.",
        "=> resolved deesc.supervisor_request call_ended",
    ],
)
def test_expectations_that_are_met(pack: str, expectation: str) -> None:
    assert judge(script(expectation), pack).passed


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        ("=> deesc.threat", "it never came"),
        ("=> deesc.supervisor_request critical", "it came as warn"),
        ("=> deesc.supervisor_request warn within 8-9", "it came at 00:04.300"),
        ("=> not deesc.supervisor_request", "deesc.supervisor_request came at 00:04.300: supervisor request: once"),
        ("=> not deesc.", "deesc.supervisor_request came at 00:04.300: supervisor request: once"),
        ("=> none", "deesc.supervisor_request came at 00:04.300"),
        ("=> resolved deesc.supervisor_request done", "it was call_ended"),
        ("=> resolved deesc.threat done", "no such nudge ended"),
    ],
)
def test_expectations_that_are_not(pack: str, expectation: str, reason: str) -> None:
    assert unmet(pack, expectation) == [reason]


def test_a_rule_in_shadow_is_named_as_such(pack: str) -> None:
    told = judge(script("=> deesc.supervisor_request\n"), pack, {"shadow": ["deesc.supervisor_request"]})
    assert [reason for _, reason in told.unmet] == ["it never came: only logged, in shadow"]


def test_a_rule_in_shadow_is_held_to_its_conversations_as_if_it_spoke(pack: str) -> None:
    shadowed = pack.replace('id = "deesc.threat"\n', 'id = "deesc.threat"\nshadow = true\n', 1)
    cases = [case for case in pack_cases(shadowed) if case.rule == "deesc.threat"]
    assert cases
    assert [case.script.name for case in cases if not case.judge().passed] == []


def test_nothing_at_all(pack: str) -> None:
    calm = script("=> none", "0-2 customer  hello there\n3-4 agent  hello\n")
    verdict = judge(calm, pack)
    assert verdict.passed
    assert report(Verdict(name="calm", said=verdict.said, unmet=())) == ["FAILED  calm", "  + the coach said nothing"]


def test_a_failure_reads_well(pack: str) -> None:
    verdict = judge(script("=> deesc.threat critical within 1-2\n"), pack)
    assert report(verdict) == [
        "FAILED  angry.call",
        "  - line 3: deesc.threat critical within 00:01.000-00:02.000",
        "    it never came",
        "  + 00:04.300  deesc.supervisor_request warn  (supervisor request: once) "
        "'can I talk to your supervisor please'",
        "  + 00:09.000  deesc.supervisor_request call_ended",
    ]


@pytest.mark.parametrize(
    ("expectation", "words"),
    [
        (Expectation(kind="none"), "none"),
        (Expectation(kind="not_rule", rule="a.b"), "not a.b"),
        (Expectation(kind="not_family", rule="a."), "not a."),
        (Expectation(kind="resolved", rule="a.b", outcome="done"), "resolved a.b done"),
        (Expectation(kind="nudge", rule="a.b"), "a.b"),
        (Expectation(kind="nudge", rule="a.b", severity="info", within=(0, 61_500)),
         "a.b info within 00:00.000-01:01.500"),
    ],
)  # fmt: skip
def test_expectations_in_words(expectation: Expectation, words: str) -> None:
    assert wording(expectation) == words


def test_the_clock() -> None:
    assert clock(3_661_042) == "61:01.042"


def test_every_rule_brings_conversations_that_hold(pack: str) -> None:
    count = 0
    for case in pack_cases(pack):
        verdict = case.judge()
        assert verdict.passed, report(verdict)
        assert case.script.name.startswith(case.rule)
        count += 1
    assert count >= 120


def test_a_pack_that_is_none() -> None:
    with pytest.raises(PackError):
        judge(script(), "name = 1")


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "sidecar" / "calls").glob("*.call")), ids=lambda file: file.stem
)
def test_the_bundled_calls_hold(pack: str, file: Path) -> None:
    verdict = judge(read_transcript(file.read_text("utf-8"), file.name), pack, {"volume": "standard"})
    assert verdict.passed, report(verdict)
