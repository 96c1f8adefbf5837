import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.heat import HeatGauge, HeatSettings
from nudges.signals import Hit, TurnTense
from streams.events import Quote

SETTINGS = HeatSettings(
    half_life_s=45,
    bands=(20, 40, 60, 75),
    leave_below=5,
    scores=((-0.3, 6), (-0.5, 12)),
    step=5,
    causes=2,
    cause_floor=3,
)


def hit(cue: str, at_ms: int = 0, turn: int = 0) -> Hit:
    return Hit(f"C.{cue}", "C", cue, at_ms, at_ms, turn)


def heard(gauge: HeatGauge, weight: float, at_ms: int, turn: int = 0, cue: str = "judgement") -> float:
    moved = gauge.hear((hit(cue, at_ms, turn),), (weight,), score=None, turn=turn, now_ms=at_ms)
    gauge.tell(at_ms)
    return moved


def test_it_halves_in_its_half_life() -> None:
    gauge = HeatGauge(SETTINGS)
    heard(gauge, 40, 1000)

    assert gauge.value(500) == 0
    assert gauge.value(1000) == 40
    assert gauge.value(46_000) == pytest.approx(20)
    assert gauge.value(91_000) == pytest.approx(10)
    assert gauge.highest == (1000, 40)
    assert gauge.peak(46_000, 50_000) == pytest.approx(20)
    assert gauge.peak(0, 50_000) == 40


def test_a_family_counts_once_a_turn() -> None:
    gauge = HeatGauge(SETTINGS)

    assert heard(gauge, 14, 0, turn=0) == 14
    assert heard(gauge, 14, 0, turn=0) == 0
    assert heard(gauge, 14, 0, turn=1) == 14


def test_a_bad_score_adds_points_and_a_worse_one_the_difference() -> None:
    gauge = HeatGauge(SETTINGS)

    assert gauge.hear((), (), score=0.2, turn=0, now_ms=0) == 0
    assert gauge.hear((), (), score=-0.3, turn=0, now_ms=0) == 6
    assert gauge.hear((), (), score=-0.6, turn=0, now_ms=0) == 6
    assert gauge.hear((), (), score=-0.6, turn=0, now_ms=0) == 0
    assert gauge.hear((), (), score=-0.6, turn=1, now_ms=0) == 12


def test_it_stays_between_its_ends() -> None:
    gauge = HeatGauge(SETTINGS)

    assert heard(gauge, -20, 0, cue="thanks_warm") == 0
    assert heard(gauge, 130, 0) == 100
    assert gauge.value(0) == 100


def test_a_band_is_left_below_where_it_was_entered() -> None:
    gauge = HeatGauge(SETTINGS)
    heard(gauge, 41, 0)
    assert gauge.band == "warm"

    due_ms = gauge.wake_ms(0)
    assert due_ms is not None
    assert gauge.value(due_ms) == pytest.approx(36, abs=0.01)
    assert gauge.due(due_ms)
    assert not gauge.due(due_ms - 1)
    assert gauge.tell(due_ms)[1] == "warm"

    due_ms = gauge.wake_ms(due_ms) or 0
    assert gauge.value(due_ms) == pytest.approx(35, abs=0.01)
    assert gauge.tell(due_ms) == (35.0, "watch")


def test_bands_are_entered_at_their_values() -> None:
    for value, band in ((19.9, "calm"), (20, "watch"), (40, "warm"), (60, "hot"), (75, "critical")):
        gauge = HeatGauge(SETTINGS)
        heard(gauge, value, 0)
        assert gauge.band == band


def test_it_falls_to_a_target_once() -> None:
    gauge = HeatGauge(SETTINGS)
    heard(gauge, 40, 0)

    assert gauge.falls_to_ms(20, 0) == 45_000
    assert gauge.falls_to_ms(40, 0) is None
    assert gauge.falls_to_ms(0, 0) is None


def test_nothing_is_due_when_cold() -> None:
    gauge = HeatGauge(SETTINGS)

    assert gauge.wake_ms(0) is None
    assert not gauge.due(0)


def test_causes_are_named_heaviest_first_while_they_weigh() -> None:
    gauge = HeatGauge(SETTINGS)
    gauge.hear((hit("waiting"), hit("abuse"), hit("judgement")), (12, 25, 14), score=None, turn=0, now_ms=0)
    gauge.hear((hit("thanks_warm"),), (-20,), score=None, turn=1, now_ms=0)

    assert [cause.cue for cause in gauge.causes(0)] == ["abuse", "judgement"]
    assert [cause.cue for cause in gauge.causes(120_000)] == ["abuse"]
    assert gauge.causes(300_000) == ()


