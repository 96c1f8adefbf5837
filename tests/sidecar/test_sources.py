"""Which dialect a name stands for, and what call a connection's introduction makes."""

import msgspec
import pytest

from sidecar import config
from sidecar.sources import Caller, dialect_named, introduce
from streams.taps.dialect import Began

TAPS = config.load(sets=["taps.agents.a17=Ana"]).taps
CALLER = Caller(facts={}, fallback_id="x-1")


def test_every_dialect_that_can_be_switched_on_is_there() -> None:
    kinds = {name: type(dialect_named(name, CALLER, TAPS)).__name__ for name in TAPS.dialects.over_websocket}
    assert kinds["plain"] == "PlainDialect"
    assert kinds["audiohook"] == "AudioHook"
    assert kinds["telnyx"] == kinds["plivo"] == "Twilio"
    assert kinds["vonage"] == "L16"
    assert kinds["asterisk"] == "ChanWebSocket"
    with pytest.raises(LookupError):
        dialect_named("audiosocket", CALLER, TAPS)


def test_a_dialect_that_is_off_has_no_path() -> None:
    off = config.load(sets=["taps.dialects.plain=false"]).taps
    assert "plain" not in off.dialects.over_websocket


def test_what_the_dialect_says_itself_stands() -> None:
    began = Began(call_id="c1", channels=("agent",), agent_id="a7", agent_name="Ann", queue="q", engine="reference")
    leg = introduce(began, "plain", TAPS)
    assert (leg.started.agent_id, leg.started.agent_name, leg.started.queue) == ("a7", "Ann", "q")
    assert (leg.started.channels, leg.channels, leg.started.words_from) == (("agent",), ("agent",), "reference")
    assert leg.started.source == "plain"


def test_who_the_agent_is_follows_from_the_metadata() -> None:
    facts = {"customConfig.agent": "a17", "queue": "billing"}
    started = introduce(Began(call_id="c", channels=("customer", "agent"), facts=facts), "audiohook", TAPS).started
    assert (started.agent_id, started.agent_name, started.queue) == ("a17", "Ana", "billing")
    named = introduce(Began(call_id="c", channels=("mixed",), facts={**facts, "agentName": "Bo"}), "x", TAPS).started
    assert named.agent_name == "Bo"
    names = msgspec.structs.replace(TAPS.facts, agent=("ani", "operator"))
    other = msgspec.structs.replace(TAPS, facts=names)
    began = Began(call_id="c", channels=("mixed",), facts={"participant.ani": "a17", "operator": "x"})
    assert introduce(began, "x", other).started.agent_name == "Ana"


def test_one_side_of_a_call_says_which_it_is() -> None:
    facts = {"call": "joint/1", "side": "Agent"}
    leg = introduce(Began(call_id="leg-9", channels=("mixed",), facts=facts), "asterisk", TAPS)
    assert (leg.started.channels, leg.channels, leg.named) == (("agent", "customer"), ("agent",), {"mixed": "agent"})
    assert leg.began.call_id == leg.started.call_id
    assert leg.started.call_id.startswith("joint-1-")
    customer = introduce(Began(call_id="c", channels=("customer",), facts={"side": "customer"}), "x", TAPS)
    assert customer.started.channels == ("agent", "customer")


@pytest.mark.parametrize("facts", [{}, {"side": "left"}])
def test_without_that_it_is_all_there_is(facts: dict[str, str]) -> None:
    leg = introduce(Began(call_id="c", channels=("customer",), facts=facts), "x", TAPS)
    assert (leg.started.channels, leg.channels) == (("customer",), ("customer",))


def test_where_both_come_together_a_side_changes_nothing() -> None:
    leg = introduce(Began(call_id="c", channels=("customer", "agent"), facts={"side": "agent"}), "x", TAPS)
    assert leg.channels == ("customer", "agent")
