"""A supervisor's note and other people's lines as they are drawn."""

from streams.events import CallEnded, Claimed, HelpAnswered, HelpAsked, Note, NoteRead, SharingChanged, Watched
from tests.tui.calls import EMPATHY, STARTED, of
from tests.tui.views import texts, view
from tui import notes
from tui.actions import keys_in_force
from tui.lines import width

LONG = "offer a refund of the second charge and say when it lands"


def note(name: str = "1", text: str = LONG, by: str = "Maria") -> Note:
    return of(Note, 18_000, note=name, by=by, text=text)


def test_a_note_with_the_card_to_itself() -> None:
    shown = view(STARTED, note(), note("2", "and smile"), now_ms=30_000)
    assert texts(notes.card(shown, shown.unread[0], 40, 7)) == [
        "▌ >> NOTE  Maria                     12s",
        "▌ offer a refund of the second charge",
        "▌ and say when it lands",
        "▌",
        "▌",
        "▌",
        "▌ m read   and 1 more",
    ]


def test_a_low_card_has_the_key_in_its_head_and_cuts_the_words() -> None:
    shown = view(STARTED, note(text="word " * 60))
    drawn = texts(notes.card(shown, shown.unread[0], 40, 3))
    assert drawn[0] == "▌ >> NOTE  Maria              0s  m read"
    assert drawn[2].endswith("...")
    bare = view(STARTED, note(), keys=keys_in_force({}) | {"read_note": ()})
    assert texts(notes.card(bare, bare.unread[0], 40, 3))[0] == "▌ >> NOTE  Maria                      0s"


def test_a_note_stands_below_a_nudge_as_high_as_it_is_and_not_twice() -> None:
    shown = view(STARTED, EMPATHY, note(text="offer a refund"))
    assert texts(notes.lines(shown, 40, 10)) == ["▌ >> NOTE  Maria              0s  m read", "▌ offer a refund"]
    long = view(STARTED, EMPATHY, note(text="word " * 60), of(HelpAsked, 18_000, help="h"))
    assert len(notes.lines(long, 40, 10)) == 1 + notes.MOST_BELOW + 1
    assert texts(notes.lines(long, 40, 3))[1:] == [
        "▌ word word word word word word word...",
        "  >> HELP  asked 0s ago, nobody yet",
    ]
    assert notes.lines(view(STARTED, note()), 40, 10) == []


def test_help_and_what_was_read_lately() -> None:
    asked = of(HelpAsked, 18_000, help="h")
    waiting = view(STARTED, asked, now_ms=30_000)
    assert texts(notes.lines(waiting, 44, 3)) == ["  >> HELP  asked 12s ago, nobody yet"]
    coming = view(STARTED, asked, of(HelpAnswered, 19_000, help="h", by="Maria"))
    assert texts(notes.lines(coming, 44, 3)) == ["  >> HELP  Maria: is coming"]
    read = view(STARTED, note(text="offer a refund"), of(NoteRead, 20_000, note="1"))
    assert texts(notes.lines(read, 44, 3)) == ["  >> NOTE  Maria: offer a refund"]
    assert notes.lines(view(STARTED, note(), of(NoteRead, 20_000, note="1"), now_ms=40_001), 44, 3) == []


def test_who_looks_on() -> None:
    assert notes.seen_by(view(STARTED)) == ""
    assert notes.seen_by(view(STARTED, of(Watched, names=("Maria",)))) == "seen by Maria"
    assert notes.seen_by(view(STARTED, of(Watched, names=("Maria", "Jo", "Sam", "Al")))) == "seen by Maria, Jo +2"
    off = view(STARTED, of(Watched, names=("Maria",)), of(Claimed, by="Maria"), of(SharingChanged, what="off"))
    assert notes.seen_by(off) == "not shared"


def test_strange_names_and_texts_stay_in_their_cells() -> None:
    for odd in ("[red]x[/red]", "日本語の長い題名がここに", "שלום עולם", "a\nb\x1b]0;x\x07", "👩‍💻" * 30, "x" * 9_999):
        shown = view(STARTED, note(text=odd, by=odd))
        for columns in (20, 40, 77):
            for line in notes.card(shown, shown.unread[0], columns, 4):
                assert width(line) <= columns
                assert "\x1b" not in "".join(span.text for span in line)


def test_there_may_be_two_rows_for_what_people_said() -> None:
    answered = view(STARTED, of(HelpAnswered, 19_000, help="h", by="Maria", text=LONG), of(HelpAsked, 18_000, help="h"))
    coming = view(STARTED, of(HelpAsked, 18_000, help="h"), of(HelpAnswered, 19_000, help="h", by="Maria", text=LONG))
    assert len(notes.lines(answered, 40, 9)) == 1
    assert texts(notes.lines(coming, 40, 9)) == [
        "  >> HELP  Maria: offer a refund of the",
        "           second charge and say when...",
    ]


def test_in_few_words() -> None:
    assert notes.seen_by(view(STARTED, of(Watched, names=("Maria", "Jo"))), names=False) == "seen by 2"
    assert notes.seen_by(view(STARTED, of(Watched, names=("Maria",)), of(Claimed, by="Maria"))) == ""
    asked = of(HelpAsked, 18_000, help="h")
    answered = of(HelpAnswered, 19_000, help="h", by="Maria")
    assert notes.help_word(view(STARTED)) == ""
    assert notes.help_word(view(STARTED, asked)) == "help asked"
    assert notes.help_word(view(STARTED, asked, answered)) == "help: Maria"
    assert notes.help_word(view(STARTED, asked, answered, now_ms=39_001)) == ""
    assert notes.help_word(view(STARTED, asked, of(CallEnded, 20_000))) == ""


def test_nobody_is_waited_for_once_the_call_is_over() -> None:
    over = view(STARTED, of(HelpAsked, 18_000, help="h"), of(CallEnded, 20_000, reason="hangup"))
    assert texts(notes.lines(over, 60, 10)) == ["  >> HELP  asked, the call ended first"]
