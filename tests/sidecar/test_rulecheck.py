from pathlib import Path
from typing import Any

import msgspec
import pytest

from nudges.cues import CueSpec
from nudges.packs import load
from nudges.rulepack import Pack, Rule, RuleTest
from nudges.situation import Condition
from nudges.triggers import Escalates, Heard, HeatReaches, SilenceLasts, TalkShare, Trigger, Unclear
from sidecar import rulecheck
from sidecar.expressions import Expression, Slow
from sidecar.rulebook import read_pack
from sidecar.rulecheck import Problem, check_pack, dead, shadowed, unlearned, unreachable, unused
from sidecar.trial import Case, pack_cases
from streams.transcript import read_transcript


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(read_pack("default")).pack


def rule(*when: Trigger, **fields: Any) -> Rule:
    return Rule(
        **{"id": "own.one", "family": "own", "severity": "info", "title": "", "text": "", "when": when, **fields}
    )


def whats(found: Any) -> list[str]:
    return [problem.what for problem in found]


def test_the_default_pack_is_in_order(pack: Pack) -> None:
    assert [*unreachable(pack), *shadowed(pack), *unused(pack)] == []


def test_a_pack_with_everything_wrong() -> None:
    text = read_pack("default").replace("bands = [20, 40, 60, 75]", "bands = [20, 40, 120, 50]")
    text = text.replace("\nfed up\n", "\nfed up\nfed up now\n", 1)
    found = check_pack(text)
    assert Problem("unreachable", "[heat]", "the bands do not rise") in found
    assert Problem("unreachable", "[heat]", "heat never reaches the band at 120") in found
    assert Problem("shadowed", "C.emotion_word", "'fed up now' is matched by 'fed up' already") in found


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (rule(HeatReaches(at=120)), "trigger 1: heat never reaches 120"),
        (rule(TalkShare(above=1, window_s=1, speech_s=1, turns=1)), "trigger 1: no share is above 1"),
        (rule(Escalates(calm_turns=1, at=101)), "trigger 1: heat never reaches 101"),
        (rule(Escalates(calm_turns=1, at=9, tense_from=2)), "trigger 1: no turn is tense with more than 2"),
        (rule(Unclear(below=0, window_s=1, words=1)), "trigger 1: no confidence is below 0"),
        (rule(Heard(cues=(), count=2)), "trigger 1: 2 times within 0 s"),
        (rule(valid_for_s=0), "valid_for_s is 0: it goes stale before it can be shown"),
        (rule(max_per_call=0), "max_per_call is 0"),
        (rule(life_s=0), "life_s is 0: it leaves as it comes"),
        (rule(done=(Condition(heat_from=50, heat_below=40),)), "no call meets heat_from = 50, heat_below = 40"),
        (rule(gone=(Condition(peak_from=101),)), "no call meets peak_from = 101"),
        (rule(done=(Condition(tense_from=1.1),)), "no call meets tense_from = 1.1"),
        (rule(unless=(Condition(call_s=60, call_below_s=30),)), "no call meets call_s = 60, call_below_s = 30"),
    ],
)
def test_thresholds_out_of_reach(pack: Pack, made: Rule, what: str) -> None:
    assert whats(unreachable(msgspec.structs.replace(pack, rule=(made,)))) == [what]


def test_thresholds_within_reach(pack: Pack) -> None:
    good = rule(
        HeatReaches(at=60),
        Escalates(calm_turns=1, at=20),
        Heard(cues=(), count=2, within_s=9),
        done=(Condition(heat_below=40),),
    )
    assert whats(unreachable(msgspec.structs.replace(pack, rule=(good,)))) == []


def test_triggers_that_never_come_first(pack: Pack) -> None:
    silence = SilenceLasts(s=10)
    sharp = msgspec.structs.replace(silence, severity="warn", only_if=(Condition(call_s=1),))
    fired = rule(silence, sharp, SilenceLasts(s=20), HeatReaches(at=60))
    own = msgspec.structs.replace(pack, rule=(fired,))
    assert whats(dead(own, []))[1:] == ["trigger 2 never comes before trigger 1"]
    own = msgspec.structs.replace(pack, rule=(rule(sharp, silence),))
    assert whats(dead(own, []))[1:] == []


def test_rules_that_nothing_makes_fire(pack: Pack) -> None:
    test = RuleTest(name="calm", call="0-2 customer  hello\n")
    case = Case("own.one", read_transcript(test.call, "calm.call"), read_pack("default"), ())
    own = msgspec.structs.replace(
        pack, rule=(rule(SilenceLasts(s=1), test=(test,)), rule(SilenceLasts(s=1), id="own.two"))
    )
    assert [(one.where, one.what) for one in dead(own, [case])] == [
        ("own.one", "its conversations never make it fire"),
        ("own.two", "it has no conversation of its own"),
    ]


def test_a_rule_that_is_off_or_gives_way_to_another_is_not_dead(tmp_path: Path) -> None:
    own = """
        extends = "default"
        [[rule]]
        id = "comm.confusion"
        enabled = false
        [[checklist]]
        id = "own"
        label = "own line"
        group = "disclosure"
        line = "this very line nobody says"
        by_s = 1
    """
    (tmp_path / "mine.toml").write_text(own, "utf-8")
    text = read_pack(str(tmp_path / "mine.toml"))
    assert [one.where for one in dead(load(text).pack, list(pack_cases(text)))] == []


def test_where_an_expression_hangs_no_conversation_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    hung = Slow(Expression("C.own", "(a+)+b"), None)
    monkeypatch.setattr(rulecheck, "slow", lambda suspects: [hung] if suspects else [])
    monkeypatch.delattr(rulecheck, "dead")
    (found,) = check_pack(read_pack("default"))
    assert (found.kind, found.where) == ("slow", "C.own")


def test_families_that_nothing_goes_by(pack: Pack) -> None:
    own = msgspec.structs.replace(
        pack, customer={**pack.customer, "idle": CueSpec(say="x"), "hot": CueSpec(say="y", weight=3)}
    )
    assert [problem.where for problem in unused(own)] == ["C.idle"]


def test_a_long_expression_is_shown_by_its_beginning(pack: Pack) -> None:
    long = f"at last|{'x' * 80}"
    own = msgspec.structs.replace(pack, customer={"one": CueSpec(say=f"at last\n{long}")}, agent={})
    assert [problem.what for problem in shadowed(own)] == [f"'at last' is matched by '{long[:59]}…' already"]


def test_an_expression_that_stands_twice(pack: Pack) -> None:
    own = msgspec.structs.replace(pack, customer={"one": CueSpec(say="at last\nat last\n(so )?far")}, agent={})
    assert [problem.what for problem in shadowed(own)] == ["'at last' is matched by 'at last' already"]


def test_families_whose_learned_move_nothing_was_learned_of() -> None:
    family = "[agent.own]\nsay = 'x y z'\nlearned = 'refuse'\n\n"
    text = read_pack("default").replace("\n[agent.", f"\n{family}[agent.", 1)
    assert list(unlearned(load(text))) == []
    bare = text[: text.index("\n[model]")]
    assert Problem("unlearned", "A.own", "learned = 'refuse', but the pack has no learned numbers ([model])") in list(
        unlearned(load(bare))
    )
