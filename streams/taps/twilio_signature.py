"""Who opens a Twilio stream: the signature of its handshake, an HMAC-SHA1 of the public URL under the auth token."""

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"wss": 443, "https": 443, "ws": 80, "http": 80}


def is_signed(url: str, signature: str, auth_token: str) -> bool:
    """Whether `X-Twilio-Signature` fits the URL as the platform was told it, with or without the default port."""
    shown = signature.encode("utf-8", "replace")
    return any(hmac.compare_digest(_signature(one, auth_token), shown) for one in _spellings(url))


def _signature(url: str, auth_token: str) -> bytes:
    return base64.b64encode(hmac.new(auth_token.encode(), url.encode("utf-8", "replace"), hashlib.sha1).digest())


def _spellings(url: str) -> list[str]:
    parts = urlsplit(url)
    default = _DEFAULT_PORTS.get(parts.scheme)
    host, colon, port = parts.netloc.rpartition(":")
    if colon and port.isdigit():
        return [url, parts._replace(netloc=host).geturl()] if int(port) == default else [url]
    return [url] if default is None else [url, parts._replace(netloc=f"{parts.netloc}:{default}").geturl()]
