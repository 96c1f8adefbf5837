"""What tests of more than one package share: speech models without training, built once per test process."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_en_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random-weight model of tiny.en's dimensions."""
    return _built(tmp_path_factory, "tiny.en")


@pytest.fixture(scope="session")
def tiny_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random-weight model of the multilingual tiny's dimensions."""
    return _built(tmp_path_factory, "tiny")


def _built(tmp_path_factory: pytest.TempPathFactory, size: str) -> Path:
    from streams.random_weights import build

    return build(tmp_path_factory.mktemp("models") / size, size)
