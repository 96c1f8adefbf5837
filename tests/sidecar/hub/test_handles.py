"""The limit of open files is raised as far as it may be."""

import sys

import pytest

from sidecar.hub import handles


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_the_limit_is_the_most_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    limits = [(100, 500)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: limits.append(pair))
    assert handles.raise_limit() == 500
    assert limits[-1] == (500, 500)
    assert handles.raise_limit() == 500
    assert len(limits) == 2
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, resource.RLIM_INFINITY))
    assert handles.raise_limit() == 0
