"""Who did what in an agent's answer: `(opening, reply) -> answer_features -> values`.

An acknowledgement says what happened to *them* ("you drove twice"), what *we* did ("we let that slip"), or is sorry for
something that has a name; a formula is sorry for "the inconvenience", and procedure says what to press.
"""

from nudges.lexicon import PAST
from nudges.moves import content_of
from nudges.spoken_words import Spoken

_SORRY = frozenset(["sorry", "apologise", "apologize", "apologies", "apology"])
_KNOWING = frozenset(["understand", "know", "realise", "realize", "imagine", "hear", "see"])
_REACH = 10  # words after "sorry" in which its reason stands
_STOPS = frozenset(["but", "please", "let", "can", "could", "if", "what", "which", "may", "kindly"])
# What a formula is sorry about: things every trouble is.
_NAMELESS = frozenset(
    [
        "inconvenience",
        "inconveniences",
        "inconvenient",
        "issue",
        "issues",
        "problem",
        "problems",
        "trouble",
        "troubles",
        "delay",
        "situation",
        "matter",
        "experience",
        "experiencing",
        "experienced",
        "experiences",
        "facing",
        "having",
        "caused",
        "cause",
        "may",
        "might",
        "concern",
        "concerns",
        "about",
        "hear",
        "know",
        "for",
        "that",
        "this",
        "any",
        "everything",
        "happened",
        "confusion",
        "wait",
        "you",
        "your",
        "have",
        "has",
        "had",
        "are",
        "were",
        "the",
        "such",
        "been",
        "very",
        "really",
        "sincerely",
        "deeply",
        "truly",
        "extremely",
        "again",
        "moment",
        "happy",
        "glad",
        "help",
        "assist",
        "feel",
        "way",
        "sir",
        "madam",
        "maam",
        "customer",
        "moreover",
        "frustration",
        "feelings",
        "understanding",
        "patience",
        "misunderstanding",
        "reply",
        "response",
        "late",
        "see",
        "learn",
    ]
)
_WE = frozenset(["we", "our", "ours", "us"])
_GAP = 3  # words between "you" and what they went through


def answer_features(opening: Spoken, reply: Spoken) -> dict[str, float]:
    """Measure a reply's sentences by who acts in them."""
    words = reply.words
    theirs = {word[:4] for word in content_of(opening)}
    values: dict[str, float] = {}
    for at, word in enumerate(words):
        if word in _SORRY:
            _reason(values, "sorry", words, at, theirs)
        elif word in _KNOWING and words[max(0, at - 3) : at].count("i") + words[max(0, at - 3) : at].count("we"):
            _reason(values, "knows", words, at, theirs)
        elif word in {"you", "your"}:
            near = words[at + 1 : at + 1 + _GAP]
            if word == "you" and any(_past(one) for one in near):
                values["you.past"] = 1.0
                if any(one[:4] in theirs for one in words[at + 1 : at + 7]):
                    values["you.echo"] = 1.0
        elif word in _WE and any(_past(one) for one in words[at + 1 : at + 1 + _GAP]):
            values["we.past"] = 1.0
        elif word == "i" and any(one in {"am", "have", "will"} for one in words[at + 1 : at + 2]):
            following = words[at + 2 : at + 4]
            if any((one.endswith("ing") or _past(one)) and one not in _NAMELESS for one in following):
                values["i.doing"] = 1.0
        elif word == "should" and words[at + 1 : at + 2] and words[at + 1] in {"not", "never", "have"}:
            values["should.not"] = 1.0
        elif word == "will" and words[at + 1 : at + 2] == ("not",):
            values["will.spare"] = 1.0
    return values


def _reason(values: dict[str, float], name: str, words: tuple[str, ...], at: int, theirs: set[str]) -> None:
    reason = []
    for word in words[at + 1 : at + 1 + _REACH]:
        if word in _STOPS:
            break
        reason.append(word)
    named = [word for word in reason if word not in _NAMELESS and len(word) > 2]
    if any(word[:4] in theirs for word in named if len(word) > 3):
        values[f"{name}.echo"] = 1.0
    # "Sorry that you" and "sorry we" begin a reason; "sorry, which model" does not.
    if reason[:1] and reason[0] in {"that", "you", "your", "we", "our", "for", "about", "it", "how", "to", "the"}:
        values[f"{name}.{'named' if len(named) > 1 else 'nameless'}"] = 1.0
    else:
        values[f"{name}.alone"] = 1.0


def _past(word: str) -> bool:
    return word in PAST or (len(word) > 4 and word.endswith("ed"))
