"""Below the rows: the call under the cursor in a few lines, else who asks for a person; a view in, lines out."""

from collections.abc import Mapping

from tui.actions import sign
from tui.floor.columns import padded
from tui.floor.need import calls_for_someone, ordered, unclaimed
from tui.floor.rows import hidden, holder, name_of, outlook
from tui.floor.state import Seat
from tui.floor.view import FloorView
from tui.lines import Line, Role, Span, age, clip, clock, fit, plain, spread, wrap
from tui.meters import BAND_ROLES, OUTLOOKS

SENTENCE_COLUMNS = 60
"""From here on a row has room to say as a sentence who has a call."""

NOTE_ROLES: Mapping[str, Role] = {"sent": "soft", "delivered": "text", "read": "good"}


def below(view: FloorView, columns: int, rows: int) -> list[Line]:
    """The chosen call, or what calls for somebody now, or that nothing does."""
    if broken := _broken(view, columns, rows):
        return [*broken, *_below(view, columns, rows - len(broken))][:rows]
    return _below(view, columns, rows)


def _broken(view: FloorView, columns: int, rows: int) -> list[Line]:
    """Why there is no line to the hub, where that is known: nothing below it is of this moment."""
    if view.link.state == "up" or not view.link.text:
        return []
    return [(Span(line, "bad"),) for line in wrap(plain(view.link.text), columns, min(2, rows))]


def _below(view: FloorView, columns: int, rows: int) -> list[Line]:
    if view.chosen is not None:
        return chosen(view, view.chosen, columns, rows)
    asking = [seat for seat in view.floor.seats.values() if calls_for_someone(seat) and view.of_team(seat)]
    if not asking:
        return [*_fine(view, columns)][:rows]
    known = {seat.state.call_id: seat for seat in asking}
    taken = [seat for seat in asking if seat.row.claimed_by]
    free = [seat for seat in asking if not seat.row.claimed_by]
    ids = [call_id for seats in (free, taken) for call_id in ordered(seats, "need", view.local_ms)]
    lines = [_asking(view, known[call_id], columns) for call_id in ids[:rows]]
    if len(ids) > rows > 1:
        lines[-1] = (Span(f"   and {len(ids) - rows + 1} more", "soft"),)
    return lines


def chosen(view: FloorView, seat: Seat, columns: int, rows: int) -> list[Line]:
    """Who and what, why it is warm, what the agent sees, what was said to them."""
    state = seat.state
    who = (Span(name_of(seat), "strong"), Span(f"  {plain(state.queue)}", "text"))
    where = Span(f"  {clip(plain(state.call_id), 24)}  {clip(plain(seat.row.station), 16)}", "soft")
    lines: list[Line] = [spread((*who, where), _held(view, seat), columns)]
    if state.help is not None:
        since = age(seat.age_ms(view.local_ms, state.help.since_ms))
        words = plain(state.help.text) or "no words with it"
        key = _key(view, "answer")
        lines.append((Span("help    ", "soft"), Span(f"{since}  ", "critical"), Span(words), Span(key, "key")))
    if seat.row.alert is not None:
        since = age(view.local_ms - seat.alert_ms)
        lines.append((Span("alert   ", "soft"), Span(f"{since}  ", "bad"), Span(plain(seat.row.alert.text))))
    notes = view.notes(seat)
    if notes:
        last = notes[-1]
        state_word = Span(f"{last.state}  ", NOTE_ROLES[last.state])
        by = "you" if last.by == view.floor.you else plain(last.by)
        lines.append((Span("note    ", "soft"), state_word, Span(f"{by}: ", "soft"), Span(plain(last.text))))
    lines.append(heat_line(view, seat))
    lines.append(hint_line(view, seat))
    lines.append(signal_line(seat))
    return [fit(line, columns) for line in lines][:rows]


