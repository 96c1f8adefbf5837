import pytest

from nudges.cues import CueBook, CueSpec, Learned, normalise, quote_around
from streams.errors import PackError


def spec(say: str, unless: str = "", weight: float = 0.0) -> CueSpec:
    return CueSpec(say=say, unless=unless, weight=weight)


def test_a_family_matches_between_word_boundaries_in_any_case_and_with_any_apostrophe() -> None:
    book = CueBook({"wait": spec("i've (been )?wait(ing|ed)", weight=12)}, {})

    matches = book.find("C", "So I\u2019VE been waiting")

    assert [(match.cue, match.start, match.end) for match in matches] == [("C.wait", 3, 20)]
    assert book.find("C", "i've been waitings") == ()
    assert book.find("A", "i've been waiting") == ()


def test_every_line_is_an_alternative_and_blank_lines_are_none() -> None:
    book = CueBook({}, {"hold": spec("\n  one moment\n\n  bear with me\n")})

    assert [match.cue for match in book.find("A", "bear with me, one moment")] == ["A.hold", "A.hold"]


def test_matches_before_the_new_words_are_left_out() -> None:
    book = CueBook({"no": spec("never")}, {})

    assert len(book.find("C", "never say never")) == 2
    assert len(book.find("C", "never say never", new_from=6)) == 1


def test_what_stands_around_a_match_may_take_it_back() -> None:
    book = CueBook({"angry": spec("angry", unless="not (\\w+ )?angry")}, {})

    assert book.find("C", "i am angry")
    assert not book.find("C", "i am not really angry")


def test_weights_and_names() -> None:
    book = CueBook({"angry": spec("angry", weight=18)}, {"sorry": spec("sorry")})

    assert book.weight("C.angry") == 18
    assert book.weight("A.sorry") == 0
    assert book.names == {"C.angry", "A.sorry"}


def test_families_that_a_learned_move_stands_for_as_well() -> None:
    families = {
        "boss": CueSpec(say="manager", learned="supervisor", sure=0.4),
        "angry": spec("angry"),
        "leave": CueSpec(say="cancel", learned="leave"),
    }
    book = CueBook(families, {"boss": spec("my manager")})

    assert book.learned("C") == (Learned("C.boss", "supervisor", 0.4), Learned("C.leave", "leave", 0.7))
    assert book.learned("A") == ()


def test_an_expression_that_does_not_compile_is_named() -> None:
    with pytest.raises(PackError, match=r"cue C\.bad: '\(b' is not an expression"):
        CueBook({"bad": spec("(a)\n(b")}, {})


def test_what_takes_back_a_match_takes_back_a_place_in_a_text_as_well() -> None:
    book = CueBook({"boss": CueSpec(learned="supervisor", unless="signed"), "leave": CueSpec(say="cancel")}, {})
    text = "Is it your Manager who SIGNED it"
    assert book.takes_back("C.boss", text, 6, 18)
    assert not book.takes_back("C.boss", "is it your manager", 6, 18)
    assert not book.takes_back("C.leave", text, 6, 18)


def test_what_takes_back_must_be_an_expression_also_without_any_other() -> None:
    with pytest.raises(PackError, match=r"cue C\.boss: '\(signed' is not an expression"):
        CueBook({"boss": CueSpec(learned="supervisor", unless="(signed")}, {})


def test_lines_that_only_break_together_are_named_together() -> None:
    with pytest.raises(PackError, match=r"cue C\.bad"):
        CueBook({"bad": spec("(?P<x>a)\n(?P<x>b)")}, {})


def test_a_family_without_an_expression_is_refused() -> None:
    with pytest.raises(PackError, match=r"cue A\.empty: holds no expression"):
        CueBook({}, {"empty": spec(" \n")})


def test_normalised_text_keeps_every_character_at_its_offset() -> None:
    assert normalise("It\u2019s \u0130STANBUL") == "it's \u0130stanbul"


@pytest.mark.parametrize(
    ("text", "start", "end", "limit", "quote"),
    [
        ("i have been waiting for three weeks now", 12, 19, 64, "i have been waiting for three weeks now"),
        ("i have been waiting for three weeks now", 12, 19, 24, "been waiting for three"),
        ("i have been waiting for three weeks now", 14, 17, 7, "waiting"),
        ("waiting", 0, 7, 64, "waiting"),
        ("so i have been waiting", 15, 22, 18, "have been waiting"),
        ("waiting for three weeks", 0, 7, 18, "waiting for three"),
    ],
)
def test_a_quote_holds_whole_words_within_its_limit(text: str, start: int, end: int, limit: int, quote: str) -> None:
    assert quote_around(text, start, end, limit) == quote


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("I've been waiting for three weeks", "C.waiting"),
        ("this is the third time I've called", "C.repeat_contact"),
        ("let me talk to your supervisor", "C.supervisor_request"),
        ("I already told you that", "C.not_listened"),
        ("my husband passed away", "C.hardship"),
        ("great now I have to wait another week", "C.judgement"),
        ("it's a joke honestly", "C.judgement"),
        ("oh perfect another transfer", "C.judgement"),
        ("you'll be hearing from my solicitor", "C.threat_public"),
        ("I'm taking my business elsewhere", "C.threat_leave"),
        ("you charged me twice", "C.unfair_charge"),
        ("nobody ever called me back", "C.broken_promise"),
        ("I keep getting passed around", "C.transfer_fatigue"),
    ],
)
def test_what_customers_say(book: CueBook, text: str, cue: str) -> None:
    assert cue in [match.cue for match in book.find("C", text)]


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("I'm not angry at all", "C.emotion_word"),
        ("my manager asked me to call", "C.supervisor_request"),
        ("I'll talk to Sue about it", "C.threat_public"),
        ("is Grace there, I'd like to close my account", "C.threat_leave"),
        ("my phone died this morning", "C.hardship"),
        ("I saw it on facebook", "C.threat_public"),
        ("leave a message with my wife", "C.threat_leave"),
        ("I only wait for my wife", "C.waiting"),
        ("the weather is terrible today", "C.judgement"),
        ("no need to speak to a manager", "C.supervisor_request"),
        ("my neighbour was very angry", "C.emotion_word"),
    ],
)
def test_what_only_sounds_like_it(book: CueBook, text: str, cue: str) -> None:
    assert cue not in [match.cue for match in book.find("C", text)]


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("that must be really stressful", "A.ack_emotion"),
        ("I'm so sorry you've had to call three times", "A.ack_emotion"),
        ("you have been waiting three weeks", "A.validate_specific"),
        ("bear with me while I look", "A.narrate_wait"),
        ("let me get my supervisor for you", "A.transfer_offer"),
        ("is there anything else I can help with", "A.anything_else"),
        ("so just to recap", "A.recap"),
        ("sorry for the inconvenience", "A.bare_sorry"),
    ],
)
def test_what_agents_say(book: CueBook, text: str, cue: str) -> None:
    assert cue in [match.cue for match in book.find("A", text)]


def test_a_formula_is_no_acknowledgement(book: CueBook) -> None:
    for text in ("sorry for the inconvenience", "I'm sorry you feel that way", "I understand your concern"):
        assert "A.ack_emotion" not in [match.cue for match in book.find("A", text)]
