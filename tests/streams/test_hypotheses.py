import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.engine import Transcription
from streams.events import Word
from streams.hypotheses import HypothesisTracker, timed_words


def words(text, *, start_ms=0, step_ms=300, p=0.5):
    return tuple(
        Word(word, start_ms + n * step_ms, start_ms + n * step_ms + 250, p) for n, word in enumerate(text.split())
    )


def fed(*passes, every_ms=400):
    tracker = HypothesisTracker(0)
    for n, text in enumerate(passes):
        tracker.feed(words(text), 0, 1000 + n * every_ms)
    return tracker


def test_the_first_pass_is_all_tail():
    tracker = fed("I want to")
    assert (tracker.stable, tracker.tail, tracker.text) == ("", "I want to", "I want to")
    assert tracker.stable_until_ms == 0


def test_what_two_passes_agree_on_is_stable():
    tracker = fed("I want two", "I want to cancel")
    assert (tracker.stable, tracker.tail) == ("I want", "to cancel")
    assert tracker.stable_until_ms == 550


def test_case_and_punctuation_do_not_count_in_agreement():
    assert fed("i want. To", "I want to cancel").stable == "I want to"


def test_punctuation_alone_is_compared_as_it_stands():
    assert fed("so —", "so — yes").stable == "so —"


def test_the_end_of_a_sentence_at_the_edge_is_not_settled():
    assert fed("I want.", "I want.").stable == "I want"
    assert fed("wait ...", "wait ...").stable == "wait ..."


def test_how_the_latest_pass_closed_the_words_is_known_all_the_same():
    assert fed("I want.", "I want.").text == "I want."
    assert fed("I want.", "I want.", "I want").text == "I want"
    assert fed("I want.", "I want.", "I want. To").text == "I want To"
    assert fed("I want, sir", "I want, sir", "").text == "I want, sir"
    assert fed("wait ...", "wait ...").text == "wait ..."


def test_sure_words_well_before_the_edge_are_stable_at_once():
    tracker = HypothesisTracker(0)
    tracker.feed(words("I want to cancel", p=0.8), 0, 1400)
    assert (tracker.stable, tracker.tail) == ("I want to", "cancel")


def test_an_unsure_word_holds_back_those_behind_it():
    tracker = HypothesisTracker(0)
    said = list(words("I want to cancel", p=0.8))
    said[1] = Word("want", 300, 550, 0.59)
    tracker.feed(said, 0, 5000)
    assert tracker.stable == "I"


def test_stable_words_stay_when_a_later_pass_reads_them_differently():
    tracker = fed("I want to", "I want to cancel", "Iwan to cancel it")
    assert tracker.stable.startswith("I want to")
    assert "to to" not in tracker.text


def test_a_seam_in_which_the_pass_repeats_stable_words_is_not_doubled():
    tracker = fed("I want to", "I want to")
    late = (Word("wand", 350, 500, 0.5), Word("to", 840, 900, 0.5), Word("cancel", 920, 1100, 0.5))
    tracker.feed(late, 0, 1800)
    assert tracker.text == "I want to cancel"


def test_a_pass_that_reads_stable_words_differently_goes_on_where_they_ended():
    tracker = fed("I want to", "I want to")
    late = (
        Word("wand", 350, 500, 0.5),
        Word("two", 640, 900, 0.5),
        Word("cancel", 920, 1100, 0.5),
        Word("it", 1150, 1250, 0.5),
    )
    tracker.feed(late, 0, 1800)
    assert tracker.text == "I want to cancel it"


def test_a_word_really_said_twice_is_kept():
    tracker = fed("no no", "no no")
    tracker.feed((Word("know", 0, 200, 0.5), Word("no", 1200, 1400, 0.5)), 0, 1800)
    assert tracker.text == "no no no"


def test_a_pass_with_nothing_new_empties_the_tail():
    tracker = fed("I want to", "I want two")
    tracker.feed(words("Iwant"), 0, 1800)
    assert (tracker.stable, tracker.tail) == ("I want", "")


def test_a_pass_that_reaches_less_far_is_ignored():
    tracker = fed("I want to cancel")
    tracker.feed(words("I"), 0, 500)
    assert tracker.tail == "I want to cancel"
    assert tracker.heard_until_ms == 1000


def test_a_long_span_is_trimmed_behind_stable_words_at_the_widest_gap():
    tracker = HypothesisTracker(0)
    said = words("a b c d e f g h i j", p=0.9)
    pause = words("k l m n o p q r", start_ms=3400, p=0.9)
    tracker.feed((*said, *pause), 0, 6000)
    tracker.trim(10_000)
    assert tracker.next_from_ms == 0
    tracker.trim(5000)
    assert tracker.next_from_ms == (2950 + 3400) // 2
    assert tracker.said_until(tracker.next_from_ms) == "a b c d e f g h i j"
    # The next pass hears only what lies behind the cut.
    tracker.feed(words("k l m n o p q r s", start_ms=3400, p=0.9), tracker.next_from_ms, 6300)
    assert tracker.text == "a b c d e f g h i j k l m n o p q r s"


def test_a_pass_over_all_of_the_sound_is_understood_after_a_trim():
    tracker = HypothesisTracker(0)
    said = "a b c d e f g h i j k l m n o p"
    tracker.feed(words(said, p=0.9), 0, 5000)
    tracker.trim(3000)
    assert tracker.next_from_ms > 0
    tracker.feed(words(said + " q", p=0.9), 0, 5400)
    assert tracker.text == said + " q"


