"""Who opens an AudioHook connection: the HTTP message signature of its handshake, checked without a clock or socket.

An HMAC-SHA256 over named parts of the request, one line each, and over the signature's own parameters; the key is the
client secret that the integration shares with the platform, base64-decoded.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping

OLDEST_S = 10
"""A signature made longer ago than this is not taken."""
SKEW_S = 5
"""How far the platform's clock may be ahead of ours."""
SHORTEST_NONCE = 22

_REQUIRED = frozenset(
    {
        "@request-target",
        "@authority",
        "audiohook-organization-id",
        "audiohook-session-id",
        "audiohook-correlation-id",
        "x-api-key",
    }
)
_MEMBER = re.compile(
    r"(?P<label>[a-z*][a-z0-9_.*-]*)="
    r'(?P<value>\((?P<parts>(?:"[^"]*"(?: +"[^"]*")*)?)\)(?P<parameters>(?:;[^;"]*(?:"[^"]*")?)*))',
    re.ASCII,
)
_PARAMETER = re.compile(r';\s*([a-z]+)=(?:"([^"]*)"|(\d{1,15}))', re.ASCII)
_SIGNATURE = re.compile(r"(?P<label>[a-z*][a-z0-9_.*-]*)=:(?P<base64>[A-Za-z0-9+/=]*):", re.ASCII)


def key_of(secret: str) -> bytes:
    """The signing key of a client secret; ValueError when it is not base64."""
    return base64.b64decode(secret, validate=True)


def fault(target: str, headers: Mapping[str, str], key: bytes, now_s: int) -> str:
    """Why a handshake is not signed as it must be; empty when it is.

    `target` is path and query as they were sent, `headers` have lower-case names.
    """
    member = _MEMBER.fullmatch(headers.get("signature-input", "").strip())
    signature = _SIGNATURE.fullmatch(headers.get("signature", "").strip())
    if member is None or signature is None or member["label"] != signature["label"]:
        return "it carries no signature that can be read"
    parts = re.findall(r'"([^"]*)"', member["parts"])
    if len(set(parts)) != len(parts) or not set(parts) >= _REQUIRED:
        return "its signature does not cover what it must"
    derived = {"@request-target": target, "@authority": authority(headers.get("host", ""))}
    values = {part: derived.get(part, headers.get(part)) for part in parts}
    if None in values.values():
        return "its signature covers what the request lacks"
    lines = [f'"{part}": {value}' for part, value in values.items()]
    lines.append(f'"@signature-params": {member["value"]}')
    wanted = hmac.new(key, "\n".join(lines).encode("utf-8", "replace"), hashlib.sha256).digest()
    try:
        shown = base64.b64decode(signature["base64"], validate=True)
    except binascii.Error:
        shown = b""
    if not hmac.compare_digest(wanted, shown):
        return "its signature is wrong"
    return _fault_of_parameters(member["parameters"], headers, now_s)


def nonce_of(headers: Mapping[str, str]) -> str:
    """The nonce of a signed handshake; empty where there is none."""
    member = _MEMBER.fullmatch(headers.get("signature-input", "").strip())
    return (
        {name: quoted for name, quoted, _ in _PARAMETER.findall(member["parameters"])}.get("nonce", "")
        if member
        else ""
    )


def authority(host: str) -> str:
    """The Host header as it is signed: lower case, without the default port."""
    return re.sub(r":(443|80)$", "", host.strip().lower())


def _fault_of_parameters(text: str, headers: Mapping[str, str], now_s: int) -> str:
    given = {name: quoted or number for name, quoted, number in _PARAMETER.findall(text)}
    if given.get("alg") != "hmac-sha256" or len(given.get("nonce", "")) < SHORTEST_NONCE:
        return "its signature is made in a way that is not taken"
    if not hmac.compare_digest(given.get("keyid", "").encode(), headers.get("x-api-key", "").encode()):
        return "its signature names another key"
    created, expires = given.get("created", ""), given.get("expires", "")
    if not (created.isdigit() and expires.isdigit()):
        return "its signature does not say when it was made"
    if not (now_s - OLDEST_S <= int(created) <= now_s + SKEW_S and now_s <= int(expires)):
        return "its signature is too old, or of the future"
    return ""
