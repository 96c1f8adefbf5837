"""What a process has used, where the system tells."""

import os
import sys

import pytest

from sidecar.bench.floor.usage import Usage, share, usage


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")
def test_this_process_has_used_something() -> None:
    used = usage(os.getpid())
    assert used is not None
    assert used.cpu_s > 0
    assert used.most_mb > 10


def test_a_process_that_is_none_has_no_use() -> None:
    assert usage(2**30) is None


def test_a_share_is_of_one_core() -> None:
    assert share(Usage(1.0, 1), Usage(2.5, 1), 3.0) == 0.5
    assert share(None, Usage(2.5, 1), 3.0) is None
    assert share(Usage(1.0, 1), Usage(2.5, 1), 0.0) is None
