"""Every name of a dialect has its clients, and every dialect of the settings its name."""

import pytest

from sidecar.config_sections import DialectsConfig
from sidecar.taptest.client import Asked
from sidecar.taptest.dialects import clients
from sidecar.taptest.names import NAMES


def test_all_of_the_settings_dialects_can_be_tried() -> None:
    assert DialectsConfig.__struct_fields__ == NAMES
    for name in NAMES:
        made = clients(name, Asked(call_id="c"))
        sides = [side for one in made for side in one.sides]
        assert sorted(sides) == (["mixed"] if name == "audiosocket" else ["agent", "customer"])


def test_audiosocket_brings_the_sides_apart_where_there_is_a_port_for_each() -> None:
    assert [one.sides for one in clients("audiosocket", Asked(call_id="c"), apart=True)] == [("customer",), ("agent",)]


def test_others_are_none() -> None:
    with pytest.raises(LookupError):
        clients("smoke", Asked(call_id="c"))
