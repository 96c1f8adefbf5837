"""What the default pack's cue families hear in lines that sound like something else."""

import pytest

from nudges.cues import CueBook

MEANT_OTHERWISE = [
    ("A.alternative", "there is nothing I can do about that"),
    ("A.alternative", "I'm afraid that's all we can offer"),
    ("A.alternative", "I can see why you're upset"),
    ("A.alternative", "thanks for ringing instead of turning round"),
    ("A.greet_name", "of course you're scared with nothing in for tonight"),
    ("A.greet_name", "let me stay while you're with me"),
    ("A.anything_else", "let me get you a voucher before anything else"),
    ("C.second_issue", "this is the third time I've called"),
    ("C.second_issue", "I have the plan and I don't see where to add my colleague"),
    ("C.second_issue", "I reset it and i restarted it twice"),
    ("C.not_listened", "this is the third time I've called"),
    ("C.not_listened", "for the fourth time we have had to ring about this"),
    ("C.not_listened", "I am not listening to a disclaimer"),
    ("C.threat_leave", "you shut my account and nobody says why"),
    ("C.line_trouble", "sixty guests are there in the house"),
    ("C.line_trouble", "hello there I am looking to find out about the plan"),
    ("C.line_trouble", "it's the other people they can't hear me"),
    ("C.puzzled", "have you any idea at all what that could have done"),
    ("C.puzzled", "two of those and a grown up what's that come to"),
    ("C.no_more", "that's all I want to know"),
    ("C.no_more", "I've nothing else to wear"),
    ("C.hurry", "every time I ring I have to go through my divorce again"),
]

MEANT = [
    ("A.alternative", "there's nothing on monday but I can send it tomorrow"),
    ("A.alternative", "let me check, I can see if there's another day"),
    ("A.greet_name", "good morning you're with Nadia"),
    ("A.anything_else", "anything else I can help with"),
    ("C.second_issue", "also I have a question about my other card"),
    ("C.second_issue", "and I also wanted to ask about the deposit"),
    ("C.second_issue", "and another thing"),
    ("C.repeat_contact", "this is the third time I've called"),
    ("C.not_listened", "this is the third time I am giving you the number"),
    ("C.not_listened", "you are not listening"),
    ("C.threat_leave", "shut my account today"),
    ("C.line_trouble", "are you still there"),
    ("C.line_trouble", "sorry I can't hear you"),
    ("C.puzzled", "sorry what's that"),
    ("C.no_more", "no thanks that's all"),
    ("C.hurry", "look I have to go now"),
]


@pytest.mark.parametrize(("cue", "said"), MEANT_OTHERWISE)
def test_a_line_that_means_something_else_is_not_heard(book: CueBook, cue: str, said: str) -> None:
    assert cue not in {match.cue for match in book.find("A" if cue[0] == "A" else "C", said)}


@pytest.mark.parametrize(("cue", "said"), MEANT)
def test_a_line_that_means_it_is_heard(book: CueBook, cue: str, said: str) -> None:
    assert cue in {match.cue for match in book.find("A" if cue[0] == "A" else "C", said)}
