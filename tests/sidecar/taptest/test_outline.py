"""Messages without what they say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.taptest.outline import LONGEST, outline


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (b"abc", "binary, 3 bytes"),
        ('{"event":"start","start":{"callSid":"CA1","mediaFormat":{"sampleRate":8000}}}',
         "text {event=start, start{callSid, mediaFormat{sampleRate=8000}}}"),
        ('{"tracks":["inbound"],"more":[1],"rows":[{"a":1}]}', "text {tracks[tracks=inbound], more[1], rows[rows{a}]}"),
        ('{"callSid":"c"}{"event":"dtmf"}', "text {callSid} and another behind it"),
        ("MEDIA_START channel_id:1 format:slin16 ptime:20", "words MEDIA_START channel_id format:slin16 ptime:20"),
        ("{broken", "text that is no JSON, 7 characters"),
        ("", "words"),
        ("[" * 100_000, "text nested too deeply"),
        ("[1]", "text [1]"),
        ('{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}', "text {a{a{a{a{a{…}}}}}}"),
        ('{"channels":[[[[[[1]]]]]]}', "text {channels[channels[channels[channels[channels[…]]]]]}"),
    ],
)  # fmt: skip
def test_a_line_for_each(message: str | bytes, line: str) -> None:
    assert outline(message) == line


@given(st.recursive(st.just("SECRET") | st.integers(10**6), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["token", "payload", "ani"]), inner)))  # fmt: skip
def test_no_value_is_shown_that_may_be_secret(value: object) -> None:
    line = outline(json.dumps({"field": value}))
    assert "SECRET" not in line
    assert len(line) <= LONGEST


@given(st.text() | st.binary())
def test_anything_gives_a_printable_line(message: str | bytes) -> None:
    assert outline(message).isprintable()
