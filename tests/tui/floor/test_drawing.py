"""Every region has its paint, and each draws a floor of nothing at any size."""

import pytest

from tui.floor.drawing import CALL, ROWS, paints
from tui.floor.view import FloorView


@pytest.mark.parametrize("call", [False, True])
def test_a_floor_of_nothing_is_drawn(call: bool) -> None:
    drawn = paints(FloorView(), call=call)
    assert set(drawn) == set(CALL if call else ROWS)
    for size in ((1, 1), (20, 5), (200, 50)):
        assert all(len(list(paint(*size))) <= size[1] for paint in drawn.values())
