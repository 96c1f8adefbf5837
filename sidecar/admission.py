"""Who may open a connection: what a request shows flows in, whether it is wanted flows out.

The token may be shown in whatever way the platform has: a bearer token, the password of HTTP Basic, AudioHook's API
key, a `token` in the query, or the last part of the path where a platform drops the query.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from streams.taps.facts import MOST_FACTS, clean


class Target(NamedTuple):
    """A request's path as the listener reads it: the dialect's name, the secret that may follow it, and the query."""

    name: str
    secret: str
    facts: Mapping[str, str]


class Headers(NamedTuple):
    """The headers that admission looks at."""

    origin: bool
    authorization: tuple[str, ...]
    api_key: str


def target_of(path: str) -> Target | None:
    """The parts of a path such as `/twilio/SECRET?agent=a17`; None for any other form."""
    try:
        parts = urlsplit(path)
        query = parse_qsl(parts.query, keep_blank_values=False, max_num_fields=MOST_FACTS)
    except ValueError:
        return None
    name, _, secret = parts.path.removeprefix("/").partition("/")
    if not parts.path.startswith("/") or "/" in secret:
        return None
    facts = {clean(key): clean(value) for key, value in query}
    return Target(name, facts.pop("token", "") or unquote(secret), facts)


def shows(token: str, target: Target, headers: Headers) -> bool:
    """Whether a request shows the token in one of the ways; of two Authorization headers none counts."""
    authorization = headers.authorization if len(headers.authorization) == 1 else ()
    shown = [target.secret, headers.api_key, *map(_from_header, authorization)]
    wanted = token.encode()
    return any(hmac.compare_digest(one.encode("utf-8", "replace"), wanted) for one in shown)


def why_not(
    target: Target | None, token: str, headers: "Headers", known: Iterable[str]
) -> tuple[HTTPStatus, str] | None:
    """Why a connection is not wanted, None where it is; the client is not told which of the reasons it was."""
    if headers.origin:
        return HTTPStatus.FORBIDDEN, "it comes from a browser"
    if token and not (target and shows(token, target, headers)):
        return HTTPStatus.FORBIDDEN, "it shows no token, or a wrong one"
    if target is None or target.name not in known:
        return HTTPStatus.NOT_FOUND, "no dialect has that path"
    return None


def _from_header(header: str) -> str:
    scheme, _, value = header.partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                return base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace").partition(":")[2]
            except (binascii.Error, ValueError):
                return ""
    return ""
