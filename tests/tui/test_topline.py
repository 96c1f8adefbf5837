"""The first and the last line: one word for the state, and what matters least gives way."""

import re
from typing import Any

import pytest

from streams.events import (
    AudioLost,
    AudioPaused,
    CallEnded,
    CallStarted,
    Claimed,
    Doubt,
    Empathy,
    Health,
    Held,
    HelpAsked,
    Hold,
    Muted,
    Quiet,
    SpeechStarted,
    StageLag,
    Tick,
    Watched,
)
from tests.tui.calls import EMPATHY, STARTED, of
from tests.tui.views import texts, view
from tui.actions import keys_in_force
from tui.board import fold
from tui.lines import width
from tui.state import Board, Link
from tui.topline import foot, people_rule, rule, top, words_remark, words_rule

AT = of(Tick, 252_000)


def line(*events: Any, columns: int = 40, **given: Any) -> str:
    """The top line, its wide gaps as a stroke."""
    lines = top(view(*events, **given), columns, 1)
    assert [width(each) for each in lines] == [columns]
    return re.sub(" {3,}", " | ", texts(lines)[0].strip())


@pytest.mark.parametrize(
    ("events", "given", "said"),
    [
        ((), {}, "IDLE  waiting for a call | link ok"),
        ((), {"link": Link("connecting")}, "IDLE  finding the service | connecting"),
        ((), {"link": Link("over")}, "IDLE  nothing more to come | ended"),
        ((STARTED, AT), {}, "LIVE 04:12  Billing | link ok"),
        ((STARTED, AT, of(Hold, 252_000)), {}, "HOLD 04:12  Billing | link ok"),
        ((STARTED, AT, of(AudioPaused, 252_000)), {}, "PAUSED  04:12  Billing | link ok"),
        ((STARTED, AT, of(Muted, 252_000, channel="agent")), {}, "MUTED 04:12  you  Billing | link ok"),
        ((STARTED, AT, of(Quiet, 252_000, until_ms=372_000)), {}, "QUIET 02:00 left  04:12 | link ok"),
        ((STARTED, AT, of(Quiet, 252_000, until_ms=-1)), {}, "QUIET rest of call  04:12 | link ok"),
        ((STARTED, AT), {"still": True}, "STILL  04:12  p goes on | link ok"),
        ((STARTED, AT), {"speed": 4.0}, "REPLAY x4 04:12  Billing | link ok"),
        ((STARTED, AT), {"speed": 0.0}, "REPLAY 04:12  Billing | link ok"),
        ((STARTED, AT, of(CallEnded, 252_000)), {}, "WRAP-UP 04:12  Billing | link ok"),
        ((STARTED, AT), {"link": Link("lost"), "link_age_ms": 9_000}, "RECONNECT  link lost 9s ago"),
    ],
    ids=lambda value: "",
)
def test_states(events: tuple[Any, ...], given: dict[str, Any], said: str) -> None:
    assert line(*events, **given) == said


def test_late_words() -> None:
    late = of(Health, 252_000, queued=2, degrade=1, words_behind_ms=4_200)
    assert line(STARTED, AT, late) == "BEHIND  4.2s late  04:12 | link ok"


def test_words_that_nobody_hears_are_not_late() -> None:
    late = of(Health, 252_000, queued=0, degrade=0, words_behind_ms=4_200)
    assert line(of(CallStarted, words_from="none"), AT, late) == "LIVE 04:12  no words | link ok"


def test_what_the_screen_itself_takes_counts() -> None:
    words = of(StageLag, 252_000, stage="words", p50_ms=900.0, p95_ms=1_000.0, count=1)
    draw = of(StageLag, 252_000, stage="draw", p50_ms=210.0, p95_ms=300.0, count=1)
    assert line(STARTED, AT, words, draw) == "LIVE 04:12  Billing | link ok  1.1s"
    slow = of(StageLag, 252_000, stage="draw", p50_ms=2_900.0, p95_ms=4_000.0, count=1)
    assert line(STARTED, AT, slow) == "BEHIND  2.9s late  04:12 | link ok"
    assert words_remark(view(STARTED, slow)) == "2.9s late"


def test_lag_link_and_lost_sound() -> None:
    lag = of(StageLag, 252_000, stage="words", p50_ms=900.0, p95_ms=1_000.0, count=1)
    lost = of(AudioLost, 252_000, channel="customer", lost_ms=1_200)
    assert line(STARTED, AT, lag, lost) == "LIVE 04:12  sound lost | link ok  0.9s"
    assert "sound lost  Billing" in line(STARTED, lost, columns=80)
    assert "sound lost" not in line(STARTED, lost, now_ms=262_001)


def test_where_words_come_from_is_always_said() -> None:
    started = of(CallStarted, queue="Billing", words_from="reference")
    lag = of(StageLag, 252_000, stage="words", p50_ms=900.0, p95_ms=1_000.0, count=1)
    assert line(started, AT, lag) == "REPLAY 04:12  words: transcript | 0.9s"
    assert line(started, AT, lag, columns=80).startswith("REPLAY 04:12  words: transcript  Billing")
    assert "words: transcript" in line(started, AT, link=Link("lost"), columns=60)


