"""What an agent's answer to an opening holds, as numbers: `(opening, reply) -> reply_features -> Features`.

Three answers are told apart: it names the feeling or the very trouble, or owns it (given); it is a formula (bare); it
goes on with procedure (missed). What tells them apart is whether the customer's own things come back in the reply.
"""

from collections.abc import Iterable

from nudges.lexicon import COUNTS
from nudges.moves import Move, content_of
from nudges.noticing_answer import answer_features
from nudges.noticing_features import Features
from nudges.phrases import Phrases
from nudges.spoken_words import Spoken, split_words

_FORMULAS = frozenset(("formula", "polite", "sorry", "sorry_formula", "greet", "close", "cheer"))
_WARM = frozenset(("name_feeling", "specific", "own", "explore"))
_COLD = frozenset(("refusal", "instruct", "diagnose", "defend", "transfer", "hold"))
_SORRY = frozenset(("reply.sorry", "reply.sorry_formula"))
# To somebody who doubts themselves, giving time is the answer; to anybody else it is a formula.
_EASING = frozenset(("reply.explore", "reply.name_feeling", "reply.own"))
_HEAD_CHARS = 90  # about the first sentence of a reply


def reply_features(opening: str, reply: str, phrases: Phrases, does: Iterable[Move] = ()) -> Features:
    """Measure one reply against the customer's words it answers; `does` are the learned moves that it makes."""
    spoken = split_words(reply)
    words = spoken.words
    values: dict[str, float] = {}
    quotes: dict[str, str] = {}
    covered: set[int] = set()
    for hit in phrases.agent.find(spoken):
        name = f"reply.{hit.family}"
        if values.get(name):
            values[f"again.{hit.family}"] = 1.0
        values[name] = 1.0
        if hit.after - hit.first > len(quotes.get(name, "").split()):
            quotes[name] = spoken.quote(hit.first, hit.after)
        if hit.family in _FORMULAS:
            covered.update(range(hit.first, hit.after))
    if "reply.sorry_refusing" in values and "again.sorry" not in values:
        # "Sorry, but we cannot" is a refusal with a bow, not an answer to what the customer feels.
        values.pop("reply.sorry", None)
    if len(words) - len(covered) < 5:
        values["rest.none"] = 1.0
    warm = any(f"reply.{family}" in values for family in _WARM)
    cold = any(f"reply.{family}" in values for family in _COLD)
    # An answer that goes on with procedure says so in its first words; what follows warmth is the help itself.
    values["mix.both" if warm and cold else "mix.warm" if warm else "mix.cold" if cold else "mix.none"] = 1.0
    if "reply.own" in values and "reply.refusal" not in values and _SORRY & values.keys():
        values["amends"] = 1.0
    asked = split_words(opening)
    unsure = any(hit.family == "self_low" for hit in phrases.customer.find(asked))
    if unsure and _EASING & values.keys():
        values["eases"] = 1.0
    _echo(asked, spoken, values, warm=warm)
    values.update(answer_features(asked, spoken))
    opened = split_words(reply[:_HEAD_CHARS])
    for hit in phrases.agent.find(opened):
        if f"reply.{hit.family}" in values:
            values[f"head.{hit.family}"] = 1.0
    for name, group in (("warm", _WARM), ("cold", _COLD), ("formal", _FORMULAS)):
        met = sum(f"reply.{family}" in values for family in group)
        for least in range(1, 4):
            if met >= least:
                values[f"{name}.{least}"] = 1.0
    if reply.rstrip().endswith("?"):
        values["marks.question"] = 1.0
    for move in does:
        values[f"does.{move.name}"] = move.sure
        quotes[f"does.{move.name}"] = reply[move.start : move.end]
    return Features(values, quotes)


def _echo(theirs: Spoken, ours: Spoken, values: dict[str, float], *, warm: bool) -> None:
    # Procedure repeats the topic too; only beside warmth does it show that somebody listened.
    kind = "echo" if warm else "topic"
    shared = content_of(theirs) & content_of(ours)
    for least in range(1, 4):
        if len(shared) >= least:
            values[f"{kind}.{least}"] = 1.0
    stems = {word[:4] for word in content_of(theirs)} & {word[:4] for word in content_of(ours)}
    values[f"{kind}.share"] = min(1.0, len(stems) / 4)
    counted = {word for word in theirs.words if word in COUNTS or word[0].isdigit()}
    if counted & set(ours.words):
        values[f"{kind}.number"] = 1.0
