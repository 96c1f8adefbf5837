"""A workstation's inbox: each thing is told once, and what the hub does not repeat after a welcome is over."""

from streams.floor import ClaimChanged, FloorMessage, HelpReply, Refused, Taken, Watching, Welcome, Whisper
from streams.inbox import Inbox

WELCOME = Welcome(hub="h", boot="b", name="desk", taken=0)
TAKEN = Taken(boot="b", number=0)
NOTE = Whisper(call_id="c1", note="n1", by="Sol", text="well done")
REPLY = HelpReply(call_id="c1", help="h1", by="Sol", text="yes")


def claim(by: str, call_id: str = "c1") -> ClaimChanged:
    return ClaimChanged(call_id=call_id, by=by)


def watching(*names: str) -> Watching:
    return Watching(call_id="c1", names=names)


def heard(inbox: Inbox, *messages: FloorMessage) -> list[FloorMessage]:
    return [told for message in messages for told in inbox.hear(message)]


def test_notes_and_answers_are_told_once() -> None:
    assert heard(Inbox(), NOTE, NOTE, REPLY, NOTE, REPLY) == [NOTE, REPLY]


def test_claims_and_watchers_are_told_when_they_change() -> None:
    inbox = Inbox()
    assert heard(inbox, claim(""), watching()) == []
    assert heard(inbox, claim("Sol"), claim("Sol"), claim("Ana"), claim(""), claim("")) == [
        claim("Sol"),
        claim("Ana"),
        claim(""),
    ]
    assert heard(inbox, watching("Sol"), watching("Sol"), watching("Ana", "Sol"), watching()) == [
        watching("Sol"),
        watching("Ana", "Sol"),
        watching(),
    ]


def test_what_is_not_repeated_after_a_welcome_is_over() -> None:
    inbox = Inbox()
    heard(inbox, claim("Sol"), claim("Ana", "c2"), watching("Sol"))
    assert heard(inbox, WELCOME, claim("Ana", "c2")) == []
    assert heard(inbox, TAKEN) == [claim(""), watching()]
    assert heard(inbox, TAKEN) == []


def test_the_rest_is_not_for_the_agent() -> None:
    assert heard(Inbox(), Refused(text="no")) == []
