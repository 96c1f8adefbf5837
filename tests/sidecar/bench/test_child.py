import os
from pathlib import Path

import pytest

from sidecar import ports
from sidecar.bench import child
from streams.errors import TapError


def sets() -> list[str]:
    return [f"taps.port={ports.free_pair()}", f"bus.port={ports.free_pair()}", "asr.engine=reference"]


async def test_a_child_lives_while_it_is_measured(tmp_path: Path) -> None:
    async with child.started("run", sets(), tmp_path, "taking calls") as process:
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


async def test_a_child_that_ends_first_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(TapError, match=r"the run to be measured did not start: .*taps\.prot"):
        async with child.started("run", ["taps.prot=1"], tmp_path, "taking calls"):
            pass


async def test_a_child_that_never_gets_ready_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "START_S", 0.01)
    with pytest.raises(TapError, match="did not start: it said nothing"):
        async with child.started("run", sets(), tmp_path, "never said"):
            pass
