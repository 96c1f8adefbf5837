"""The roll: names, keys and teams that can be, and errors that say what cannot."""

import pytest

from sidecar.hub import roll
from sidecar.hub.roll import Client, Roll
from streams.errors import KeyFileError

KEY = "0" * 40
OTHER = "1" * 40


def client(name: str = "desk-4", public: str = KEY, **facts: object) -> Client:
    return Client(name=name, public=public, role="agent", **facts)  # type: ignore[arg-type]


def test_who_is_on_the_roll_is_found_by_key() -> None:
    made = Roll().with_client(client()).with_client(client("desk-5", OTHER, teams=("billing",)))
    assert made.find(OTHER, "supervisor") == client("desk-5", OTHER, teams=("billing",))
    assert made.find("2" * 40, "agent") is None
    assert made.keys == {KEY, OTHER}
    assert made.without("desk-4").keys == {OTHER}


def test_a_new_key_takes_the_place_of_the_old() -> None:
    assert Roll([client()]).with_client(client(public=OTHER)).keys == {OTHER}


def test_guests_are_let_in_where_that_is_wanted() -> None:
    guest = Roll(guests=True).find(KEY, "observer")
    assert guest is not None
    assert (guest.role, guest.teams) == ("observer", ("floor",))
    assert Roll(guests=True).find("", "agent") is None


@pytest.mark.parametrize("name", ["", " x", "x ", "a/b", "a\nb", "x" * 41, "[b]", "-", "../x"])
def test_names_that_cannot_be(name: str) -> None:
    for made in (client(name), client(teams=(name,))):
        with pytest.raises(KeyFileError, match="cannot be a"):
            Roll().with_client(made)


def test_other_things_that_cannot_be() -> None:
    with pytest.raises(KeyFileError, match="has no team"):
        Roll().with_client(client(teams=()))
    with pytest.raises(KeyFileError, match="key is none"):
        Roll().with_client(client(public="short"))
    with pytest.raises(KeyFileError, match="is desk-4's already"):
        Roll([client()]).with_client(client("desk-5"))
    with pytest.raises(KeyFileError, match="no client 'Eva'"):
        Roll().without("Eva")


def test_a_file_is_read_as_it_was_written() -> None:
    text = f'[clients."desk-4"]\npublic = "{KEY}"\nrole = "agent"\nteams = ["floor"]\n'
    read = roll.read(text, "file", guests=True)
    assert read.clients == {"desk-4": client()}
    assert read.guests
    assert roll.as_tree(read) == {"clients": {"desk-4": {"public": KEY, "role": "agent", "teams": ["floor"]}}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[clients", "damaged"),
        ('[clients.x]\npublic = "k"\nrole = "boss"\n', "damaged"),
        ('[clients.x]\npublic = "k"\nrole = "agent"\n', "key is none"),
        (f'[clients.x]\npublic = "{KEY}"\nrole = "agent"\n[clients.y]\npublic = "{KEY}"\nrole = "agent"\n', "same key"),
    ],
)
def test_a_file_that_is_none_says_where_and_why(text: str, reason: str) -> None:
    with pytest.raises(KeyFileError, match=f"file.*{reason}"):
        roll.read(text, "file")
