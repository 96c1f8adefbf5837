"""Who is let in: paths, and all the ways in which a platform can show the token."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.admission import Headers, Target, shows, target_of, why_not

TOKEN = "a token of the tests, thirty-two characters"


def headers(*authorization: str, api_key: str = "", origin: bool = False) -> Headers:
    return Headers(origin=origin, authorization=authorization, api_key=api_key)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/twilio", Target("twilio", "", {})),
        ("/twilio/s%20x?agent=a17&queue=", Target("twilio", "s x", {"agent": "a17"})),
        ("/telnyx?token=s&agent=a%0a17", Target("telnyx", "s", {"agent": "a 17"})),
        ("/", Target("", "", {})),
        ("/a/b/c", None),
        ("twilio", None),
        ("//[", None),
        ("/x?" + "a=1&" * 200, None),
    ],
)
def test_a_path_and_its_parts(path: str, target: Target | None) -> None:
    assert target_of(path) == target


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("secret", "given_headers", "good"),
    [
        (TOKEN, headers(), True),
        ("", headers(f"Bearer {TOKEN}"), True),
        ("", headers(f"bearer {TOKEN}"), True),
        ("", headers(basic(f"anyone:{TOKEN}")), True),
        ("", headers(api_key=TOKEN), True),
        ("", headers(), False),
        ("wrong", headers("Bearer wrong", api_key="wrong"), False),
        ("", headers(f"Bearer {TOKEN}", f"Bearer {TOKEN}"), False),
        ("", headers(f"Digest {TOKEN}"), False),
        ("", headers(basic(TOKEN)), False),
        ("", headers("Basic %%%"), False),
        ("", headers("Bearer é"), False),
    ],
)
def test_ways_to_show_the_token(secret: str, given_headers: Headers, good: bool) -> None:
    assert shows(TOKEN, Target("twilio", secret, {}), given_headers) is good


def test_why_somebody_is_not_wanted() -> None:
    target, good = target_of("/twilio"), headers(f"Bearer {TOKEN}")
    assert why_not(target, TOKEN, good, ["twilio"]) is None
    assert why_not(target, "", headers(), ["twilio"]) is None
    for refused, words in (
        (why_not(target, TOKEN, headers(f"Bearer {TOKEN}", origin=True), ["twilio"]), "browser"),
        (why_not(target, TOKEN, headers(), ["twilio"]), "token"),
        (why_not(None, TOKEN, good, ["twilio"]), "token"),
        (why_not(None, "", good, ["twilio"]), "path"),
        (why_not(target, TOKEN, good, ["telnyx"]), "path"),
    ):
        assert refused is not None
        assert words in refused[1]


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_that_is_shown_breaks_it(path: str, header: str) -> None:
    target = target_of("/" + path)
    assert why_not(target, TOKEN, headers(header, "Basic " + header), ["plain"]) is not None
    assert why_not(target, TOKEN, headers(header), ["plain"]) is not None
