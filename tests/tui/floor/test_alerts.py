"""Each call for a person is news once; what became of it stays in the list."""

from tests.tui.floor.stage import HELP, alert, floor_of, seat
from tui.floor.alerts import KEPT, Alarms, overdue, waiting
from tui.floor.state import Floor

QUIET = floor_of(seat("c1"), seat("c2"))
ALARMED = floor_of(seat("c1", alert=alert("c1"), agent_name="Priya"), seat("c2"))
ASKED = floor_of(seat("c1", alert=alert("c1"), agent_name="Priya"), seat("c2", help=HELP, agent_name="", agent_id="a2"))


def test_an_episode_is_announced_once() -> None:
    alarms = Alarms()
    assert alarms.feed(Floor()) == ()
    assert alarms.feed(QUIET) == ()
    assert [(episode.who, episode.text) for episode in alarms.feed(ALARMED)] == [("Priya", "asked for a supervisor")]
    assert alarms.feed(ALARMED) == ()
    assert [(episode.who, episode.text) for episode in alarms.feed(ASKED)] == [
        ("a2", "asks for help: refund over my limit")
    ]
    assert [episode.who for episode in alarms.episodes] == ["Priya", "a2"]


def test_what_stood_before_is_listed_and_not_announced() -> None:
    alarms = Alarms()
    assert alarms.feed(ASKED) == ()
    assert len(alarms.episodes) == 2


def test_another_episode_of_the_same_call_is_news() -> None:
    alarms = Alarms()
    alarms.feed(ALARMED)
    assert alarms.feed(QUIET) == ()
    assert not alarms.episodes[0].standing
    assert len(alarms.feed(ALARMED)) == 1
    second = floor_of(seat("c1", alert=alert("c1", alert="a2", text="", rule="deesc.threat")))
    assert [episode.text for episode in alarms.feed(second)] == ["deesc.threat"]


def test_what_somebody_has_is_no_news_but_is_kept() -> None:
    alarms = Alarms()
    alarms.feed(QUIET)
    taken = floor_of(seat("c1", alert=alert("c1"), claimed_by="Sol"))
    assert alarms.feed(taken) == ()
    assert alarms.episodes[0].taken_by == "Sol"


def test_who_took_it_is_remembered() -> None:
    alarms = Alarms()
    alarms.feed(ALARMED)
    alarms.feed(floor_of(seat("c1", alert=alert("c1"), claimed_by="Sol")))
    alarms.feed(QUIET)
    assert (alarms.episodes[0].taken_by, alarms.episodes[0].standing) == ("Sol", False)
    late = Alarms()
    late.feed(ALARMED)
    late.feed(floor_of(seat("c1", claimed_by="Mo")))
    late.feed(floor_of())
    assert late.episodes[0].taken_by == "Mo"


def test_help_without_words_and_a_bounded_list() -> None:
    alarms = Alarms()
    alarms.feed(QUIET)
    for number in range(KEPT + 10):
        wordless = seat("c2", help=type(HELP)(f"h{number}", "", 0))
        assert [episode.text for episode in alarms.feed(floor_of(wordless))] == ["asks for help"]
    assert len(alarms.episodes) == KEPT


def test_who_waits_and_who_waits_too_long() -> None:
    floor = floor_of(
        seat("c1", alert=alert("c1", age_ms=30_000)),
        seat("c2", help=HELP),
        seat("c3", alert=alert("c3", age_ms=90_000), claimed_by="Sol"),
    )
    assert waiting(floor) == 2
    assert overdue(floor, 1_000) == 1
