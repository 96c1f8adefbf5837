"""Amounts as options take them: words of the command line flow in, finite numbers flow out."""

import math
from typing import Any

import click


class Amount(click.FloatRange):
    """A number within bounds; `nan`, which is within any, and `inf` are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number.

        Raises click.BadParameter for what is no number or out of bounds.
        """
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number", param, ctx)
        return number
