import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.moves import MoveBook, parse_moves
from nudges.noticing import Noticer, parse_model, word_pairs
from nudges.noticing_features import TurnFacts
from nudges.packs import load
from nudges.rulepack import Pack
from streams.errors import PackError

PACKS = Path(__file__).parents[2] / "nudges" / "packs"
NUMBERS = (PACKS / "noticing.json").read_text(encoding="utf-8")
PHRASES = (PACKS / "phrases.toml").read_text(encoding="utf-8")
MODEL = parse_model(NUMBERS, PHRASES)
NOTICER = Noticer(MODEL)
WHOLE = Noticer(MODEL, MoveBook(parse_moves((PACKS / "moves.json").read_text("utf-8")), MODEL.phrases))

OPENINGS = [
    "i've rung you four times now and nobody's called me back, i'm at my wits' end",
    "I did every one of those steps yesterday and again this morning and it's still dead, I've lost a whole day",
    "it was for my daughter's birthday, she cried when the box was empty",
    "three weeks without hot water and a newborn, and you tell me to wait again",
    "why does nobody there ever read what I write, I've explained it twice already",
    "forgive me, I'm seventy nine and hopeless with these things, I get lost at every screen",
]
CALM = [
    "yeah it's the second one on the list, the blue one",
    "could you tell me what time the shop opens on sunday please",
    "I unplugged it, waited a minute and plugged it in again, the light is green",
    "my name's grace anger, a n g e r, and the postcode is w one two a b",
    "no rush at all, whenever suits, I'm not fussed",
    "thank you so much, that's perfect, you've been very kind",
    "hi, I'd like to move my delivery from friday to monday if that's possible",
]


@pytest.mark.parametrize("text", OPENINGS)
def test_what_wears_people_down_is_noticed(text: str) -> None:
    assert NOTICER.score(TurnFacts(text=text, turn=3)).opening_p >= NOTICER.thresholds.watch


@pytest.mark.parametrize("text", CALM)
def test_calm_talk_is_left_alone(text: str) -> None:
    noticed = NOTICER.score(TurnFacts(text=text, turn=3))
    assert noticed.opening_p < NOTICER.thresholds.watch
    assert noticed.tension_p < NOTICER.thresholds.tension


def test_tension_is_noticed() -> None:
    text = "this is ridiculous, why can't you people just answer, get me a manager or I'm taking my business elsewhere"
    noticed = NOTICER.score(TurnFacts(text=text, turn=3))
    assert noticed.tension_p >= NOTICER.thresholds.tension
    assert NOTICER.strength(noticed) == "strong"
    assert noticed.heat_evidence


def test_an_opening_without_feeling_is_weak() -> None:
    noticed = NOTICER.score(TurnFacts(text="I've called twice about it now", turn=3))
    assert NOTICER.strength(noticed) == "weak"


def test_evidence_is_quoted_with_its_weight() -> None:
    reasons = NOTICER.score(TurnFacts(text="Honestly I'm FED UP, I've rung five times", turn=3)).evidence
    assert 0 < len(reasons) <= 3
    assert any(reason.quote == "FED UP" for reason in reasons)
    assert [reason.weight for reason in reasons] == sorted((reason.weight for reason in reasons), reverse=True)


def test_what_hardly_weighs_is_not_shown() -> None:
    shown = [
        reason.weight
        for text in (*OPENINGS, "hello, could you tell me when you open", "it says so on the box")
        for reason in NOTICER.score(TurnFacts(text=text, turn=3)).heat_evidence
    ]
    assert shown
    assert min(shown) >= 0.2


def test_the_same_words_are_shown_once() -> None:
    for text in OPENINGS:
        quotes = [reason.quote.lower() for reason in NOTICER.score(TurnFacts(text=text)).evidence if reason.quote]
        assert quotes
        assert not any(one in two for one in quotes for two in quotes if one is not two)


def test_a_quote_does_not_break_off() -> None:
    reasons = NOTICER.score(TurnFacts(text="nobody's called me. I paid for it in May and nobody has.")).evidence
    assert any(reason.quote == "nobody's called" for reason in reasons)


