"""Which platforms must sign their handshakes: a request flows in, why it is not signed as it must be flows out.

A secret that was agreed with a platform lies in the user's keys folder, as `audiohook.secret` (base64, as the platform
has it) or `twilio.secret` (the auth token). Where there is one, that platform's handshakes must carry its signature,
besides the token that every connection shows.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from sidecar import keys
from streams.errors import KeyFileError
from streams.taps import audiohook_signature, twilio_signature

SIGNED_FOR_S = audiohook_signature.OLDEST_S + audiohook_signature.SKEW_S
"""A signature is good for so long, and must not be used again within it."""


class PlatformSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """The secrets that were agreed; empty ones were not."""

    audiohook: bytes = b""
    twilio: str = ""

    def __repr__(self) -> str:
        return f"PlatformSecrets(audiohook={bool(self.audiohook)}, twilio={bool(self.twilio)})"


def read(keys_dir: Path) -> PlatformSecrets:
    """The secrets in a folder.

    Raises KeyFileError for a file that others may read, or that holds none.
    """
    try:
        audiohook = audiohook_signature.key_of(keys.agreed_secret(keys_dir, "audiohook"))
    except ValueError as error:
        raise KeyFileError(
            f"{keys_dir / 'audiohook.secret'} is not base64; copy it as the platform shows it"
        ) from error
    return PlatformSecrets(audiohook=audiohook, twilio=keys.agreed_secret(keys_dir, "twilio"))


def fault(
    name: str, path: str, headers: Mapping[str, str], agreed: PlatformSecrets, *, public_url: str, now_s: int
) -> str:
    """Why the handshake of a dialect's client is not signed as it must be; empty when it is, or need not be.

    `headers` have lower-case names; `public_url` is where the platform believes to be, when something stands between.
    """
    if name == "audiohook" and agreed.audiohook:
        host = urlsplit(public_url).netloc or headers.get("host", "")
        return audiohook_signature.fault(path, {**headers, "host": host}, agreed.audiohook, now_s)
    if name == "twilio" and agreed.twilio:
        url = (public_url.rstrip("/") or f"ws://{headers.get('host', '')}") + path
        shown = headers.get("x-twilio-signature", "")
        return "" if twilio_signature.is_signed(url, shown, agreed.twilio) else "its signature is wrong"
    return ""


def nonce_of(headers: Mapping[str, str]) -> str:
    """What makes an AudioHook signature one of a kind."""
    return audiohook_signature.nonce_of(headers)
