import gc
from collections.abc import Iterator

import pytest

from sidecar import config, readiness
from sidecar.folded import fold
from streams import vad
from streams.errors import PackError


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_the_voice_activity_model_was_loaded_and_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    probabilities = vad.SileroProbe.probabilities

    def watched(probe: vad.SileroProbe, frames: list[vad.Samples]) -> list[float]:
        asked.append(len(frames))
        return probabilities(probe, frames)

    monkeypatch.setattr(vad.SileroProbe, "probabilities", watched)
    readiness.make_ready(config.load())
    assert asked


def test_the_pack_was_folded_for_the_journals() -> None:
    fold.cache_clear()
    readiness.make_ready(config.load())
    assert fold.cache_info().currsize == 1


def test_a_pack_that_cannot_be_read_is_said() -> None:
    with pytest.raises(PackError):
        readiness.make_ready(config.load(sets=["nudges.pack=nowhere.toml"]))


@pytest.mark.usefixtures("thawed")
def test_what_was_loaded_is_looked_through_no_more() -> None:
    before = gc.get_freeze_count()
    readiness.keep_for_good()
    assert gc.get_freeze_count() > before
