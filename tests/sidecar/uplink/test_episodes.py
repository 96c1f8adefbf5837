"""Alerts: one an episode, without quotes, never for the agent's own hints."""

from sidecar.uplink.episodes import SAME_EPISODE_MS, Episodes
from sidecar.uplink.quoting import Heard
from streams.events import CallEnded, Event, FloorAlert, HelpAnswered, HelpAsked, Severity
from streams.floor import AlertRaised
from tests.sidecar.uplink.floor_call import CALL, STARTED, heat, of, said


def raised(*events: Event, **tells: bool) -> list[AlertRaised]:
    heard = Heard()
    episodes = Episodes(heard.without_quotes, **tells)
    alerts = []
    for event in (STARTED, *events):
        heard.feed(event)
        alerts.append(episodes.feed(event))
    return [alert for alert in alerts if alert]


def told(*events: Event, **tells: bool) -> list[tuple[str, int, str]]:
    return [(alert.rule, alert.at_ms, alert.severity) for alert in raised(*events, **tells)]


def alert(at_ms: int, rule: str = "deesc.threat", severity: Severity = "warn", text: str = "A threat.") -> FloorAlert:
    return of(FloorAlert, at_ms, rule=rule, severity=severity, text=text)


def test_heat_is_told_once_until_it_has_cooled() -> None:
    course = [
        heat(45, "warm", 1_000),
        heat(61, "hot", 2_000),
        heat(80, "critical", 3_000),
        heat(50, "warm", 4_000),
        heat(62, "hot", 5_000),
        heat(30, "watch", 6_000),
        heat(78, "critical", 7_000),
    ]
    assert told(*course) == [("heat", 2_000, "warn"), ("heat", 7_000, "critical")]
    assert told(*course, heat=False) == []


def test_a_rule_that_tells_of_the_heat_is_part_of_its_episode() -> None:
    rising = alert(2_000, "deesc.rising_heat", "critical")
    assert told(heat(61, "hot", 2_000), rising) == [("heat", 2_000, "warn")]
    assert told(rising) == [("deesc.rising_heat", 2_000, "critical")]


def test_a_rule_is_told_once_while_its_alerts_follow_one_another() -> None:
    first, soon, late = alert(1_000), alert(50_000), alert(50_000 + SAME_EPISODE_MS + 1)
    assert told(first, soon, late) == [("deesc.threat", 1_000, "warn"), ("deesc.threat", late.at_ms, "warn")]
    worse = alert(2_000, severity="critical")
    assert told(first, worse, soon) == [("deesc.threat", 1_000, "warn"), ("deesc.threat", 2_000, "critical")]
    assert told(first, worse, rules=False) == []


def test_ids_are_of_the_call_and_differ() -> None:
    alerts = raised(alert(1_000), heat(61, "hot", 2_000))
    assert [one.alert for one in alerts] == [f"alert-{number} {STARTED.started_at} {CALL}" for number in (1, 2)]
    assert alerts[0] == AlertRaised(
        boot="",
        number=0,
        call_id=CALL,
        at_ms=1_000,
        alert=f"alert-1 {STARTED.started_at} {CALL}",
        rule="deesc.threat",
        severity="warn",
        text="A threat.",
    )


def test_texts_carry_no_quotes() -> None:
    spoken = said("I will call my lawyer today", 500)
    (one,) = raised(spoken, alert(1_000, text="Customer: i will call my lawyer today"))
    assert one.text == "Customer: ..."
    (bare,) = raised(alert(1_000, text=""))
    assert bare.text == "deesc.threat"
    (helped,) = raised(spoken, of(HelpAsked, 2_000, help="h1", text="he says i will call my lawyer"))
    assert helped.text == "asks for help: he says ..."


def test_hints_for_the_agents_own_sake_alert_nobody() -> None:
    assert told(alert(1_000, "stress.breathe")) == []


def test_help_is_one_alert_until_it_is_answered() -> None:
    asked, again = of(HelpAsked, 1_000, help="h1"), of(HelpAsked, 2_000, help="h2")
    answered = of(HelpAnswered, 3_000, help="h1", by="Maria")
    third = of(HelpAsked, 4_000, help="h3")
    assert told(asked, again, answered, third, rules=False) == [
        ("help", 1_000, "critical"),
        ("help", 4_000, "critical"),
    ]
    assert raised(asked)[0].text == "asks for help"


def test_the_end_of_a_call_ends_its_episodes() -> None:
    assert told(heat(61, "hot", 1_000), of(CallEnded, 2_000), heat(61, "hot", 3_000)) == [
        ("heat", 1_000, "warn"),
        ("heat", 3_000, "warn"),
    ]
