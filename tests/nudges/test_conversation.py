import msgspec
import pytest

from nudges.conversation import Conversation, Spoken
from nudges.cues import CueBook
from nudges.rulepack import Pack
from nudges.signals import TurnClosed, TurnGrew
from streams.events import Word
from tests.nudges.moving import families, moves
from tests.nudges.saying import ends, partly, says, starts


@pytest.fixture
def talk(pack: Pack, book: CueBook) -> Conversation:
    return Conversation(pack.conversation, book)


def grew(signals: list[Spoken]) -> list[TurnGrew]:
    return [signal for signal in signals if isinstance(signal, TurnGrew)]


def test_pieces_with_short_gaps_are_one_turn(talk: Conversation) -> None:
    talk.utterance("C", says("customer", 0, 1000, "I have been"))
    signals = talk.utterance("C", says("customer", 1600, 3000, "waiting for three weeks", number=1))

    (signal,) = grew(signals)
    assert signal.turn.index == 0
    assert signal.turn.text == "I have been waiting for three weeks"
    assert signal.turn.word_count == 7
    assert (signal.turn.started_ms, signal.turn.ended_ms) == (0, 3000)
    assert [hit.cue for hit in signal.hits] == ["C.waiting"]
    assert talk.open_turn("C") == signal.turn
    assert talk.open_turn("A") is None


def test_times_of_words_are_kept_only_where_cues_are_still_looked_for(talk: Conversation) -> None:
    for number in range(60):
        at_ms = 1500 * number
        words = tuple(Word(text, at_ms + 300 * n, at_ms + 300 * n + 200) for n, text in enumerate(["so", "it", "goes"]))
        said = says("customer", at_ms, at_ms + 1000, "so it goes", number=number)
        talk.utterance("C", msgspec.structs.replace(said, words=words))
    monologue = talk.open_turn("C")

    assert monologue is not None
    timed = [piece.utterance for piece in monologue.pieces if piece.words]
    assert timed == list(range(60 - len(timed), 60))
    assert len(timed) < 20
    (closed,) = talk.finish()
    assert closed.turn.text == monologue.text
    assert not any(piece.words for piece in talk.closed_turns("C")[0].pieces)


def test_a_longer_gap_begins_a_turn(talk: Conversation) -> None:
    talk.utterance("C", says("customer", 0, 1000, "hello there"))
    closed, new = talk.utterance("C", says("customer", 1700, 3000, "are you there", number=1))

    assert isinstance(closed, TurnClosed)
    assert isinstance(new, TurnGrew)
    assert (closed.turn.index, new.turn.index) == (0, 1)
    assert talk.closed_turns("C") == [closed.turn]


def test_what_was_heard_before_is_not_heard_again(talk: Conversation) -> None:
    talk.utterance("C", says("customer", 0, 1000, "this is ridiculous"))
    (signal,) = grew(talk.utterance("C", says("customer", 1300, 2000, "you know", number=1)))

    assert signal.hits == ()
    assert len(talk.heard(("C.judgement",), -1)) == 1


def test_an_empty_utterance_moves_time_only(talk: Conversation) -> None:
    talk.edge("A", starts("agent", 0))
    talk.edge("A", ends("agent", 0, 1000))
    assert talk.known_until("A", 5000) == 0

    assert talk.utterance("A", says("agent", 0, 1000, "  ")) == []
    assert talk.known_until("A", 5000) == 5000
    assert talk.open_turn("A") is None


def test_a_turn_closes_at_its_gap_when_nothing_more_is_said(talk: Conversation) -> None:
    talk.utterance("A", says("agent", 0, 1000, "one moment please"))

    assert talk.wake_ms(1000) == 1700
    assert talk.advance(1699) == []
    (signal,) = talk.advance(1700)
    assert isinstance(signal, TurnClosed)
    assert talk.wake_ms(1700) is None
    assert talk.advance(1800) == []


