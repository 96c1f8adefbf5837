import re
from collections.abc import Iterable

import msgspec
import pytest

from sidecar.rulebook import read_pack
from sidecar.why import why
from streams.errors import PackError
from streams.events import CallContext, Event
from streams.script import script_events
from streams.transcript import read_transcript

CALL = """
0-4 customer  can I just talk to your supervisor please
5-9 agent  can I ask what this is about first
12-16 agent  of course, let me get my supervisor for you now
"""


def events(text: str = CALL) -> Iterable[Event]:
    return script_events(read_transcript(text, "x.call"), "c")


def context(**config: object) -> CallContext:
    return CallContext(call_id="c", at_ms=0, pack=read_pack("default"), config={"volume": "novice", **config})


def test_turn_by_turn() -> None:
    lines = list(why(events(), "deesc.supervisor_request", context()))
    assert lines[0] == "00:04.000  customer  can I just talk to your supervisor please"
    assert lines[1] == "             heard C.supervisor_request"
    assert lines[2].endswith("supervisor request: once (from once): advised as warn")
    assert "shown as warn: supervisor request: once (from once)" in lines[4]
    assert any(line.endswith(" done") for line in lines)


def test_a_rule_that_never_fired_says_what_would_have_set_it_off() -> None:
    lines = list(why(events(), "silence.dead_air", context()))
    assert "silence.dead_air never came to the screen; it is set off by:" in lines
    assert lines[-1].startswith('  trigger 4: {"on":"silence"')
    assert "null" not in lines[-1]


def test_a_rule_that_is_off() -> None:
    (first, *_) = why(events(), "deesc.threat", context(off=["deesc.threat"]))
    assert first == "deesc.threat is off in this pack or these settings: it can never fire"
    (first, *_) = why(events(), "comm.vague", context(off="x"[:0] or ()))
    assert first.startswith("comm.vague is off")


def test_a_rule_in_shadow() -> None:
    lines = list(why(events(), "deesc.supervisor_request", context(shadow=["deesc.supervisor_request"])))
    assert lines[2].endswith(": advised as warn, in shadow: only logged")
    assert "deesc.supervisor_request never came to the screen; it is set off by:" in lines


def test_a_rule_that_is_none() -> None:
    with pytest.raises(PackError, match=r"no rule a\.b; `sidecar rules list` names them"):
        list(why(events(), "a.b", context()))


def test_a_learned_move_is_told_with_its_probability() -> None:
    family = "[customer.own]\nsay = 'x y z'\nlearned = 'supervisor'\nsure = 0.0001\n\n"
    pack = read_pack("default").replace("\n[customer.", f"\n{family}[customer.", 1)
    lines = list(why(events(), "deesc.supervisor_request", msgspec.structs.replace(context(), pack=pack)))
    assert re.fullmatch(r" +heard C\.supervisor_request, C\.own \(learned move supervisor, [01]\.\d\d\)", lines[1])
