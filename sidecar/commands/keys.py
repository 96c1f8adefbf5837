"""`sidecar keys`: who may talk to this machine's hub, and by which keys other hubs know this machine."""

from typing import TYPE_CHECKING

import click

from sidecar.invocation import Invocation
from streams.errors import InputError

if TYPE_CHECKING:
    from sidecar.config_sections import GatewayConfig, HubConfig
    from sidecar.hub.keyring import RollFile
    from sidecar.hub.roll import Client

MACHINE = "THIS-MACHINE"
"""Stands for this machine's address where it listens on all that it has."""
ROLES = ("agent", "supervisor", "observer")
_role = click.option(
    "--role",
    type=click.Choice(ROLES),
    required=True,
    help="agent: a workstation; supervisor: a floor that acts; observer: a floor that looks on.",
)
_teams = click.option("--team", "teams", multiple=True, metavar="TEAM", help="May be given again.  [default: floor]")
_agents = click.option(
    "--agent", "agents", multiple=True, metavar="ID", help="An agent whose calls a gateway hands to this workstation."
)


@click.group(short_help="Say who may talk to the hub.", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Say who may talk to the hub; alone: the public keys by which a hub knows this machine.

    Each workstation and each supervisor has a key of its own. Secrets are never printed.
    """
    if context.invoked_subcommand is not None:
        return
    from sidecar import keys
    from sidecar.hub import keyring

    invocation: Invocation = context.obj
    folder = invocation.places.keys_dir
    own = keys.load(folder)
    print(f"this workstation   {own.station.public}")
    print(f"this floor         {own.floor.public}")
    print(f"this hub           {keyring.own_pair(folder).public}")
    print(f"kept in {folder}")
    print("To be let in by another machine's hub, run there, with the quotes:")
    print(f"  sidecar keys allow NAME '{own.station.public}' --role agent --team TEAM")


@command.command()
@click.argument("name")
@_role
@_teams
@_agents
@click.pass_obj
def new(invocation: Invocation, name: str, role: str, teams: tuple[str, ...], agents: tuple[str, ...]) -> None:
    """Make a key for NAME, let it in, and say what to carry where."""
    from sidecar.hub import keyring

    roll_file = _roll_file(invocation)
    # Who cannot be on the roll gets no key: the name is judged with a key that nobody has.
    roll_file.read().with_client(_client(name, "0" * 40, role, teams, agents))
    before = roll_file.read().clients.get(name)
    path, public = keyring.issue(invocation.places.keys_dir, name)
    client = _client(name, public, role, teams, agents)
    roll_file.write(roll_file.read().with_client(client))
    print(f"{_described(client)} is let in.{_instead_of(before)}")
    print(f"1. Carry {path}")
    print(f"   to that machine, into the keys folder that `sidecar keys` names there, as {carried(client)},")
    print("   readable by its user alone (chmod 600); then delete it here.")
    _say_where(invocation, client, 2)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Every client as one line of JSON.")
@click.pass_obj
def list_clients(invocation: Invocation, *, as_json: bool) -> None:
    """List who is let in."""
    import msgspec

    clients = _roll_file(invocation).read().clients.values()
    if as_json:
        for client in clients:
            print(msgspec.json.encode(client).decode())
        return
    rows = [("NAME", "ROLE", "TEAMS", "PUBLIC KEY")]
    rows += [(client.name, client.role, ", ".join(client.teams), client.public) for client in clients]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]))


# A key may begin with a hyphen.
@command.command(short_help="Let NAME in by its public key.", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("public")
@_role
@_teams
@_agents
@click.pass_obj
def allow(  # noqa: PLR0917 - one for each thing that can be said of a client
    invocation: Invocation, name: str, public: str, role: str, teams: tuple[str, ...], agents: tuple[str, ...]
) -> None:
    """Let NAME in by the PUBLIC key that `sidecar keys` prints on its machine."""
    roll_file = _roll_file(invocation)
    client = _client(name, public, role, teams, agents)
    before = roll_file.read().clients.get(name)
    roll_file.write(roll_file.read().with_client(client))
    print(f"{_described(client)} is let in.{_instead_of(before)}")
    _say_where(invocation, client, 1)


@command.command()
@click.argument("name")
@click.pass_obj
def revoke(invocation: Invocation, name: str) -> None:
    """Let NAME in no more; a hub that runs cuts its connections at once."""
    roll_file = _roll_file(invocation)
    roll_file.write(roll_file.read().without(name))
    print(f"{name} is let in no more.")


def carried(client: "Client") -> str:
    """What the client's key is called on its own machine."""
    from sidecar.hub import keyring

    return keyring.carried_name(client.role)


def _roll_file(invocation: Invocation) -> "RollFile":
    from sidecar.hub.keyring import RollFile

    return RollFile(invocation.places.keys_dir)


def _client(name: str, public: str, role: str, teams: tuple[str, ...], agents: tuple[str, ...]) -> "Client":
    import msgspec

    from sidecar.hub.roll import DEFAULT_TEAM, Client

    if agents and role != "agent":
        raise InputError("--agent names whose calls a workstation has; leave it out, or give --role agent")
    facts = {"name": name, "public": public, "role": role, "teams": teams or (DEFAULT_TEAM,), "agents": agents}
    return msgspec.convert(facts, Client)


def _described(client: "Client") -> str:
    teams = "team" if len(client.teams) == 1 else "teams"
    return f"{client.name} ({client.role}, {teams} {', '.join(client.teams)})"


def _instead_of(before: "Client | None") -> str:
    """What the name was until now: its earlier key is cut, and so may be a person of the same name."""
    return f" What it was before is out: {_described(before)}." if before is not None else ""


def _say_where(invocation: Invocation, client: "Client", step: int) -> None:
    """The lines of configuration that the client's machine needs."""
    from urllib.parse import urlsplit

    from sidecar import keys
    from sidecar.hub import keyring

    config, folder = invocation.config, invocation.places.keys_dir
    print(f"{step}. Put these lines into that machine's configuration (`sidecar config path` says where it is):")
    if client.role == "agent" and (client.agents or keys.there(folder, "gateway")):
        named = urlsplit(config.taps.public_url).hostname or ""
        _say_lines("gateway", ("address", "key"), config.gateway, keys.pair(folder, "gateway").public, named=named)
        print("   and, where a hub runs here as well, for its floor:")
    section = "share" if client.role == "agent" else "floor"
    _say_lines(section, ("hub", "hub_key"), config.hub, keyring.own_pair(folder).public)


def _say_lines(
    section: str, names: tuple[str, str], server: "HubConfig | GatewayConfig", public: str, *, named: str = ""
) -> None:
    """A section that names a server of this machine, and what is still to be done about its address.

    `named` is the name by which the world reaches this machine, where that is known.
    """
    from sidecar.edge import is_loopback
    from sidecar.hub.zeromq import endpoint

    everywhere = server.host in ("0.0.0.0", "::")  # noqa: S104 - nothing is bound here
    host = (named or MACHINE) if everywhere else server.host
    print(f"     [{section}]")
    print(f'     {names[0]} = "{endpoint(host, server.port)}"')
    print(f'     {names[1]} = "{public}"')
    what = "gateway" if section == "gateway" else "hub"
    if is_loopback(host):
        print(f"   The {what} binds on this machine only as yet: {what}.host names the address that others can reach.")
    if host == MACHINE:
        print(f"   In place of {MACHINE}: the name or address by which that machine reaches this one.")