def test_a_call_without_words_says_so() -> None:
    started = of(CallStarted, queue="Billing", words_from="none")
    assert line(started, AT) == "LIVE 04:12  no words  Billing  link ok"
    assert line(started, AT, columns=80).startswith("LIVE 04:12  no words  Billing")
    assert words_remark(view(started)) == "no words"


def test_a_replayed_recording_is_a_replay() -> None:
    assert line(of(CallStarted, source="replay:a.wav"), AT).startswith("REPLAY 04:12")


def test_how_much_is_held_and_when_the_link_is_tried_again() -> None:
    quiet = of(Quiet, 252_000, until_ms=-1)
    lag = of(StageLag, 252_000, stage="words", p50_ms=900.0, p95_ms=1_000.0, count=1)
    assert line(STARTED, AT, quiet, of(Held, 252_000, count=2), lag) == "QUIET rest of call  2 held  04:12 0.9s"
    lost = Link("lost", retry_ms=1_200)
    assert line(STARTED, AT, link=lost, link_age_ms=9_000) == "RECONNECT in 2s  link lost 9s ago"


def test_several_calls() -> None:
    calm, stirred = fold(Board(), [STARTED]), fold(Board(), [STARTED, EMPATHY])
    assert line(STARTED, AT, calls=2, call=1, others=[calm]) == "LIVE 04:12  call 1 of 2 | link ok"
    assert line(STARTED, AT, calls=2, call=1, others=[stirred]) == "LIVE 04:12 | call 1 of 2 ! | link ok"


def test_a_low_panel_says_above_what_has_no_place_below() -> None:
    people = (of(Watched, 252_000, names=("Maria Lopez",)), of(HelpAsked, 252_000, help="h"))
    assert line(STARTED, AT, *people, low=True) == "LIVE 04:12  help asked | link ok"
    assert line(STARTED, AT, people[0], low=True) == "LIVE 04:12  seen by 1  Billing link ok"
    assert "seen by Maria Lopez" in line(STARTED, AT, *people, low=True, columns=80)
    assert "seen by" not in line(STARTED, AT, *people, columns=80)


def test_who_looks_on_stands_between_card_and_rows() -> None:
    people = (of(Watched, names=("Jo", "Al")), of(Claimed, by="Maria Lopez"))
    assert texts([people_rule(view(STARTED), 40)]) == ["─" * 40]
    assert texts([people_rule(view(STARTED, *people), 40)]) == ["─ seen by Jo, Al ──── with Maria Lopez ─"]
    assert texts([people_rule(view(STARTED, *people, of(CallEnded, 9)), 40)]) == ["─" * 40]


def test_an_unbound_pause_key_is_not_offered() -> None:
    keys = keys_in_force({}) | {"pause": ()}
    assert line(STARTED, AT, still=True, keys=keys).startswith("STILL  04:12  Billing")


def test_remarks_about_words() -> None:
    assert words_remark(view(STARTED)) == ""
    assert words_remark(view(STARTED, of(Health, queued=0, degrade=0, words_behind_ms=3_000))) == "3.0s late"
    assert words_remark(view(STARTED, of(AudioLost, channel="agent", lost_ms=400))) == "0.4s of sound lost"
    assert words_remark(view(of(CallStarted, words_from="text"))) == "words: transcript"
    assert words_remark(view(STARTED, of(Doubt, about="rate", text="twice as fast"))) == "twice as fast"
    doubtful = of(Doubt, about="sides", text="greeted")
    assert words_remark(view(STARTED, doubtful)) == "sides swapped? X swaps them"
    bare = view(STARTED, doubtful, keys=keys_in_force({}) | {"swap_sides": ()})
    assert words_remark(bare) == "sides swapped?"
    both = [of(SpeechStarted, channel=side, started_ms=0) for side in ("agent", "customer")]
    assert words_remark(view(STARTED, *both)) == "customer and you speaking"


def test_rule() -> None:
    assert texts([rule(view(), "", "", 6)]) == ["──────"]
    assert texts([rule(view(), "words", "late", 24)]) == ["─ words ───────── late ─"]


def test_foot() -> None:
    assert texts(foot(view(), 40, 1)) == [" z quiet  h history  ^p menu     ? help"]
    assert texts(foot(view(flash="copied"), 40, 1)) == [" copied"]
    keys = keys_in_force({}) | {"help": (), "quiet": ()}
    assert texts(foot(view(keys=keys), 40, 1)) == [" h history  ^p menu"]


def test_the_ledger_is_counted_above_the_words() -> None:
    openings = [
        of(Empathy, 5, opening=f"o{number}", state=state, strength="strong", quote="", said_ms=0)
        for number, state in enumerate(("given", "missed", "not_needed", "open"))
    ]
    shown = view(STARTED, *openings)
    assert texts([words_rule(shown, 40)]) == ["─ empathy 1 of 3 ───────────────────────"]
    replayed = view(of(CallStarted, words_from="reference"), *openings)
    assert texts([words_rule(replayed, 40)]) == ["─ empathy 1 of 3 ─── words: transcript ─"]
    late = view(STARTED, *openings, of(Doubt, 9, about="sides", text=""))
    assert "empathy" not in texts([words_rule(late, 40)])[0]
    assert "sides swapped?" in texts([words_rule(late, 40)])[0]
    assert "empathy 1 of 3" in texts([words_rule(late, 60)])[0]
    assert "empathy" not in texts([words_rule(view(STARTED, *openings, of(CallEnded, 10)), 40)])[0]
