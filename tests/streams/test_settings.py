import tomllib
from pathlib import Path

import msgspec
import pytest

from streams.settings import EndpointSettings, LoopSettings, ProfileSettings, VadSettings

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8"))["asr"]


def test_defaults_are_those_of_the_shipped_file():
    shipped = LoopSettings(
        profile=msgspec.convert(SHIPPED["profiles"]["safe"], ProfileSettings),
        endpoint=msgspec.convert(SHIPPED["endpoint"], EndpointSettings),
        vad=msgspec.convert(SHIPPED["vad"], VadSettings),
    )
    assert shipped == LoopSettings()


@pytest.mark.parametrize(
    ("kind", "section"),
    [
        (ProfileSettings, SHIPPED["profiles"]["fast"]),
        (EndpointSettings, SHIPPED["endpoint"]),
        (VadSettings, SHIPPED["vad"]),
    ],
)
def test_every_setting_stands_in_the_shipped_file(kind, section):
    assert set(kind.__struct_fields__) == set(section)


@pytest.mark.parametrize("longest_s", [3, 29])
def test_an_utterance_that_whisper_could_not_hear_at_once_is_refused(longest_s):
    with pytest.raises(msgspec.ValidationError, match="longest_s is"):
        msgspec.convert({"longest_s": longest_s}, EndpointSettings)
