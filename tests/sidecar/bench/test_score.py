import pytest

from sidecar.bench.score import score
from streams.engine import JobKind

SAID = (("Hello", 0, 400), ("there,", 450, 800), ("Kim.", 850, 1200))


def scored(kit, stamped, decodes=(), begun=(), said=SAID):
    return score({"customer": kit.words(*said)}, stamped, decodes, begun)


def test_words_count_from_their_true_end_and_from_when_they_were_first_right(kit):
    result = scored(
        kit,
        [
            kit.draft(700, "", "hello"),
            kit.draft(1100, "Hello", "the"),
            kit.draft(1500, "Hello there", "Kim"),
            kit.final(1800, "Hello there, Kim."),
        ],
    )
    assert result.shown_ms == (300, 700, 300)
    assert result.committed_ms == (700, 700, 600)
    assert [final.total_ms for final in result.finals] == [600]
    assert (result.words_said, result.words_lost, result.finals_lost) == (3, 0, 0)


def test_shown_words_that_changed_are_counted(kit):
    result = scored(kit, [kit.draft(900, "", "hello thee"), kit.final(1800, "Hello there, Kim.")])
    assert (result.words_drawn, result.words_changed) == (4, 1)


def test_a_committed_word_that_changes_is_told(kit):
    steady = scored(kit, [kit.draft(900, "hello"), kit.draft(1000, "hello there")])
    broken = scored(kit, [kit.draft(900, "hello there"), kit.draft(1000, "hello where"), kit.draft(1100, "hello")])
    masked = scored(kit, [kit.draft(900, "hello four"), kit.draft(1000, "hello •")])
    assert (steady.committed_changed, broken.committed_changed, masked.committed_changed) == (0, 2, 0)


def test_a_final_consists_of_waiting_queue_and_compute(kit):
    (final,) = scored(kit, [kit.final(2000, "hello there kim")], [kit.decode(1500, 1600, 1990)]).finals
    assert (final.total_ms, final.queue_ms, final.compute_ms, final.wait_ms) == (800, 100, 390, 310)


def test_a_decode_that_was_ready_before_the_pause_cost_only_waiting(kit):
    decodes = [kit.decode(1300, 1300, 1500), kit.decode(1900, 1900, 1990, kind=JobKind.AGENT_PARTIAL)]
    (final,) = scored(kit, [kit.final(2000, "hello there kim")], decodes).finals
    assert (final.wait_ms, final.queue_ms, final.compute_ms) == (800, 0, 0)


def test_words_consist_of_the_same(kit):
    decodes = [
        kit.decode(900, 950, 1090, kind=JobKind.CUSTOMER_PARTIAL),
        kit.decode(1300, 1300, 1490, kind=JobKind.CUSTOMER_PARTIAL),
        kit.decode(1300, 1400, 1795),
        kit.decode(1300, 1400, 1799, kind=JobKind.CUSTOMER_PARTIAL),
    ]
    result = scored(
        kit,
        [kit.draft(1100, "", "hello"), kit.draft(1500, "hello", "there"), kit.final(1800, "hello there kim")],
        decodes,
    )
    assert [(word.total_ms, word.queue_ms, word.compute_ms) for word in result.shown] == [
        (700, 50, 140),
        (700, 0, 190),
        (600, 100, 395),
    ]
    assert [(word.total_ms, word.compute_ms) for word in result.committed] == [(1100, 190), (1000, 395), (600, 395)]
    assert all(word.wait_ms == word.total_ms - word.queue_ms - word.compute_ms for word in result.shown)


def test_what_was_not_said_is_invented_and_what_is_in_no_final_is_lost(kit):
    wrong = kit.final(2000, "thank you", utterance=1, started_ms=900, ended_ms=1200)
    result = scored(kit, [kit.final(1500, "hello there"), wrong])
    assert (result.words_lost, result.words_invented) == (1, 0)
    silent = [kit.final(9000, "thank you", utterance=1, started_ms=8000, ended_ms=8500)]
    assert scored(kit, silent).words_invented == 2


def test_a_final_that_never_came_is_lost(kit):
    came = [kit.final(2000, "hello there kim", utterance=1)]
    assert scored(kit, came).finals_lost == 1
    assert scored(kit, came, begun=[("customer", 1), ("customer", 2)]).finals_lost == 2


def test_a_turn_ends_at_a_long_silence(kit):
    said = (("one", 0, 400), ("two", 900, 1200), ("three", 4000, 4400))
    stamped = [
        kit.final(1500, "one two"),
        kit.final(5000, "three", utterance=1, started_ms=4000, ended_ms=4400),
    ]
    assert scored(kit, stamped, said=said).turn_finals_ms == (300, 600)


def test_an_utterance_that_began_later_is_not_matched_with_words_before_it(kit):
    said = (("yes", 0, 300), ("yes", 5000, 5300))
    stamped = [kit.draft(5600, "", "yes", utterance=1, started_ms=4990), kit.final(6000, "yes", utterance=1)]
    result = scored(kit, stamped, said=said)
    assert 300.0 in result.shown_ms


@pytest.mark.parametrize("text", ["", "•"])
def test_nothing_said_gives_nothing(kit, text):
    result = scored(kit, [kit.final(100, text)], said=())
    assert (result.shown_ms, result.finals, result.turn_finals_ms) == ((), (), ())