def test_a_turn_stays_open_while_its_side_goes_on(talk: Conversation) -> None:
    talk.edge("A", starts("agent", 0))
    talk.edge("A", ends("agent", 0, 1000))
    talk.utterance("A", says("agent", 0, 1000, "one moment please"))
    talk.edge("A", starts("agent", 1300))

    assert talk.wake_ms(1300) is None
    assert talk.advance(9000) == []

    talk.edge("A", ends("agent", 1300, 4000))
    assert talk.wake_ms(4000) == 4000 + 700 + 3000
    assert len(talk.advance(7700)) == 1


def test_a_turn_closes_at_once_when_the_next_has_begun(talk: Conversation) -> None:
    talk.edge("A", starts("agent", 0))
    talk.edge("A", ends("agent", 0, 1000))
    talk.edge("A", starts("agent", 2000))
    talk.utterance("A", says("agent", 0, 1000, "one moment please", known_ms=2500))

    assert len(talk.advance(2500)) == 1


def test_the_end_of_the_call_closes_every_turn(talk: Conversation) -> None:
    talk.utterance("A", says("agent", 0, 1000, "hello"))
    talk.utterance("C", says("customer", 0, 1000, "hello"))

    assert talk.closed_words("C") == 0
    assert len(talk.finish()) == 2
    assert talk.finish() == []
    assert talk.closed_words("C") == 1


def test_stable_words_of_a_partial_count_as_heard(talk: Conversation) -> None:
    talk.hypothesis("A", partly("agent", 1000, 3000, "I'm so sorry you've had to wait"))
    assert [hit.cue for hit in talk.heard(("A.ack_emotion",), 0)] == ["A.ack_emotion"]
    assert talk.words_after("A", 0) == 7

    talk.hypothesis("A", partly("agent", 1000, 3000, "I'm so sorry you've had to wait"))
    talk.hypothesis("A", partly("agent", 1000, 3000, ""))
    assert len(talk.heard(("A.ack_emotion",), 0)) == 1

    talk.utterance("A", says("agent", 1000, 3500, "I'm so sorry you've had to wait"))
    assert len(talk.heard(("A.ack_emotion",), 0)) == 1
    assert talk.words_after("A", 0) == 7
    assert talk.words_after("A", 3500) == 0


def test_an_older_final_leaves_a_newer_partial(talk: Conversation) -> None:
    talk.hypothesis("A", partly("agent", 5000, 6000, "bear with me", number=1))
    talk.utterance("A", says("agent", 1000, 3500, "good morning", number=0))

    assert len(talk.heard(("A.narrate_wait",), 0)) == 1


def test_a_partial_within_a_turn_belongs_to_it(talk: Conversation) -> None:
    talk.utterance("A", says("agent", 0, 1000, "good morning"))
    talk.hypothesis("A", partly("agent", 1200, 2000, "bear with me", number=1))

    assert talk.heard(("A.narrate_wait",), 0)[0].turn == 0


def test_hits_are_sorted_by_when_they_were_said(talk: Conversation) -> None:
    talk.utterance("C", says("customer", 5000, 6000, "this is ridiculous"))
    talk.utterance("A", says("agent", 0, 1000, "bear with me"))

    hits = talk.heard(("C.judgement", "A.narrate_wait"), -1)
    assert [hit.cue for hit in hits] == ["A.narrate_wait", "C.judgement"]
    assert talk.heard(("A.narrate_wait",), 1000) == []


def test_a_hit_stands_where_its_words_do(talk: Conversation) -> None:
    talk.utterance("C", says("customer", 0, 10_000, "well you know this is ridiculous"))
    (hit,) = talk.heard(("C.judgement",), -1)
    assert 6000 < hit.said_ms < 8000
    assert hit.ended_ms == 10_000


def test_a_hit_takes_the_times_of_its_words(talk: Conversation) -> None:
    words = tuple(Word(text, 1000 * at, 1000 * at + 400) for at, text in enumerate(["this", "is", "ridiculous,", "ok"]))
    event = says("customer", 0, 4000, "this is ridiculous, ok")
    event = type(event)(
        **{name: getattr(event, name) for name in event.__struct_fields__ if name != "words"}, words=words
    )
    talk.utterance("C", event)

    (hit,) = talk.heard(("C.judgement",), -1)
    assert (hit.said_ms, hit.ended_ms) == (2000, 2400)