@given(rises=st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60_000)), min_size=1, max_size=8))
def test_every_told_change_comes_at_its_moment_and_bands_never_flap(rises: list[tuple[int, int]]) -> None:
    gauge = HeatGauge(SETTINGS)
    now_ms = 0
    told: list[tuple[float, str]] = []
    for turn, (weight, pause_ms) in enumerate(rises):
        heard(gauge, weight, now_ms, turn)
        told.append((gauge.value(now_ms), gauge.band))
        end_ms = now_ms + pause_ms
        while (due_ms := gauge.wake_ms(now_ms)) is not None and due_ms <= end_ms:
            assert due_ms > now_ms
            now_ms = due_ms
            if gauge.due(now_ms):
                told.append((gauge.value(now_ms), gauge.tell(now_ms)[1]))
        now_ms = end_ms
        assert told[-1][0] - gauge.value(now_ms) <= SETTINGS.step + 0.01
    order = ["calm", "watch", "warm", "hot", "critical"]
    for value, band in told:
        rank = order.index(band)
        assert rank == 0 or value > SETTINGS.bands[rank - 1] - SETTINGS.leave_below - 0.01
        assert rank == 4 or value < SETTINGS.bands[rank] + 0.01


def test_how_long_it_has_been_hot() -> None:
    gauge = HeatGauge(SETTINGS)
    assert gauge.above_since(40, 0) is None
    heard(gauge, 60, 1000)
    assert gauge.above_since(40, 5000) == 1000
    heard(gauge, 30, 10_000, turn=1)
    assert gauge.above_since(40, 20_000) == 1000
    heard(gauge, 50, 100_000, turn=2)
    assert gauge.above_since(40, 100_000) == 100_000
    assert gauge.above_since(40, 300_000) is None
    assert gauge.above_since(0, 300_000) == 0


TONED = msgspec.structs.replace(SETTINGS, tension=((0.2, 20), (0.5, 30)), doubt_below=0.1, doubt_share=0.5)


def test_the_tone_of_a_turn_makes_up_for_what_cues_do_not_say() -> None:
    gauge = HeatGauge(TONED)
    tense = TurnTense(0.6, (Quote("fed up", 900),))
    assert gauge.hear((), (), score=None, turn=0, now_ms=1000, tone=tense) == 30
    assert [(cause.cue, cause.weight, cause.quote) for cause in gauge.causes(1000)] == [("tone", 30, "fed up")]
    assert gauge.hear((), (), score=None, turn=0, now_ms=1000, tone=tense) == 0


def test_thanks_amid_bitter_words_cool_nothing() -> None:
    settings = msgspec.structs.replace(TONED, tension=(), unthankful_from=0.4)
    thanks = (hit("thanks_warm"), hit("emotion_word"))
    for tension, left in ((0.4, 48), (0.39, 28)):
        gauge = HeatGauge(settings)
        heard(gauge, 30, 0)
        gauge.hear(thanks, (-20, 18), score=None, turn=1, now_ms=0, tone=TurnTense(tension, (), 1))
        assert gauge.value(0) == left


def test_thanks_by_themselves_are_meant_even_in_a_bitter_turn() -> None:
    gauge = HeatGauge(msgspec.structs.replace(TONED, tension=(), unthankful_from=0.4))
    heard(gauge, 30, 0)
    bitter = TurnTense(0.9, (), 1)
    assert gauge.hear((hit("thanks_warm"),), (-20,), score=None, turn=1, now_ms=0, tone=bitter) == -20
    assert gauge.tone is bitter
    assert gauge.hear((), (), score=None, turn=2, now_ms=0) == 0
    assert gauge.tone is None


def test_the_tone_of_a_turn_counts_once_though_a_nod_divides_it() -> None:
    gauge = HeatGauge(TONED)
    gauge.hear((hit("a"),), (12,), score=-0.6, turn=0, now_ms=0, tone=TurnTense(0.3, (), 7))
    assert gauge.value(0) == 24, "cue and score have said more than the tone"
    assert gauge.hear((), (), score=None, turn=1, now_ms=0, tone=TurnTense(0.6, (), 7)) == 6
    assert gauge.hear((), (), score=None, turn=2, now_ms=0, tone=TurnTense(0.6, (), 7)) == 0
    assert gauge.hear((), (), score=None, turn=3, now_ms=0, tone=TurnTense(0.6, (), 8)) == 30


def test_cues_in_a_calm_tone_weigh_less() -> None:
    gauge = HeatGauge(TONED)
    assert gauge.hear((hit("a"),), (12,), score=None, turn=0, now_ms=1000, tone=TurnTense(0.3, ())) == 20
    assert [cause.cue for cause in gauge.causes(1000)] == ["a", "tone"]
    assert gauge.hear((hit("b"),), (12,), score=None, turn=1, now_ms=1000, tone=TurnTense(0.05, ())) == 6
