"""A kept call in forms that others read."""

import json

from sidecar.exports import FORMATS
from sidecar.journal import Kept
from streams.events import CallContext, CallEnded, CallStarted, Channel, Nudge, NudgeResolved, Utterance
from streams.transcript import read_transcript


def said(started_ms: int, text: str, channel: Channel = "agent", ended_ms: int | None = None) -> Utterance:
    end_ms = started_ms + 900 if ended_ms is None else ended_ms
    return Utterance(
        call_id="c", at_ms=end_ms, channel=channel, utterance=0, started_ms=started_ms, ended_ms=end_ms, text=text
    )


def kept(started_at: str = "2026-11-22T01:00:00Z") -> Kept:
    context = CallContext(call_id="c", at_ms=0)
    started = CallStarted(call_id="c", at_ms=0, queue="two\nlines", agent_name="Ada", started_at=started_at)
    nudge = Nudge(call_id="c", at_ms=2500, nudge="n", rule="r.r", family="r", severity="warn", title="t", text="Slow.")
    events = (
        context,
        started,
        said(1000, "hello  there"),
        said(2000, "", "customer"),
        nudge,
        said(3000, "hm", "mixed", ended_ms=3000),
        NudgeResolved(call_id="c", at_ms=4000, nudge="n", rule="r.r", outcome="done"),
        CallEnded(call_id="c", at_ms=61_000),
    )
    return Kept(context, started, events)


def test_json_lines_are_the_events() -> None:
    assert [json.loads(line)["type"] for line in FORMATS["jsonl"](kept()).splitlines()][::7] == [
        "CallContext",
        "CallEnded",
    ]


def test_a_call_file_can_be_read_again() -> None:
    text = FORMATS["call"](kept())
    assert text == (
        "# c, from its journal\n@ queue: two lines\n@ agent: Ada\n@ started: 2026-11-22T01:00:00Z\n"
        "00:01.000-00:01.900 agent     hello there\n"
        "# 00:02.500 r.r warn: Slow.\n"
        "00:03.000-00:03.001 customer  hm\n"
        "# 00:04.000 r.r done\n"
    )
    script = read_transcript(text, "c.call")
    assert [(turn.channel, turn.text) for turn in script.turns] == [("agent", "hello there"), ("customer", "hm")]
    assert "started" not in FORMATS["call"](kept(""))


def test_a_vcon_has_parties_dialog_and_analysis() -> None:
    first, second = (json.loads(FORMATS["vcon"](kept())) for _ in range(2))
    assert first == second
    assert [party["role"] for party in first["parties"]] == ["agent", "customer", "mixed"]
    assert [(part["parties"], part["start"], part["body"]) for part in first["dialog"]] == [
        ([0], "2026-11-22T01:00:01.000+00:00", "hello  there"),
        ([2], "2026-11-22T01:00:03.000+00:00", "hm"),
    ]
    assert [event["type"] for event in first["analysis"][0]["body"]] == ["Nudge", "NudgeResolved"]
    assert json.loads(FORMATS["vcon"](kept("")))["created_at"].startswith("1970-01-01")
