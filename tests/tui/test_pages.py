"""Pages: keys in force, the call's hints, what one rests on, what is watched, where the time goes."""

import datetime as dt
from typing import get_args

import msgspec

from streams.events import CallEnded, CallStarted, Claimed, Health, NudgeAnswered, SharingChanged, StageLag, Watched
from tests.tui.calls import DEAD_AIR, EMPATHY, RISING, STARTED, nudge, of, resolved
from tests.tui.views import texts, view
from tui.actions import ACTIONS, keys_in_force
from tui.board import fold
from tui.pages import delays_page, earlier_page, evidence_page, help_page, history_page, watched_page
from tui.state import Board


def test_help_lists_the_keys_in_force() -> None:
    text = texts(help_page(view(keys=keys_in_force({"dismiss": "x,f9"})), 76))
    assert "x f9     Dismiss           This hint does not fit; take it away" in text
    assert len([line for line in text if any(action.tells in line for action in ACTIONS)]) == len(ACTIONS)
    assert not any("stands for both" in line for line in text)


def test_help_shows_clashing_and_missing_keys() -> None:
    keys = keys_in_force({"dismiss": "a"}) | {"undo": ()}
    text = texts(help_page(view(keys=keys), 40))
    assert any("stands for both" in line for line in text)
    assert "-        Undo" in text


def test_history() -> None:
    assert texts(history_page(view(STARTED), 40)) == ["No hint has come in this call."]
    events = (STARTED, DEAD_AIR, EMPATHY, resolved("n0", "done", 12_000))
    thumbs = (of(NudgeAnswered, 20_000, nudge="n0", answer="helpful"),)
    assert texts(history_page(view(*events, *thumbs), 40)) == [
        "00:17 !  MED  Empathy owed",
        "      on screen",
        "00:10 i  INFO Dead air",
        "      you spoke, thumbs up",
    ]


def test_evidence() -> None:
    item = view(STARTED, RISING).waiting[0]
    text = texts(evidence_page(item, 44))
    assert text[0] == "!! HIGH  Escalation rising"
    assert '00:16 cust  "third time i\'ve called"' in text
    assert "measured  heat 64, limit 60" in text
    assert "rule      deesc.rising_heat" in text
    bare = texts(evidence_page(view(STARTED, nudge("n")).waiting[0], 44))
    assert "no words: this hint goes by time alone" in bare
    assert "measured  -" in bare


def test_delays_stage_by_stage() -> None:
    lags = [
        of(StageLag, 20_000, stage=stage, p50_ms=p50_ms, p95_ms=2 * p50_ms, count=9)
        for stage, p50_ms in (("queue", 12.4), ("draw", 60.0), ("finals", 900.0))
    ]
    behind = of(Health, 21_000, queued=3, degrade=1, words_behind_ms=1_240, text="words come less often")
    text = texts(delays_page(view(STARTED, *lags, behind), 36))
    assert text[0] == "ms, last minute           half  95 %"
    assert [row.split()[0] for row in text[1:11]] == [*get_args(StageLag.__annotations__["stage"])]
    assert "queue    waits for a core   12    25" in text
    assert "draw     this screen        60   120" in text
    assert "finals   in all: sentences 900  1800" in text
    assert "encode   hearing             -     -" in text
    assert text[-4:] == ["words not seen yet were said 1.3 s", "ago", "", "words come less often"]
    assert len(texts(delays_page(view(STARTED), 44))) == 11


TOLD = ("# What is watched", "The words of both sides.", "# What supervisors see", "Nothing at all.")


def test_what_is_watched_and_sent() -> None:
    text = texts(watched_page(view(), TOLD, (), 60))
    assert text == [
        "What is watched",
        "- The words of both sides.",
        "",
        "What supervisors see",
        "- Nothing at all.",
        "",
        "What was sent last",
        "- Nothing was sent to anybody.",
    ]


def test_what_was_sent_is_there_letter_by_letter() -> None:
    sent = ["the hub is connected", '3 s ago  {"type":"StatePut","state":{"heat":64}}', "x" * 100]
    text = texts(watched_page(view(), (), sent, 42))
    assert text[:2] == ["What was sent last", "- the hub is connected"]
    assert "".join(line[2:] for line in text[2:4]).replace(" ", "") == '3sago{"type":"StatePut","state":{"heat":64}}'
    assert text[-3:] == ["- " + "x" * 40, "  " + "x" * 40, "  " + "x" * 20]


def test_how_this_call_is_seen() -> None:
    watched = (of(Watched, names=("Maria", "Jo")), of(Claimed, by="Maria"), of(SharingChanged, what="off"))
    text = texts(watched_page(view(STARTED, *watched), (), (), 120))
    assert "- Sharing is off for this call: supervisors see only that you are in it, and a call for help." in text
    assert "- Open at Maria, Jo now." in text
    assert "- Maria looks after it." in text
    assert "- o switches sharing on for this call, where that may be." in text
    assert "- o switches sharing off for this call, where that may be." in texts(
        watched_page(view(STARTED), (), (), 120)
    )
    bare = view(STARTED, keys=keys_in_force({}) | {"sharing": ()})
    assert not any("switches sharing" in line for line in texts(watched_page(bare, (), (), 120)))


def test_calls_before_this_one() -> None:
    before = fold(
        Board(),
        [
            of(CallStarted, call_id="old", queue="Billing", started_at="2026-11-22T09:05:00Z"),
            msgspec.structs.replace(DEAD_AIR, call_id="old"),
            msgspec.structs.replace(EMPATHY, call_id="old"),
            of(NudgeAnswered, 20_000, call_id="old", nudge="n0", answer="helpful"),
            of(NudgeAnswered, 20_000, call_id="old", nudge="n1", answer="not_helpful"),
            of(NudgeAnswered, 20_000, call_id="old", nudge="n1", answer="dismissed"),
            of(CallEnded, 61_000, call_id="old"),
        ],
    )
    unknown = fold(Board(), [of(CallStarted, call_id="x")])
    now = view(STARTED)
    text = texts(earlier_page(now, [before, unknown], 40, dt.timezone(dt.timedelta(hours=2))))
    assert text == [
        "No hint has come in this call.",
        "",
        "11:05  Billing     01:01  2 hints  +1 -1",
        "00:10 i  Dead air                 open +",
        "00:17 !  Empathy owed        dismissed -",
        "",
        "--:--                     00:00  0 hints",
    ]
    assert texts(earlier_page(now, [], 40))[-1] == "No earlier call of this shift is kept."
