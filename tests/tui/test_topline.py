"""The first and the last line: one word for the state, and what matters least gives way."""

import re
from typing import Any

import pytest

from streams.events import (
    AudioLost,
    AudioPaused,
    CallEnded,
    CallStarted,
    Health,
    Hold,
    Muted,
    Quiet,
    SpeechStarted,
    StageLag,
    Tick,
)
from tests.tui.calls import STARTED, of
from tests.tui.views import texts, view
from tui.actions import keys_in_force
from tui.lines import width
from tui.state import Link
from tui.topline import foot, rule, top, words_remark

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


def test_an_unbound_pause_key_is_not_offered() -> None:
    keys = keys_in_force({}) | {"pause": ()}
    assert line(STARTED, AT, still=True, keys=keys).startswith("STILL  04:12  Billing")


def test_remarks_about_words() -> None:
    assert words_remark(view(STARTED)) == ""
    assert words_remark(view(STARTED, of(Health, queued=0, degrade=0, words_behind_ms=3_000))) == "3.0s late"
    assert words_remark(view(STARTED, of(AudioLost, channel="agent", lost_ms=400))) == "0.4s of sound lost"
    assert words_remark(view(of(CallStarted, words_from="text"))) == "words: transcript"
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
