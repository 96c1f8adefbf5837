import msgspec
import pytest

from sidecar.bench import figures, machine
from sidecar.bench.conversation import Conversation
from sidecar.bench.figures import Holds, Report, Stock
from sidecar.bench.holds import Held
from sidecar.bench.score import Final
from sidecar.bench.session import Heard, Run, Sample
from sidecar.bench.spread import Spread
from sidecar.bench.watch import Stamped
from streams.engine import JobKind
from streams.events import Utterance


def heard(talk):
    """Every word of one side in one final, half a second after its end."""
    stamped = []
    for channel, spoken in talk.words.items():
        if not spoken:
            continue
        event = Utterance(
            call_id="c",
            at_ms=spoken[-1].end_ms + 500,
            channel=channel,
            utterance=0,
            started_ms=spoken[0].start_ms,
            ended_ms=spoken[-1].end_ms,
            text=" ".join(word.text for word in spoken),
        )
        stamped.append(Stamped(event.at_ms, event))
    return Heard(tuple(stamped), partials_asked=3, begun=frozenset(), most_degraded=1, sent_late=2)


def sample(at_ms, *, cpu_s=0.0, resident_mb=100.0, level=0):
    return Sample(at_ms, cpu_s, resident_mb, level, 0)


@pytest.fixture(scope="module")
def talk():
    return Conversation(20_000)


def report(kit, talk) -> Report:
    run = Run(
        calls={"c": heard(talk)},
        decodes=(kit.decode(0, 0, 1, kind=JobKind.AGENT_PARTIAL), kit.decode(0, 0, 1)),
        samples=(sample(0), sample(100, resident_mb=250.04)),
        cpu_s=5.0,
        wall_s=20.0,
        busy_elsewhere=0.1,
        held=(Held(0.0, 0.0), Held(0.0, 0.0), Held(7.26, 1.24), Held(1.0, 1.0)),
    )
    given = {"about": "a", "model": "m", "profile": "safe", "minutes": 0.3, "background_load": 0}
    return figures.figures(run, "c", talk, machine=machine.describe(), **given)[0]


def test_a_run_comes_to_figures(kit, talk):
    got = report(kit, talk)
    assert (got.cpu_s_per_audio_s, got.cpu_s_per_channel_s, got.rss_mb) == (0.25, 0.125, 250.0)
    assert got.final_after_speech_ms.p50 == got.final_after_speech_ms.wait.p50 == 500
    assert (got.partials, got.partials_skipped, got.most_degraded, got.frames_sent_late) == (1, 2, 1, 2)
    assert got.loop_hold_ms == Holds(p50=0.0, p95=7.3, p99=7.3, count=4, most=7.3, work_p99=1.2, work_most=1.2)
    assert (got.words_lost, got.finals_lost, got.unstable_word_ratio) == (0, 0, 0)
    assert got.words_said == sum(len(spoken) for spoken in talk.words.values())


def names(value):
    """The keys of a JSON value, those of objects within it too."""
    return {key: names(inner) for key, inner in value.items()} if isinstance(value, dict) else None


def test_the_names_of_the_json_stay(kit, talk):
    spread = dict.fromkeys(("p50", "p95", "p99", "count"))
    split = {**spread, "wait": spread, "queue": spread, "compute": spread}
    machine_names = ("cpu", "cores", "cores_used", "system", "python", "load_before", "busy_elsewhere")
    spell = ("asked", "calls", "spell_s", "most_degraded", "finals", "finals_lost", "recovery_s")
    measured = msgspec.structs.replace(
        report(kit, talk),
        overload=figures.Overload(**dict.fromkeys(spell, 0), final_after_speech_ms=Spread()),
    )
    found = names(msgspec.json.decode(msgspec.json.encode(measured)))
    promised = {
        "word_shown_ms": split,
        "word_committed_ms": split,
        "final_after_speech_ms": split,
        "cpu_s_per_audio_s": None,
        "rss_mb": None,
        "unstable_word_ratio": None,
        "finals_lost": None,
        "partials_skipped": None,
        "loop_hold_ms": {**spread, "most": None, "work_p99": None, "work_most": None},
        "ingest_core_share": None,
        "overload": dict.fromkeys(spell) | {"final_after_speech_ms": spread},
        "machine": dict.fromkeys(machine_names),
    }
    assert {name: found[name] for name in promised} == promised


def test_drift_is_per_hour_and_leaves_out_the_first_minute():
    samples = [
        sample(second * 1000, cpu_s=second * 0.5, resident_mb=100 + second / 60 if second >= 60 else 0)
        for second in range(300)
    ]
    finals = [Final(at_ms, 100 + at_ms / 36_000, 0, 0, 0) for at_ms in range(0, 300_000, 10_000)]
    drift = figures.drift(samples, finals)
    assert (drift.rss_mb_per_hour, drift.final_ms_per_hour, drift.cpu_per_hour) == (60, 100, 0)


def test_recovery_ends_when_nothing_is_degraded_and_all_is_final():
    samples = [sample(at_ms, level=level) for at_ms, level in ((900, 4), (1500, 2), (2500, 1), (3000, 0))]
    assert figures.recovery_s(samples, [], 1000) == 1.5
    assert figures.recovery_s(samples, [(4000.0, 3500.0)], 1000) == 3.0
    assert figures.recovery_s(samples, [(4000.0, 500.0)], 1000) == 1.5
    assert figures.recovery_s([sample(0)], [], 1000) == 0


def test_an_overload_counts_all_its_calls(talk):
    run = Run(
        calls={"call": heard(talk), "call-1": heard(talk)},
        decodes=(),
        samples=(sample(6000, level=3), sample(26_000, level=1), sample(30_000)),
        cpu_s=1,
        wall_s=40,
        busy_elsewhere=None,
    )
    got = figures.overload(run, {"call": talk, "call-1": talk}, {"call": 0, "call-1": 5000}, "call", 1.5)
    assert (got.calls, got.spell_s, got.most_degraded, got.finals_lost, got.recovery_s) == (2, 20.0, 3, 0, 1.0)
    assert got.finals == 2 * len([spoken for spoken in talk.words.values() if spoken])
    assert got.final_after_speech_ms.p50 == 500


def test_ratios_are_theirs_over_ours(kit, talk):
    ours = report(kit, talk)
    stock = Stock(
        about="",
        word_shown_ms=Spread(1000),
        word_committed_ms=Spread(2000),
        turn_final_ms=Spread(2000, 4000),
        cpu_s_per_audio_s=1.0,
        rss_mb=1,
        passes=1,
    )
    ratio = figures.ratio(ours, stock)
    assert (ratio.cpu, ratio.turn_final_p50) == (4, 4)
    assert ratio.turn_final_p95 == round(4000 / ours.turn_final_ms.p95, 1)
    nothing = figures.ratio(msgspec.structs.replace(ours, turn_final_ms=Spread()), stock)
    assert nothing.turn_final_p50 == 0


def test_silence_is_what_no_word_covers(kit):
    words = {"agent": kit.words(("a", 0, 30_000)), "customer": ()}
    assert figures.silent_minutes(words, 60_000) == 1.5
    assert figures.silent_minutes({"agent": kit.words(("a", 0, 60_000))}, 60_000) > 0
