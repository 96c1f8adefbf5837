"""Why a rule did or did not fire in a call: events and a rule's id flow in, lines for a person flow out."""

from collections.abc import Iterable, Iterator

import msgspec

from nudges.coach import Coach
from nudges.conversation import Conversation
from nudges.cues import CueBook
from nudges.packs import LoadedPack, load
from nudges.signals import TurnGrew
from nudges.understanding import SIDES
from sidecar.trial import clock
from streams.errors import PackError
from streams.events import CallContext, CallEnded, CallStarted, CoachEvent, Event, Nudge, NudgeResolved, Utterance


def why(events: Iterable[Event], rule: str, context: CallContext) -> Iterator[str]:
    """What was said in each turn, which of the rule's cues it held, and what the rule made of it.

    Raises PackError for a rule that the pack does not have.
    """
    loaded = load(context.pack)
    meant = next((one for one in loaded.pack.rule if one.id == rule), None)
    if meant is None:
        raise PackError(f"no rule {rule}; `sidecar rules list` names them")
    if not meant.enabled or rule in _off(context):
        yield f"{rule} is off in this pack or these settings: it can never fire"
    coach = Coach(context, explained=rule)
    talk = _talk(loaded)
    fired = False
    for event in events:
        if isinstance(event, CallStarted):
            loaded = load(context.pack, queue=event.queue, agent=event.agent_id)
            talk = _talk(loaded)
        said = coach.feed(event)
        if isinstance(event, Utterance) and event.text:
            yield from _turn(event, talk, loaded.book)
        for line in (*coach.notes(), *_told(said, rule)):
            yield f"             {line}"
        fired = fired or any(isinstance(one, Nudge) and one.rule == rule for one in said)
        if isinstance(event, CallEnded):
            break
    if not fired:
        yield f"{rule} never came to the screen; it is set off by:"
        for number, trigger in enumerate(meant.when, 1):
            yield f"  trigger {number}: {msgspec.json.encode(_set(trigger)).decode()}"


def _set(value: object) -> object:
    """What a pack says of a trigger or condition, without all that it leaves as it is."""
    if isinstance(value, tuple):
        return [_set(each) for each in value]
    if not isinstance(value, msgspec.Struct):
        return value
    tag = value.__struct_config__.tag
    own = {
        field.name: _set(getattr(value, field.name))
        for field in msgspec.structs.fields(value)
        if getattr(value, field.name) != field.default
    }
    return {"on": tag, **own} if tag else own


def _talk(loaded: LoadedPack) -> Conversation:
    return Conversation(loaded.pack.conversation, loaded.book, loaded.moves)


def _turn(event: Utterance, talk: Conversation, book: CueBook) -> Iterator[str]:
    yield f"{clock(event.ended_ms)}  {event.channel:9} {event.text}"
    if event.channel in SIDES:
        side = SIDES[event.channel]
        moves = {cue: move for cue, move, _ in book.learned(side)}
        hits = [hit for grew in talk.utterance(side, event) if isinstance(grew, TurnGrew) for hit in grew.hits]
        heard = dict.fromkeys(
            hit.cue if hit.sure == 1 else f"{hit.cue} (learned move {moves[hit.cue]}, {hit.sure:.2f})" for hit in hits
        )
        if heard:
            yield f"             heard {', '.join(heard)}"


def _told(said: Iterable[CoachEvent], rule: str) -> Iterator[str]:
    for event in said:
        if isinstance(event, Nudge) and event.rule == rule:
            yield f"{clock(event.at_ms)} shown as {event.severity}: {event.measured} (from {event.threshold})"
        elif isinstance(event, NudgeResolved) and event.rule == rule:
            yield f"{clock(event.at_ms)} {event.outcome}"


def _off(context: CallContext) -> tuple[str, ...]:
    off = context.config.get("off", ())
    return tuple(off) if isinstance(off, list | tuple) else ()