def test_a_cue_may_span_pieces_and_old_text_is_left_behind(talk: Conversation) -> None:
    start_ms = 0
    for number in range(12):
        talk.utterance(
            "C", says("customer", start_ms, start_ms + 900, "and so it goes on and on and on", number=number)
        )
        start_ms += 1000
    talk.utterance("C", says("customer", start_ms, start_ms + 900, "let me talk to your", number=12))
    talk.utterance("C", says("customer", start_ms + 1000, start_ms + 1900, "supervisor please", number=13))

    hits = talk.heard(("C.supervisor_request",), -1)
    assert {hit.said_ms >= start_ms for hit in hits} == {True}


def test_phases_follow_each_other(talk: Conversation) -> None:
    assert talk.phase == "opening"
    talk.utterance("A", says("agent", 0, 1000, "I'll take care of that"))
    assert talk.phase == "resolution"

    talk.utterance("A", says("agent", 3000, 4000, "is there anything else I can do", number=1))
    assert talk.phase == "closing"
    talk.utterance("C", says("customer", 5000, 6000, "no that is all I needed to know today thanks"))
    assert talk.phase == "closing"


def test_the_issue_statement_ends_the_opening(talk: Conversation) -> None:
    talk.utterance("C", says("customer", 0, 4000, "hello I am calling about my bill of last month"))
    assert talk.phase == "discovery"


def test_turns_can_be_asked_for_by_place_and_time(talk: Conversation) -> None:
    assert talk.first_turn("C") is None
    assert talk.last_turns("C", 2) == []
    for number in range(4):
        talk.utterance("C", says("customer", 3000 * number, 3000 * number + 1000, f"turn {number}", number=number))

    first = talk.first_turn("C")
    assert first is not None
    assert first.text == "turn 0"
    assert [turn.text for turn in talk.last_turns("C", 2)] == ["turn 2", "turn 3"]
    assert [turn.text for turn in talk.closed_from("C", 3000, 5)] == ["turn 1", "turn 2"]
    assert [turn.text for turn in talk.closed_from("C", 3001, 1)] == ["turn 2"]


def test_what_was_heard_is_found_by_its_end_in_whatever_order_the_words_came(talk: Conversation) -> None:
    talk.utterance("C", says("customer", 9000, 10_000, "ridiculous"))
    talk.utterance("C", says("customer", 0, 1000, "ridiculous", number=1))

    assert [hit.said_ms for hit in talk.heard(("C.judgement",), -1)] == [0, 9000]
    assert [hit.said_ms for hit in talk.heard(("C.judgement",), 1000)] == [9000]
    assert talk.heard(("C.judgement",), 10_000) == []


# --- learned moves ----------------------------------------------------------------------------------------------------


@pytest.fixture
def keen(pack: Pack) -> Conversation:
    """A conversation that hears learned moves."""
    return Conversation(pack.conversation, families(), moves())


def cues(signals: list[Spoken]) -> list[str]:
    return [hit.cue for signal in grew(signals) for hit in signal.hits]


def test_a_move_is_heard_where_no_expression_matches(keen: Conversation, pack: Pack) -> None:
    asks = says("customer", 0, 2000, "who is above you then")
    assert cues(keen.utterance("C", asks)) == ["C.boss"]
    (hit,) = keen.heard(("C.boss",), -1)
    assert (hit.quote, hit.said_ms, hit.ended_ms, hit.turn) == ("who is above you then", 0, 2000, 0)
    assert 0.7 < hit.sure < 1
    assert cues(Conversation(pack.conversation, families()).utterance("C", asks)) == []


