"""What users are told to enter is what the listener takes."""

import base64
import re
from urllib.parse import urlsplit

import msgspec
import pytest

from sidecar import config
from sidecar.admission import Headers, target_of, why_not
from sidecar.config_sections import TapsConfig
from sidecar.recipes import CLOUD, UNREACHABLE, Recipe, as_text, recipes

TOKEN = "token-of-thirty-two-characters-and-more"
TAPS = config.load().taps
ALL = recipes(TAPS, TOKEN)


def headers_of(recipe: Recipe) -> Headers:
    """The headers that a platform set up by a recipe shows."""
    text = as_text(recipe)
    authorization: tuple[str, ...] = ()
    if "Authorization: Bearer" in text or "authorizationBearerToken" in text:
        authorization = (f"Bearer {TOKEN}",)
    elif re.search(r"password\W", text):
        authorization = ("Basic " + base64.b64encode(f"sidecar:{TOKEN}".encode()).decode(),)
    return Headers(origin=False, authorization=authorization, api_key=TOKEN if "API Key" in text else "")


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.name)
def test_whoever_follows_a_recipe_is_let_in(recipe: Recipe) -> None:
    parts = urlsplit(recipe.url)
    target = target_of(parts.path + (f"?{parts.query}" if parts.query else ""))
    assert target is not None
    assert target.name == recipe.name
    assert why_not(target, TOKEN, headers_of(recipe), TAPS.dialects.over_websocket) is None


def test_there_is_one_for_each_source_that_is_on() -> None:
    assert [recipe.name for recipe in ALL] == [*TAPS.dialects.over_websocket]
    dialects = msgspec.structs.replace(TAPS.dialects, twilio=False)
    single = msgspec.structs.replace(TAPS, single_user=True, dialects=dialects, audiosocket_agent_port=8799)
    names = [recipe.name for recipe in recipes(single, TOKEN)]
    assert "twilio" not in names
    assert names[-1] == "audiosocket"
    assert "8799" in as_text(recipes(single, TOKEN)[-1])
    single = msgspec.structs.replace(single, audiosocket_agent_port=0)
    assert "the agent's channel" not in as_text(recipes(single, TOKEN)[-1])


@pytest.mark.parametrize(
    ("changes", "base", "reachable"),
    [
        ({}, "ws://127.0.0.1:8765", False),
        ({"host": "::1"}, "ws://[::1]:8765", False),
        ({"public_url": "wss://hook.example.org/"}, "wss://hook.example.org", True),
        (
            {"host": "192.0.2.7", "tls": msgspec.structs.replace(TAPS.tls, certificate="c.pem", key="k.pem")},
            "wss://192.0.2.7:8765",
            True,
        ),
    ],
)
def test_where_this_is_and_who_can_reach_it(changes: dict[str, object], base: str, reachable: bool) -> None:
    settings: TapsConfig = msgspec.structs.replace(TAPS, **changes)
    for recipe in recipes(settings, TOKEN):
        assert recipe.url.startswith(base)
        assert (UNREACHABLE in recipe.heed) == (recipe.name in CLOUD and not reachable)
