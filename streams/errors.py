"""Every error this project raises on purpose, as one tree.

    SidecarError               exit code 1   something failed that the user could not have known
    ├── InputError             exit code 2   what was given cannot be used
    │   ├── AudioInputError                  a recording that cannot be read
    │   ├── TranscriptError                  a .call, .srt, .vtt or journal that cannot be read (file, line, reason)
    │   ├── ConfigError                      a setting that cannot be (path, line, nearest known key)
    │   ├── PackError                        a rule pack that cannot be used
    │   └── ProtocolError                    a client said something its dialect does not allow
    ├── ModelError             exit code 1   no usable speech model (what is missing, where it may be put)
    │   └── WrongModelError    exit code 2   what was named as a speech model is none
    ├── RecogniserError        exit code 1   the recogniser broke on one job; the call goes on
    ├── TapError               exit code 1   live calls cannot be received or sent
    ├── BusError               exit code 1   no connection between service and screens
    ├── KeyFileError           exit code 1   keys missing, unreadable or open to others
    └── StorageError           exit code 1   journal or library cannot be written or read

Adapters translate library errors into these at the edge; the message says what, where and what to do, in one line.
"""


class SidecarError(Exception):
    """Base of all errors meant for a person; `exit_code` is what the command line leaves with."""

    exit_code = 1


class InputError(SidecarError):
    """What was given cannot be used."""

    exit_code = 2


class AudioInputError(InputError):
    """A recording cannot be read."""


class TranscriptError(InputError):
    """A transcript cannot be read."""


class ConfigError(InputError):
    """A setting cannot be used."""


class PackError(InputError):
    """A rule pack cannot be used."""


class ProtocolError(InputError):
    """A client said something that its dialect does not allow; `code` is what the client is told besides the text."""

    def __init__(self, message: str, code: str = "protocol") -> None:
        super().__init__(message)
        self.code = code


class ModelError(SidecarError):
    """No usable speech model."""


class WrongModelError(ModelError):
    """What was named as a speech model is none."""

    exit_code = 2


class RecogniserError(SidecarError):
    """The recogniser broke on one job."""


class TapError(SidecarError):
    """Live calls cannot be received or sent."""


class BusError(SidecarError):
    """No connection between service and screens."""


class KeyFileError(SidecarError):
    """Keys are missing, unreadable or open to others."""


class StorageError(SidecarError):
    """The journal or the library cannot be written or read."""