def test_expressions_come_first_and_their_move_not_again_in_the_run(keen: Conversation) -> None:
    assert cues(keen.utterance("C", says("customer", 0, 2000, "your manager the one above you"))) == ["C.boss"]
    assert cues(keen.utterance("C", says("customer", 2200, 4000, "who is above you", number=1))) == []
    assert cues(keen.utterance("C", says("customer", 8000, 9000, "well above you", number=2))) == []
    keen.utterance("A", says("agent", 9500, 10_000, "mm okay"))
    assert cues(keen.utterance("C", says("customer", 12_000, 13_000, "somebody above you", number=3))) == []
    keen.utterance("A", says("agent", 14_000, 15_000, "what is it about", number=1))
    keen.advance(15_700)
    assert keen.open_turn("A") is None
    assert cues(keen.utterance("C", says("customer", 16_000, 17_000, "somebody above you", number=4))) == ["C.boss"]


def test_an_expression_of_one_word_counts_for_the_run(keen: Conversation) -> None:
    assert cues(keen.utterance("C", says("customer", 0, 1000, "manager"))) == ["C.boss"]
    assert cues(keen.utterance("C", says("customer", 3000, 4000, "somebody above you", number=1))) == []


def test_what_is_stable_of_the_agents_words_makes_moves_that_start_nothing(keen: Conversation) -> None:
    keen.hypothesis("A", partly("agent", 1000, 2000, "well i am glad"))
    (hit,) = keen.heard(("A.kind",), 0)
    assert (hit.said_ms, hit.ended_ms) == (1000, 2000)
    keen.hypothesis("A", partly("agent", 1000, 2500, "well i am sorry and glad to help"))
    assert [hit.cue for hit in keen.heard(("A.kind", "A.sorry"), 0)] == ["A.kind", "A.sorry"]

    assert cues(keen.utterance("A", says("agent", 1000, 3000, "well i am glad to help"))) == ["A.kind"]
    assert len(keen.heard(("A.kind",), 0)) == 1
    keen.hypothesis("A", partly("agent", 3200, 4000, "really glad to", number=1))
    assert len(keen.heard(("A.kind",), 0)) == 1


def test_stable_words_join_those_that_are_final(keen: Conversation) -> None:
    keen.utterance("A", says("agent", 0, 1000, "well"))
    keen.hypothesis("A", partly("agent", 1200, 2000, "glad", number=1))
    (hit,) = keen.heard(("A.kind",), 0)
    assert (hit.quote, hit.said_ms) == ("well glad", 1200)


def test_a_move_that_the_final_words_take_back_was_never_heard(keen: Conversation) -> None:
    keen.hypothesis("A", partly("agent", 1000, 2000, "well i am glad"))
    assert cues(keen.utterance("A", says("agent", 1000, 2000, "well i am clad"))) == []
    assert keen.heard(("A.kind",), 0) == []


def test_a_customers_moves_wait_for_the_whole_of_it(keen: Conversation) -> None:
    keen.hypothesis("C", partly("customer", 0, 2000, "who is above you"))
    assert keen.heard(("C.boss",), -1) == []
    keen.hypothesis("C", partly("customer", 0, 2000, "who is the manager above you"))
    assert len(keen.heard(("C.boss",), -1)) == 1


def test_other_numbers_hold_from_here_on_and_what_was_heard_stays_heard(keen: Conversation) -> None:
    keen.utterance("C", says("customer", 0, 1000, "who is above you"))
    keen.use(families(), moves(word=8.0))
    assert cues(keen.utterance("C", says("customer", 1200, 2000, "well above you", number=1))) == []
    assert len(keen.heard(("C.boss",), -1)) == 1

    keen.utterance("A", says("agent", 4000, 5000, "what is it about"))
    keen.use(families(), moves(word=1.0))
    assert cues(keen.utterance("C", says("customer", 6000, 7000, "somebody above you", number=2))) == []
    keen.use(families())
    assert cues(keen.utterance("C", says("customer", 7200, 8000, "above you or a manager", number=3))) == ["C.boss"]


def test_a_turn_answers_what_the_other_side_is_still_saying(keen: Conversation) -> None:
    keen.utterance("C", says("customer", 0, 1000, "who is above you"))
    keen.utterance("A", says("agent", 2000, 4000, "what is it about"))
    assert keen.open_turn("A") is not None
    assert cues(keen.utterance("C", says("customer", 4200, 5000, "just anyone above you", number=1))) == ["C.boss"]
