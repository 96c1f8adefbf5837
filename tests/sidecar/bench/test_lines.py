import msgspec
import pytest

from sidecar.bench.figures import Drift, Overload, Ratio, Report, SplitSpread, Stock
from sidecar.bench.lines import lines
from sidecar.bench.machine import Machine
from sidecar.bench.spread import Spread

SPREAD = Spread(120.4, 350.6, 900, 42)
SPLIT = SplitSpread(120.4, 350.6, 900, 42, wait=SPREAD, queue=SPREAD, compute=SPREAD)
BARE = Report(
    about="random weights: the compute is real",
    model="tiny.en",
    profile="safe",
    minutes=1.5,
    background_load=0,
    machine=Machine(cpu="Some CPU", cores=4, cores_used=2, system="Linux x86_64", python="3.12"),
    word_shown_ms=SPLIT,
    word_committed_ms=SPLIT,
    final_after_speech_ms=SplitSpread(400, 900, 950, 7, wait=SPREAD, queue=SPREAD, compute=SPREAD),
    turn_final_ms=SPREAD,
    cpu_s_per_audio_s=0.2,
    cpu_s_per_channel_s=0.1,
    rss_mb=270.2,
    unstable_word_ratio=0.151,
    committed_changed=0,
    finals=7,
    finals_lost=0,
    words_said=42,
    words_lost=1,
    words_invented_per_silent_minute=0.0,
    partials=80,
    partials_skipped=2,
    most_degraded=0,
    frames_sent_late=0,
)


def test_the_first_line_says_what_is_real():
    assert next(lines(BARE)) == "random weights: the compute is real"


def test_every_measure_has_a_line_of_its_own():
    text = "\n".join(lines(BARE))
    for part in (
        "2 of 4 cores (Some CPU)",
        "word first shown",
        "120",
        "351",
        "0.200",
        "270 MB",
        "15.1%",
        "committed ones",
        "event loop held",
    ):
        assert part in text
    assert "sent late" not in text
    assert "other programs" not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"frames_sent_late": 3}, "frames sent late"),
        ({"committed_changed": 2}, "committed ones: 2"),
        ({"machine": msgspec.structs.replace(BARE.machine, busy_elsewhere=0.25)}, "other programs used 25%"),
        ({"drift": Drift(1.5, -3.0, 0.001)}, "+1.5 MB"),
        (
            {
                "overload": Overload(
                    asked=1.52,
                    calls=13,
                    spell_s=30,
                    most_degraded=4,
                    finals=88,
                    finals_lost=0,
                    final_after_speech_ms=SPREAD,
                    recovery_s=2.9,
                )
            },
            "13 calls at once for 30 s, 1.52 times",
        ),
    ],
)
def test_what_was_found_besides_is_said(changes, said):
    assert said in "\n".join(lines(msgspec.structs.replace(BARE, **changes)))


def test_the_usual_way_is_set_beside():
    stock = Stock(
        about="the usual",
        word_shown_ms=SPREAD,
        word_committed_ms=SPREAD,
        turn_final_ms=SPREAD,
        cpu_s_per_audio_s=0.7,
        rss_mb=400,
        passes=180,
    )
    report = msgspec.structs.replace(BARE, stock=stock, stock_over_ours=Ratio(3.5, 6.0, 5.0, 3.0, 3.2))
    assert list(lines(report))[-1].startswith("usual over ours: CPU 3.5 x, turn final 6 x (p95 5 x)")
