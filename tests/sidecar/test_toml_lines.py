"""Where keys stand in a TOML text."""

import tomllib

from sidecar import config_layers
from sidecar.toml_lines import key_lines, line_of

TEXT = """\
# a comment = not a key
top = 1

[asr]   # said here
model = "base.en"
'quoted' = 1
windows = [
  1,
  2,
]
[asr.vad]
start.probability = 0.5
[[list]]
x = 1
"""


def test_tables_and_keys_have_their_lines() -> None:
    lines = key_lines(TEXT)
    assert lines["top",] == 2
    assert lines["asr",] == 4
    assert lines["asr", "model"] == 5
    assert lines["asr", "quoted"] == 6
    assert lines["asr", "vad"] == 11
    assert lines["asr", "vad", "start", "probability"] == 12
    assert lines["list", "x"] == 14
    assert len(lines) == 9


def test_the_nearest_known_line_answers() -> None:
    lines = key_lines(TEXT)
    assert line_of(lines, ("asr", "windows", "3")) == 7
    assert line_of(lines, ("asr", "nowhere")) == 4
    assert line_of(lines, ("nowhere",)) == 0
    assert line_of(lines, ()) == 0


def test_every_key_of_the_default_file_has_a_line() -> None:
    text = config_layers.default_text()
    lines = key_lines(text)

    def walk(tree: dict[str, object], path: tuple[str, ...]) -> None:
        for key, value in tree.items():
            if isinstance(value, dict):
                walk(value, (*path, key))
            else:
                line = text.splitlines()[lines[*path, key] - 1]
                assert line.startswith(key)

    walk(tomllib.loads(text), ())