def test_strong_is_never_likelier_than_an_opening() -> None:
    for text in (*OPENINGS, *CALM):
        noticed = NOTICER.score(TurnFacts(text=text))
        assert noticed.strong_p <= noticed.opening_p


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("Four calls and not one of them returned, that's exhausting. I'm staying on until it's fixed.", "given"),
        ("I'm sorry for the inconvenience.", "bare"),
        ("What is your postcode?", "missed"),
        ("Please open the settings and choose restart.", "missed"),
        ("Thanks for these details. Which model is it?", "missed"),
        ("", "missed"),
    ],
)
def test_replies_are_told_apart(reply: str, outcome: str) -> None:
    judged = NOTICER.judge("i've rung you four times now and nobody's called me back", reply)
    assert judged.outcome == outcome


def test_words_and_pairs_come_once_in_order() -> None:
    assert list(word_pairs("no go no")) == ["no", "go", "no go", "go no"]
    assert not word_pairs("")


@pytest.mark.parametrize(
    "change",
    [
        lambda numbers: numbers.pop("opening"),
        lambda numbers: numbers["opening"]["features"].update({"says.unheard_of": 1.0}),
        lambda numbers: numbers["given"]["features"].update({"reply.unheard_of": 1.0}),
    ],
)
def test_numbers_that_do_not_fit_the_phrases_are_refused(change) -> None:  # type: ignore[no-untyped-def]
    numbers = json.loads(NUMBERS)
    change(numbers)
    with pytest.raises(PackError):
        parse_model(json.dumps(numbers), PHRASES)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(PackError):
        parse_model("{", PHRASES)


def test_the_shipped_numbers_are_small() -> None:
    assert len(NUMBERS.encode()) + len(PHRASES.encode()) < 300_000


@given(st.text(max_size=300), st.text(max_size=120))
def test_any_text_gets_a_chance_between_0_and_1(text: str, before: str) -> None:
    noticed = NOTICER.score(TurnFacts(text=text, before=before))
    judged = NOTICER.judge(before, text)
    chances = (noticed.opening_p, noticed.strong_p, noticed.tension_p, judged.given_p, judged.answered_p)
    assert all(0 < chance < 1 for chance in chances)


@given(
    st.lists(
        st.sampled_from(
            ["i", "not", "never", "tried", "again", "nobody", "waiting", "...", "!", "why", "you", "three", "weeks"]
        ),
        max_size=2000,
    )
)
def test_a_very_long_turn_is_bounded(words: list[str]) -> None:
    assert len(word_pairs(" ".join(words))) <= 2 * 400


def test_who_was_upset_is_sooner_upset_again() -> None:
    def tense(*said: str) -> float:
        state, noticed = WHOLE.new_state(), None
        for number, text in enumerate(said):
            facts = state.feed("agent" if number % 2 else "customer", text)
            if facts is not None:
                noticed = WHOLE.score(facts)
                state.judged(noticed.opening_p, noticed.tension_p)
        assert noticed is not None
        return noticed.tension_p

    asked, again = "which order number is it about please", "so you will not even look into it"
    angry = "this is a disgrace, I have told you three times, get me a manager now"
    assert tense(angry, asked, again) > 1.5 * tense("hello, it is about my order", asked, again)


def test_what_a_reply_does_counts_in_its_judgement() -> None:
    opening = "four weeks I have been without a washing machine with three kids"
    reply = "four weeks of hand washing for five of you, no wonder you have had enough"
    assert WHOLE.judge(opening, reply).outcome == "given"
    assert WHOLE.judge(opening, reply).given_p > NOTICER.judge(opening, reply).given_p


@pytest.mark.parametrize(
    "said",
    [
        "I'm furious about this",
        "I am very upset",
        "I'm really worried",
        "I'm so upset about this",
        "it's four four one nine and honestly I'm really fed up",
    ],
)
def test_a_feeling_said_in_a_few_words_is_heard_even_where_a_number_was_asked(said: str) -> None:
    state = WHOLE.new_state()
    state.feed("customer", "hello it's about my order")
    state.feed("agent", "can I take your account number please")
    facts = state.feed("customer", said)
    assert facts is not None
    assert WHOLE.score(facts).opening_p >= 2 * load_default().empathy.named


def load_default() -> Pack:
    return load((PACKS / "default.toml").read_text("utf-8")).pack