def heat_line(view: FloorView, seat: Seat, label: str = "heat") -> Line:
    """How hot, what raised it, where it goes."""
    state = seat.state
    if "heat" in hidden(seat):
        return (Span(f"{label:8}", "soft"), Span("not shared", "soft"))
    because = ", ".join(plain(cause).replace("_", " ") for cause in state.because[:4])
    going = outlook(seat)
    guess = f"  {view.glyphs.outlook[going]} {OUTLOOKS[going]}" if OUTLOOKS[going] else ""
    return (
        Span(f"{label:8}", "soft"),
        Span(f"{state.band} {state.heat}", BAND_ROLES[state.band]),
        Span(f"  by {because}" if because else ""),
        Span(guess, "soft"),
    )


def hint_line(view: FloorView, seat: Seat) -> Line:
    """What stands on the agent's panel."""
    nudge = seat.state.nudge
    if "nudge" in hidden(seat):
        return (Span("hint    ", "soft"), Span("not shared", "soft"))
    if nudge is None:
        return (Span("hint    ", "soft"), Span(f"none stands, {seat.state.nudges} so far", "soft"))
    since = age(seat.age_ms(view.local_ms, nudge.since_ms))
    return (Span("hint    ", "soft"), Span(plain(nudge.title)), Span(f"  on the panel for {since}", "soft"))


def signal_line(seat: Seat) -> Line:
    """What happened last."""
    if not seat.state.signal:
        return (Span("last    ", "soft"), Span("nothing yet", "soft"))
    at = clock(seat.state.signal_at_ms) if seat.state.signal_at_ms >= 0 else ""
    return (Span("last    ", "soft"), Span(f"{at}  " if at else "", "soft"), Span(plain(seat.state.signal)))


def has_it(view: FloorView, seat: Seat) -> Span:
    """Who has a call, as a sentence."""
    text, role = holder(view, seat)
    return Span({"": "", "you": "you have it"}.get(text, f"{text} has it"), role)


def _held(view: FloorView, seat: Seat) -> Line:
    watched = [plain(name) for name in seat.row.watched_by if name != view.floor.you]
    watching = (Span(f"open at {', '.join(watched)}  ", "soft"),) if watched else ()
    if view.over(seat):
        return (Span("this call is over", "soft"),)
    return (*watching, has_it(view, seat))


def _asking(view: FloorView, seat: Seat, columns: int) -> Line:
    state = seat.state
    if state.help is not None:
        what, ms = f"asks for help: {plain(state.help.text)}", seat.age_ms(view.local_ms, state.help.since_ms)
    else:
        what = plain(seat.row.alert.text) if seat.row.alert else ""
        ms = view.local_ms - seat.alert_ms
    late = unclaimed(seat, view.local_ms)
    mark = Span("!! " if late else "!  ", "critical" if late else "warn")
    name = Span(padded(name_of(seat), min(18, columns // 4), cut=view.glyphs.cut), "strong")
    left = (mark, name, Span(f"  {what}"))
    if columns < SENTENCE_COLUMNS:
        # Half a row would go to a sentence that the one word says too; what is asked for needs the room.
        text, role = holder(view, seat)
        return spread(left, (Span(f"{age(ms)}  ", "soft"), Span(text, role)), columns)
    return spread(left, (Span(f"{age(ms)}  ", "soft"), *_held(view, seat)), columns)


def _fine(view: FloorView, columns: int) -> list[Line]:
    if not view.floor.whole or view.link.state == "lost":
        return []
    count = view.totals
    said = "Nothing is wrong." if not count.hot else "Nobody asks for a person."
    spread_out = f"{count.live} live, {count.hot} hot, {count.warm} warm, nobody waits."
    keys = "".join(
        f"{sign(view.keys[name][0])} {word}   " for name, word in (("down", "chooses a row"), ("jump", "the hottest"))
        if view.keys.get(name)
    )  # fmt: skip
    return [(Span(said, "good"), Span(f"  {spread_out}")), (Span(clip(keys, columns), "soft"),)]


def _key(view: FloorView, name: str) -> str:
    keys = view.keys.get(name)
    return f"  {sign(keys[0])} answers" if keys else ""
