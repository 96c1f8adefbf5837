"""Where the clips and the real model are, if they are."""

import os
from pathlib import Path

import pytest

from sidecar import models, places
from tests.weights.hearing import Clip, clips

MODEL = "SIDECAR_TEST_MODEL"
DATA = Path(os.environ.get("SIDECAR_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "clips"


@pytest.fixture(scope="session")
def spoken() -> list[Clip]:
    """Clips of real people with their words."""
    if not DATA.is_dir():
        pytest.skip(f"no clips at {DATA}; name the folder above in SIDECAR_TEST_DATA")
    return clips(DATA)


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The directory of a real speech model."""
    named = os.environ.get(MODEL)
    if not named:
        pytest.skip(f"no real speech model: name one, or its directory, in {MODEL}")
    found = models.find(named, places.find().models_dir)
    assert found is not None, f"{MODEL}={named} is not on this machine; `sidecar models pull {named}` brings it"
    return found
