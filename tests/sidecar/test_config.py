"""The whole configuration: who wins, and what is refused with which line."""

from pathlib import Path

import msgspec
import pytest

from sidecar import config_sections
from sidecar.config import RANGES, load, loop_settings
from sidecar.config_layers import default_text, parse
from streams.errors import ConfigError
from streams.settings import LoopSettings


def written(tmp_path: Path, text: str, name: str = "user.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_the_default_file_is_the_configuration() -> None:
    tree = parse(default_text(), "config.toml").tree
    assert msgspec.to_builtins(load()) == msgspec.to_builtins(msgspec.convert(tree, config_sections.Config))
    assert load().asr.model == "base.en"
    assert load().recordings.left == "agent"
    assert load().taps.single_user is False
    assert load().journal.keep_days == 30


def test_later_sources_win(tmp_path: Path) -> None:
    user = written(tmp_path, '[asr]\nmodel = "tiny.en"\nworkers = 3\n[nudges]\nvolume = "expert"\n')
    given = written(tmp_path, "[asr]\nworkers = 4\n", "given.toml")
    loaded = load([user, given], ["nudges.volume=novice", "nudges.off=a.b,c.d"])
    assert (loaded.asr.model, loaded.asr.workers) == ("tiny.en", 4)
    assert (loaded.nudges.volume, loaded.nudges.off) == ("novice", ("a.b", "c.d"))


def test_decodes_that_go_together_are_begun_by_more_threads() -> None:
    assert load().asr.decode_threads == load().asr.workers == 2
    assert load(sets=["asr.batching=true", "asr.workers=3"]).asr.decode_threads == 6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[asr]\n\nmodelx = 'x'\n", ":3: unknown key asr.modelx; did you mean asr.model?"),
        ("[asrr]\nmodel = 'x'\n", ":1: unknown key asrr; did you mean asr?"),
        ("[share]\nzzz = 1\n", ":2: unknown key share.zzz; known here: hub, hub_key, station"),
        ("[panel.keys]\nqit = 'q'\n", ":2: unknown key panel.keys.qit; did you mean panel.keys.quit?"),
        ("[asr.profiles.mine]\nwindow_s = [5]\n", ":2: unknown key asr.profiles.mine.window_s; did you mean"),
        ("[asr]\nworkers = 'two'\n", ":2: asr.workers: expected int, got str"),
        ("[asr]\nengine = 'vosk'\n", ":2: asr.engine: invalid enum value 'vosk'"),
        ("asr = 1\n", ":1: asr: expected table, got int"),
        ("[bus]\nport = 65535\n", ":2: bus.port is 65535, must be from 1 to 65534"),
        ("[taps]\nport = 0\n", ":2: taps.port is 0, must be from 1 to 65535"),
        ("[bus]\nport = 8765\n", ":2: bus.port and the port above it must not be taps.port"),
        ("[bus]\nport = 8764\n", ":2: bus.port and the port above it must not be taps.port"),
        (
            "[taps]\nsingle_user = true\naudiosocket_port = 8765\n",
            ":3: taps.port and the ports of AudioSocket must not be",
        ),
        ("[taps.dialects]\nplane = true\n", ":2: unknown key taps.dialects.plane; did you mean taps.dialects.plain?"),
        ("[taps.tapped]\ntwilio = 'mixed'\n", ":2: taps.tapped.twilio: invalid enum value 'mixed'"),
        ("[taps.agents]\na17 = 3\n", ":2: taps.agents.a17: expected str, got int"),
        ("[bus]\nheartbeat_ms = 0\n", ":2: bus.heartbeat_ms is 0, must be from 50 to 60000"),
        ("[asr.endpoint]\npause_ms = -1\n", ":2: asr.endpoint.pause_ms is -1, must be from 50 to 10000"),
        ("[asr.endpoint]\nsoft_pause_ms = 600\n", ":2: asr.endpoint.soft_pause_ms must not be above"),
        ("[asr.vad]\nstop_probability = 0.9\n", ":2: asr.vad.stop_probability must not be above"),
        ("[asr.profiles.safe]\nwindows_s = [1.6, 10]\n", ":2: asr.profiles.safe.windows_s: expected int, got float"),
        ("[asr.profiles]\nfast = 5\n", ":2: asr.profiles.fast: expected table, got int"),
        ("[asr.profiles.safe]\nwindows_s = [1, 10]\n", ":2: asr.profiles.safe.windows_s is 1, must be from 5 to 30"),
        ("[asr.profiles.safe]\nwindows_s = [12, 10]\n", ":2: asr.profiles.safe.windows_s must rise"),
        ("[asr.profiles.safe]\nwindows_s = [10, 10]\n", ":2: asr.profiles.safe.windows_s must rise"),
        ("[asr.profiles.safe]\nwindows_s = []\n", ":2: asr.profiles.safe.windows_s must rise"),
        ("[asr]\nprofile = 'slow'\n", ":2: asr.profile is 'slow', must be one of safe, fast"),
    ],
)
def test_mistakes_are_named_by_path_line_and_nearest_key(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load([path])
    assert str(caught.value).startswith(f"{path}{message}")


def test_a_mistake_on_the_command_line_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^--set asr\.modelx=x: unknown key asr\.modelx; did you mean asr\.model\?"):
        load(sets=["asr.modelx=x"])


def test_a_profile_of_ones_own_is_taken(tmp_path: Path) -> None:
    path = written(tmp_path, "[asr]\nprofile = 'mine'\n[asr.profiles.mine]\nwindows_s = [5, 30]\n")
    settings = loop_settings(load([path]))
    assert settings.profile.windows_s == (5, 30)
    assert settings.profile.partial_floor_s == 10


def test_agents_have_names_of_the_users_choice(tmp_path: Path) -> None:
    assert load([written(tmp_path, "[taps.agents]\na17 = 'Ana'\n")]).taps.agents == {"a17": "Ana"}


def test_which_ports_are_listened_at() -> None:
    assert load().taps.ports == (8765,)
    alone = ["taps.single_user=true", "taps.audiosocket_agent_port=8767"]
    assert load(sets=alone).taps.ports == (8765, 8766, 8767)
    assert load(sets=[*alone, "taps.dialects.audiosocket=false"]).taps.ports == (8765,)


def test_the_loop_is_tuned_by_the_chosen_profile() -> None:
    assert loop_settings(load()) == LoopSettings()
    assert loop_settings(load(sets=["asr.profile=fast"])).profile.partial_floor_s == 5


def test_every_range_is_of_a_setting_that_exists() -> None:
    tree = parse(default_text(), "config.toml").tree
    for name in RANGES:
        node: object = tree
        for key in name.replace("*", "safe").split("."):
            assert isinstance(node, dict)
            node = node[key]
        assert isinstance(node, int | float | list)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://x/", "must be https"),
        ("https:///path", "must be https"),
        ("https://[::1/", "Invalid IPv6"),
        ("http://192.0.2.7/", "over https only"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_with_file_and_line(tmp_path: Path, url: str, why: str) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(f'[webhook]\nurl = "{url}"\n')
    with pytest.raises(ConfigError, match=rf"mine.toml:2: webhook.url .*{why}"):
        load([mine])
    for fine in ("", "https://hook.example.org/x", "http://127.0.0.1:9/"):
        assert load(sets=[f"webhook.url='{fine}'"]).webhook.url == fine
