"""Which dialect a path names, and what call a connection's introduction makes."""

from sidecar import config
from sidecar.sources import dialect_at, introduce
from streams.taps.dialect import Began

TAPS = config.load().taps


def test_a_path_names_its_dialect_with_or_without_a_query() -> None:
    for path in ("/plain", "/plain?agent=a17"):
        spoken = dialect_at(path)
        assert spoken is not None
        assert spoken[0] == "plain"
    assert dialect_at("/") is None
    assert dialect_at("/plain/more") is None


def test_what_the_dialect_says_itself_stands() -> None:
    began = Began(call_id="c1", channels=("agent",), agent_id="a7", agent_name="Ann", queue="q", engine="reference")
    leg = introduce(began, "plain", TAPS)
    assert (leg.started.agent_id, leg.started.agent_name, leg.started.queue) == ("a7", "Ann", "q")
    assert (leg.started.channels, leg.channels, leg.started.words_from) == (("agent",), ("agent",), "reference")
