"""What the agent is told is made from the settings: each of them changes the words."""

from typing import Any

import msgspec
import pytest

from sidecar import config
from sidecar.config_sections import ShareConfig
from sidecar.uplink.told import keeps_sharing, plain_words

HUB = ("share.hub=tcp://floor.example:9000", f"share.hub_key={'abcdefgh' * 5}")


def told(*sets: str, station: str = "desk 4") -> tuple[str, ...]:
    return plain_words(config.load(sets=sets), station)


def other(name: str, value: object) -> str:
    """Another value of a setting than the default with a hub."""
    if isinstance(value, bool):
        return f"share.{name}={str(not value).lower()}"
    return f"share.{name}={'zyxwvuts' * 5 if name == 'hub_key' else 'tcp://other:9000'}"


@pytest.mark.parametrize(
    "name", [field.name for field in msgspec.structs.fields(ShareConfig) if field.name != "station"]
)
def test_every_setting_of_sharing_changes_the_words(name: str) -> None:
    value: Any = getattr(config.load(sets=HUB).share, name)
    assert told(*HUB, other(name, value)) != told(*HUB)


def test_the_machines_name_is_said() -> None:
    assert told(*HUB, station="desk 4") != told(*HUB, station="desk 5")


def test_without_a_hub_nothing_leaves_whatever_else_is_set() -> None:
    plain = told()
    assert "Nothing: no hub is set, so nothing leaves this machine." in plain
    assert plain == told("share.transcript=true", "share.alerts=false", "share.may_stop=false")
    assert plain[-2] == "# What supervisors see"


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ((), "What was said and which hints came, for 30 days, where only you can read it. No sound is kept."),
        (("journal.keep_days=7",), "for 7 days"),
        (("journal.text=false",), "Which hints came, without what was said, for 30 days"),
        (("journal.enabled=false",), "Nothing of a call is kept, and no sound ever."),
    ],
)
def test_what_is_kept(sets: tuple[str, ...], words: str) -> None:
    assert any(words in line for line in told(*sets))


def test_what_never_leaves_is_always_said() -> None:
    everything = told(*HUB, "share.transcript=true")
    assert "Never any sound, and never the hints that are there for your own sake." in everything
    assert any("Nothing about how you feel" in line for line in everything)
    assert any("(key abcdefgh)" in line for line in everything)


def test_why_sharing_goes_on() -> None:
    assert "no hub is set" in keeps_sharing(config.load().share)
    assert keeps_sharing(config.load(sets=HUB).share) == ""
    assert "share.may_stop" in keeps_sharing(config.load(sets=(*HUB, "share.may_stop=false")).share)