def test_what_was_said_until_a_cut_is_bounded():
    tracker = HypothesisTracker(0)
    tracker.feed(words(" ".join(f"w{n}" for n in range(40)), p=0.9), 0, 12_500)
    assert tracker.said_until(0) == ""
    assert tracker.said_until(550) == "w0 w1"
    assert tracker.said_until(9000).split() == [f"w{n}" for n in range(14, 30)]


def test_a_span_without_a_stable_word_is_not_trimmed():
    tracker = HypothesisTracker(0)
    tracker.feed(words("a b c d e f g h", p=0.1), 0, 6000)
    tracker.trim(3000)
    assert tracker.next_from_ms == 0


def test_a_span_is_not_trimmed_near_its_ends():
    tracker = HypothesisTracker(0)
    tracker.feed((Word("a", 0, 200, 0.9), Word("b", 5200, 5400, 0.9)), 0, 6000)
    tracker.trim(3000)
    assert tracker.next_from_ms == 2700
    tracker = HypothesisTracker(0)
    tracker.feed((Word("a", 0, 200, 0.9), Word("b", 300, 400, 0.9)), 0, 6000)
    tracker.trim(3000)
    assert tracker.next_from_ms == 0


def test_words_without_times_are_spread_and_unsure():
    spread = timed_words(Transcription(text="one three"), 1000, 1800)
    assert spread == (Word("one", 1000, 1300, 0.0), Word("three", 1300, 1800, 0.0))
    assert timed_words(Transcription(text="  "), 0, 100) == ()
    known = words("a b")
    assert timed_words(Transcription(text="a b", words=known), 0, 100) is known


def guessed(text):
    """What a pass without the aligner gives."""
    return words(text, start_ms=4, step_ms=150, p=0.0)


def test_words_with_guessed_times_are_agreed_on_like_others():
    tracker = HypothesisTracker(0)
    tracker.feed(words("I want two"), 0, 1000)
    tracker.feed(guessed("I want to"), 0, 1400)
    assert (tracker.stable, tracker.tail) == ("I want", "to")
    tracker.feed(guessed("I want to cancel"), 0, 1800)
    assert (tracker.stable, tracker.tail) == ("I want to", "cancel")


def test_without_times_a_pass_that_reads_stable_words_differently_is_lined_up_by_its_words():
    for reading, rest in (
        ("I went to cancel", "cancel"),
        ("want to cancel", "cancel"),
        ("Iwant to cancel", "cancel"),
        ("oh I want to cancel", "cancel"),
        ("quite another thing altogether", "altogether"),
        ("I", ""),
    ):
        tracker = fed("I want to", "I want to")
        tracker.feed(guessed(reading), 0, 1800)
        assert (tracker.stable, tracker.tail) == ("I want to", rest)


def test_sound_is_never_cut_by_guessed_times():
    tracker = HypothesisTracker(0)
    said = "a b c d e f g h i j k l m n o p q r"
    for until_ms in (5600, 6000):
        tracker.feed(guessed(said), 0, until_ms)
    tracker.trim(3000)
    assert (tracker.stable, tracker.next_from_ms) == (said, 0)
    # A pass with times says where the stable words are.
    tracker.feed(words(said + " s t"), 0, 6400)
    tracker.trim(3000)
    assert tracker.next_from_ms > 0
    assert tracker.stable.startswith(said)


def test_times_are_wanted_when_the_span_may_be_cut():
    tracker = HypothesisTracker(0)
    assert not tracker.worth_timing(400, 3000)
    tracker.feed((), 0, 600)
    assert not tracker.spoken
    assert tracker.worth_timing(2000, 3000)
    tracker.feed(words("I want two"), 0, 1000)
    assert tracker.spoken
    tracker.feed(guessed("I want to"), 0, 1400)
    assert not tracker.worth_timing(1999, 3000)
    assert tracker.worth_timing(2000, 3000)
    tracker.feed(words("I want to go"), 0, 2000)
    assert not tracker.worth_timing(2999, 3000)
    assert tracker.worth_timing(3000, 3000)


def test_a_gap_that_can_be_heard_is_cut_at_sooner():
    for gap_ms, next_from_ms in ((99, 0), (100, 900)):
        tracker = HypothesisTracker(0)
        after_ms = 850 + gap_ms
        said = (*words("I want to", p=0.9), Word("go", after_ms, after_ms + 100, 0.9), Word("now", 1900, 1990, 0.9))
        tracker.feed(said, 0, 2000)
        tracker.trim(3000)
        assert tracker.next_from_ms == next_from_ms


@pytest.mark.parametrize("limit_ms", [1500, 100_000])
@given(
    st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.sampled_from("abcde"), st.integers(0, 400), st.just(0.0) | st.floats(0, 1)), max_size=12
            ),
            st.integers(0, 800),
        ),
        max_size=12,
    )
)
def test_stable_text_only_grows(limit_ms, passes):
    tracker = HypothesisTracker(0)
    until_ms = 500
    for texts, step_ms in passes:
        until_ms += step_ms
        at_ms, said = tracker.next_from_ms, []
        for text, length_ms, p in texts:
            said.append(Word(text, at_ms, at_ms + length_ms, p))
            at_ms += length_ms
        before = tracker.stable.split()
        tracker.feed(said, tracker.next_from_ms, until_ms)
        tracker.trim(limit_ms)
        assert tracker.stable.split()[: len(before)] == before
        assert tracker.text.split() == tracker.stable.split() + tracker.tail.split()
        assert tracker.heard_until_ms == until_ms
        assert 0 <= tracker.next_from_ms <= max(until_ms, tracker.stable_until_ms)
