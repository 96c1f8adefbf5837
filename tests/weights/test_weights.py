"""What a real model hears of real people, in every profile: run wherever SIDECAR_TEST_MODEL names one."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
import pytest

from sidecar import config
from sidecar.config import loop_settings
from tests.weights.hearing import FULL, WAYS, Clip, Heard, Way, hear_all, telephone, too_far, too_wrong

PROFILES = tuple(config.load().asr.profiles)
FULL_NAME = "full 30 s"

pytestmark = [pytest.mark.weights, pytest.mark.recordings, pytest.mark.timeout(1_800)]

Listen = Callable[[str, Way], Heard]


@pytest.fixture(scope="session")
def listen(model_dir: Path, spoken: list[Clip]) -> Listen:
    """What is heard with a profile; each is listened to once."""
    from sidecar import recogniser

    settings = config.load(sets=[f"asr.language={os.environ.get('SIDECAR_TEST_LANGUAGE', 'en')}"])
    engines = recogniser.load_profiles(settings.asr, model_dir, {FULL_NAME: FULL, **settings.asr.profiles})
    sounds = {"clean": spoken, "telephone": [telephone(clip) for clip in spoken]}

    @cache
    def listen(profile: str, way: Way) -> Heard:
        windows = settings.asr.profiles.get(profile, FULL)
        tuned = msgspec.structs.replace(loop_settings(settings), profile=windows)
        return hear_all(engines[profile], sounds[way], tuned)

    return listen


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("profile", PROFILES)
def test_most_words_are_right(
    listen: Listen, profile: str, way: Way, model_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = listen(profile, way)
    with capsys.disabled():
        print(f"\n{model_dir.name}, {profile}, {way}: {heard.wrong:.1%} of {heard.words} words wrong")
    assert not too_wrong(heard, way)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("profile", PROFILES)
def test_short_windows_hear_what_the_full_window_hears(
    listen: Listen, profile: str, way: Way, model_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short, full = listen(profile, way), listen(FULL_NAME, way)
    with capsys.disabled():
        print(f"\n{model_dir.name}, {profile}, {way}: {short.wrong - full.wrong:+.1%} against the full window")
    assert not too_far(profile, short, full)
