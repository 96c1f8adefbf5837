"""Measure the noticer on labelled dialogues: `python -m sidecar.training.figures DIALOGUES_FOLDER [--bare]`.

The folder holds maia/ (chats with labels) and multidogo/ (neutral customer turns). They measure only: nothing is
learned from them, and the half called "sealed" (by hash of the id) is for reporting, never for looking at.
"""

import csv
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nudges.moves import MoveBook, parse_moves
from nudges.noticing import Noticed, Noticer, parse_model
from sidecar.training.material import bare

_ONSET_TURNS = 2  # customer turns after the onset in which an announcement still counts
_LEVELS = ("speak", "watch")


class Scored(NamedTuple):
    """One customer turn of a labelled dialogue with what the noticer made of it."""

    turn: int
    tension: int
    strength: str
    noticed: Noticed


class Dialogue(NamedTuple):
    """One labelled dialogue, scored."""

    part: str
    onset: int | None
    turns: tuple[Scored, ...]
    outcomes: tuple[tuple[int, str, str], ...]


def read_dialogues(folder: Path, noticer: Noticer, *, strip: bool = False) -> Iterator[Dialogue]:
    """Score the labelled chats of `folder`, without punctuation when `strip`."""
    said: dict[str, list[list[str]]] = defaultdict(list)
    with (folder / "MAIA.en-fr.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            who = "customer" if row["translation_direction"] == "customer" else "agent"
            text = (row["pe_segment"] if who == "customer" else row["source_segment"]).strip()
            talk = said[row["doc_id"]]
            if text and talk and talk[-1][0] == who:
                talk[-1][1] += " " + text
            elif text:
                talk.append([who, text])
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        talk = [[who, bare(text) if strip else text] for who, text in said[label["id"]]]
        yield _score(label, talk, noticer)


def _score(label: Mapping[str, Any], talk: Sequence[Sequence[str]], noticer: Noticer) -> Dialogue:
    tension = dict(label["tension"])
    openings = {opening["n"]: opening for opening in label["openings"]}
    state = noticer.new_state()
    turns: list[Scored] = []
    outcomes: list[tuple[int, str, str]] = []
    for at, (who, text) in enumerate(talk):
        facts = state.feed("customer" if who == "customer" else "agent", text)
        if facts is None or at not in tension:
            continue
        opening = openings.get(at)
        noticed = noticer.score(facts)
        state.judged(noticed.opening_p, noticed.tension_p)
        turns.append(Scored(at, tension[at], opening["strength"] if opening else "", noticed))
        if opening and opening["outcome"] != "none_due":
            replies = [reply for speaker, reply in talk[at + 1 : at + 5] if speaker == "agent"][:2]
            said = {noticer.judge(text, reply).outcome for reply in replies}
            best = next((outcome for outcome in ("given", "bare") if outcome in said), "missed")
            outcomes.append((at, opening["outcome"], best))
    part = "open" if int(hashlib.sha256(str(label["id"]).encode()).hexdigest()[:8], 16) % 2 == 0 else "sealed"
    onset = label["escalation"]["onset"]
    return Dialogue(part, onset, tuple(turns), tuple(outcomes))


def opening_lines(dialogues: Sequence[Dialogue], noticer: Noticer) -> Iterator[str]:
    """Yield precision, recall and recall of strong ones at both thresholds."""
    turns = [turn for dialogue in dialogues for turn in dialogue.turns]
    for level in _LEVELS:
        limit = getattr(noticer.thresholds, level)
        flagged = [turn for turn in turns if turn.noticed.opening_p >= limit]
        hits = sum(bool(turn.strength) for turn in flagged)
        strong = sum(turn.strength == "strong" for turn in flagged)
        yield (
            f"openings {level} (p >= {limit}): precision {_share(hits, len(flagged))} "
            f"recall {_share(hits, sum(bool(turn.strength) for turn in turns))} "
            f"strong {_share(strong, sum(turn.strength == 'strong' for turn in turns))} ({len(flagged)} flags)"
        )
    found = [
        (label, said)
        for dialogue in dialogues
        for at, label, said in dialogue.outcomes
        if any(t.turn == at and t.noticed.opening_p >= noticer.thresholds.watch for t in dialogue.turns)
    ]
    right = sum(label == said for label, said in found)
    missed = sum(label == "missed" for label, _ in found)
    yield f"outcome of those found: right {_share(right, len(found))} (always missed: {_share(missed, len(found))})"
    yield f"outcome (label, said): {dict(sorted(Counter(found).items()))}"


def tension_lines(dialogues: Sequence[Dialogue], limits: Iterable[float]) -> Iterator[str]:
    """Yield what tension finds per turn and of escalations, and how many calm dialogues it flags."""
    turns = [turn for dialogue in dialogues for turn in dialogue.turns]
    hot = sum(turn.tension >= 2 for turn in turns)
    for limit in limits:
        flagged = [turn for turn in turns if turn.noticed.tension_p >= limit]
        hits = sum(turn.tension >= 2 for turn in flagged)
        rising = [dialogue for dialogue in dialogues if dialogue.onset is not None]
        calm = [dialogue for dialogue in dialogues if dialogue.onset is None]
        met = sum(_announced(dialogue, limit) for dialogue in rising)
        false = sum(any(turn.noticed.tension_p >= limit for turn in dialogue.turns) for dialogue in calm)
        yield (
            f"tension p >= {limit}: per turn precision {_share(hits, len(flagged))} recall {_share(hits, hot)}; "
            f"onset met {met}/{len(rising)} = {_share(met, len(rising))}; "
            f"calm flagged {false}/{len(calm)} = {_share(false, len(calm))}"
        )


def _announced(dialogue: Dialogue, limit: float) -> bool:
    own = [turn.turn for turn in dialogue.turns]
    onset = own.index(dialogue.onset) if dialogue.onset in own else len(own)
    return any(t.noticed.tension_p >= limit for t in dialogue.turns[: onset + _ONSET_TURNS + 1])


def neutral_line(folder: Path, noticer: Noticer) -> str:
    """Return how many neutral conversations (customer side only) have a flag of each kind."""
    flags: Counter[str] = Counter()
    count = 0
    for path in sorted(folder.glob("*.tsv")):
        talks: dict[str, list[str]] = defaultdict(list)
        with path.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                talks[row["conversationId"]].append(row["utterance"] or "")
        for talk in talks.values():
            count += 1
            flags.update(_neutral_flags(talk, noticer))
    limits = noticer.thresholds
    return (
        f"neutral conversations ({count}): "
        + ", ".join(f"{kind} {flags[kind] / count:.2%}" for kind in ("speak", "watch", "tension"))
        + f" at {limits.speak}/{limits.watch}/{limits.tension}"
    )


def _neutral_flags(talk: Sequence[str], noticer: Noticer) -> set[str]:
    state = noticer.new_state()
    flags = set()
    for text in talk:
        # Only the customer's side is in the set; an agent's turn is put between so that turns are not joined.
        state.feed("agent", "okay and what would you like next")
        facts = state.feed("customer", text)
        if facts is None:
            continue
        noticed = noticer.score(facts)
        state.judged(noticed.opening_p, noticed.tension_p)
        for kind, chance in (
            ("speak", noticed.opening_p),
            ("watch", noticed.opening_p),
            ("tension", noticed.tension_p),
        ):
            if chance >= getattr(noticer.thresholds, kind):
                flags.add(kind)
    return flags


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def main(arguments: Sequence[str]) -> None:
    """Print the figures of both parts."""
    folder = Path(arguments[0])
    packs = Path(__file__).parents[2] / "nudges" / "packs"
    texts = [(packs / name).read_text("utf-8") for name in ("noticing.json", "phrases.toml", "moves.json")]
    model = parse_model(*texts[:2])
    noticer = Noticer(model, MoveBook(parse_moves(texts[2]), model.phrases))
    dialogues = list(read_dialogues(folder / "maia", noticer, strip="--bare" in arguments))
    for part in ("open",) if "--open" in arguments else ("open", "sealed", "both"):
        chosen = [dialogue for dialogue in dialogues if part in (dialogue.part, "both")]
        sys.stdout.write(f"maia, {part}: {len(chosen)} dialogues\n")
        for line in (*opening_lines(chosen, noticer), *tension_lines(chosen, (noticer.thresholds.tension,))):
            sys.stdout.write(f"  {line}\n")
    sys.stdout.write(neutral_line(folder / "multidogo", noticer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
