"""Pages: keys in force, the call's hints, what one rests on, what is watched."""

from streams.events import Claimed, NudgeAnswered, SharingChanged
from tests.tui.calls import DEAD_AIR, EMPATHY, RISING, STARTED, nudge, of, resolved
from tests.tui.views import texts, view
from tui.actions import ACTIONS, keys_in_force
from tui.pages import evidence_page, help_page, history_page, watched_page


def test_help_lists_the_keys_in_force() -> None:
    text = texts(help_page(view(keys=keys_in_force({"dismiss": "x,f9"})), 76))
    assert "x f9     Dismiss           This hint does not fit; take it away" in text
    assert len([line for line in text if any(action.tells in line for action in ACTIONS)]) == len(ACTIONS)
    assert not any("stands for both" in line for line in text)


def test_help_shows_clashing_and_missing_keys() -> None:
    keys = keys_in_force({"dismiss": "a"}) | {"undo": ()}
    text = texts(help_page(view(keys=keys), 40))
    assert any("stands for both" in line for line in text)
    assert "-        Undo" in text


def test_history() -> None:
    assert texts(history_page(view(STARTED), 40)) == ["No hint has come in this call."]
    events = (STARTED, DEAD_AIR, EMPATHY, resolved("n0", "done", 12_000))
    thumbs = (of(NudgeAnswered, 20_000, nudge="n0", answer="helpful"),)
    assert texts(history_page(view(*events, *thumbs), 40)) == [
        "00:17 !  MED  Empathy owed",
        "      on screen",
        "00:10 i  INFO Dead air",
        "      you spoke, thumbs up",
    ]


def test_evidence() -> None:
    item = view(STARTED, RISING).waiting[0]
    text = texts(evidence_page(item, 44))
    assert text[0] == "!! HIGH  Escalation rising"
    assert '00:16 cust  "third time i\'ve called"' in text
    assert "measured  heat 64, limit 60" in text
    assert "rule      deesc.rising_heat" in text
    bare = texts(evidence_page(view(STARTED, nudge("n")).waiting[0], 44))
    assert "no words: this hint goes by time alone" in bare
    assert "measured  -" in bare


def test_what_is_watched_and_sent() -> None:
    text = " ".join(texts(watched_page(view(STARTED), 60)))
    assert "Nothing about how you feel" in text
    assert "Nothing was sent" in text
    sent = texts(watched_page(view(STARTED, of(SharingChanged, what="heat 64"), of(Claimed, by="Maria")), 60))
    assert "heat 64" in sent
    assert "Maria has this call open." in sent
