import sys

import pytest

from sidecar import allocator


class Library:
    def __init__(self):
        self.asked = []

    def mallopt(self, name, value):
        self.asked.append((name, value))


def test_the_c_library_is_asked_for_one_arena_that_does_not_hoard(monkeypatch):
    library = Library()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda _name: library)
    allocator.share_one_arena()
    assert library.asked == [(-8, 1), (-1, 16 << 20), (-3, 32 << 20)]


@pytest.mark.parametrize(("platform", "library"), [("linux", object()), ("win32", None)])
def test_another_library_is_left_alone(monkeypatch, platform, library):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda _name: library)
    allocator.share_one_arena()
