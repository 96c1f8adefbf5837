"""Who may talk to the hub, by key: the text of the clients' file flows in, names, roles and teams flow out. Pure."""

import re
from collections.abc import Iterable, Mapping

import msgspec

from streams.errors import KeyFileError
from streams.floor import Role

DEFAULT_TEAM = "floor"
"""Whoever is given no team is in this one, so that a small floor needs none."""
_NAME = re.compile(r"[^\W_][\w. -]{0,38}[^\W_]|[^\W_]")
_KEY = re.compile(r"[0-9a-zA-Z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}")


class Client(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One workstation or person: the public key in Z85, what it may do, and for which teams.

    `agents` are those whose calls a gateway hands to a workstation; empty: the agent of its own name.
    """

    public: str
    role: Role
    teams: tuple[str, ...] = (DEFAULT_TEAM,)
    name: str = ""
    agents: tuple[str, ...] = ()

    def shares_team(self, teams: Iterable[str]) -> bool:
        """Whether one of the teams is this client's."""
        return any(team in self.teams for team in teams)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    clients: dict[str, Client] = {}


class Roll:
    """All clients; `guests` lets in unknown keys under names of their own (authentication off)."""

    def __init__(self, clients: Iterable[Client] = (), *, guests: bool = False) -> None:
        self._clients = {client.name: client for client in clients}
        self._keys = {client.public: client for client in self._clients.values()}
        self._guests = guests

    @property
    def clients(self) -> Mapping[str, Client]:
        """Every client by name."""
        return self._clients

    @property
    def keys(self) -> frozenset[str]:
        """The public keys that are let in."""
        return frozenset(self._keys)

    @property
    def guests(self) -> bool:
        """Whether unknown keys are let in."""
        return self._guests

    def find(self, key: str, role: Role) -> Client | None:
        """Whose key this is; a guest is taken for what it behaves like (`role`)."""
        client = self._keys.get(key)
        if client is None and self._guests and key:
            return Client(public=key, role=role, name=f"guest {key[:8]}")
        return client

    def with_client(self, client: Client) -> "Roll":
        """This roll and one client more; the name's earlier key is out.

        Raises KeyFileError for a name, a team or a key that cannot be, and for a key that has another name.
        """
        _check(client)
        holder = self._keys.get(client.public)
        if holder is not None and holder.name != client.name:
            raise KeyFileError(f"this key is {holder.name}'s already; each workstation and person has its own")
        return Roll([*(kept for kept in self._clients.values() if kept.name != client.name), client])

    def without(self, name: str) -> "Roll":
        """This roll without one client.

        Raises KeyFileError when there is none of that name.
        """
        if name not in self._clients:
            raise KeyFileError(f"no client {name!r} on the roll; `sidecar keys list` shows who is")
        return Roll(kept for kept in self._clients.values() if kept.name != name)


def read(text: str, where: str, *, guests: bool = False) -> Roll:
    """The roll of a file; `where` names it in errors.

    Raises KeyFileError when it cannot be one.
    """
    try:
        listed = msgspec.toml.decode(text, type=_File).clients
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KeyFileError(f"{where} is damaged: {error}; mend it, or restore it from a copy") from error
    clients = [msgspec.structs.replace(client, name=name) for name, client in listed.items()]
    keys: dict[str, str] = {}
    for client in clients:
        try:
            _check(client)
        except KeyFileError as error:
            raise KeyFileError(f"{where}: {error}") from error
        if client.public in keys:
            raise KeyFileError(f"{where}: {keys[client.public]} and {client.name} have the same key")
        keys[client.public] = client.name
    return Roll(clients, guests=guests)


def as_tree(roll: Roll) -> dict[str, object]:
    """The roll as the table that its file holds."""
    return {
        "clients": {
            name: {
                "public": client.public,
                "role": client.role,
                "teams": list(client.teams),
                **({"agents": list(client.agents)} if client.agents else {}),
            }
            for name, client in roll.clients.items()
        }
    }


def _check(client: Client) -> None:
    for kind, name in [("name", client.name), *(("team", team) for team in client.teams)]:
        if not _NAME.fullmatch(name):
            raise KeyFileError(
                f"{name[:60]!r} cannot be a {kind}: up to 40 letters, digits, spaces, dots, hyphens and underscores, "
                "a letter or digit first and last"
            )
    if not client.teams:
        raise KeyFileError(f"{client.name} has no team; give at least one")
    if not _KEY.fullmatch(client.public):
        raise KeyFileError(f"{client.name}'s key is none: 40 characters, as `sidecar keys` prints it")
