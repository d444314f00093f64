"""Durations as people read them, and where an axis of time has its marks."""

from __future__ import annotations

import math

STEPS = (1, 2, 5, 10)
CLOCK = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
"""What people count in: below a second by tens, above it as clocks do."""

MOST = 5
"""Marks of an axis, beside the one at its beginning."""


def seconds(value: float) -> str:
    """Return a duration as people read it."""
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    if value < 120:
        return f"{value:.1f} s"
    if value < 7200:
        return f"{value / 60:.1f} min"
    return f"{value / 3600:.1f} h" if value < 172_800 else f"{value / 86_400:.1f} days"


def nice_steps(whole: float) -> tuple[float, ...]:
    """Return the times that an axis names, from 0 on: few, and such as people count in."""
    least = whole / MOST
    size = next((float(each) for each in CLOCK if each >= least), 0.0) if least >= 1 else 0.0
    if not size:
        power = 10 ** math.floor(math.log10(least))
        size = next(each * power for each in STEPS if each * power >= least * 0.999)
    return tuple(number * size for number in range(MOST + 1) if number * size <= whole)
