"""What does the pen do? The line of an edge with its rounded corners, and the tip at its end."""

from __future__ import annotations

from typing import Final

Point = tuple[int, int]
_RADIUS: Final = 6
_TIP: Final = 7  # as long
_HALF: Final = 4  # and half as wide


def arrow(before: Point, end: Point) -> str:
    """A tip that points the way the last piece runs."""
    (x0, y0), (x, y) = before, end
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    x0, y0 = x - _TIP * dx, y - _TIP * dy
    return f"M{x} {y}L{x0 + _HALF * dy} {y0 + _HALF * dx}L{x0 - _HALF * dy} {y0 - _HALF * dx}Z"


def rounded(points: tuple[Point, ...]) -> str:
    """Straight pieces with rounded corners; it ends short of its arrow's tip."""
    parts = [f"M{points[0][0]} {points[0][1]}"]
    for (x0, y0), (x, y), (x1, y1) in zip(points, points[1:], points[2:], strict=False):
        before, after = abs(x - x0) + abs(y - y0), abs(x1 - x) + abs(y1 - y)
        r = min(_RADIUS, before // 2, after // 2)
        ax, ay = x + r * _sign(x0 - x), y + r * _sign(y0 - y)
        bx, by = x + r * _sign(x1 - x), y + r * _sign(y1 - y)
        parts.append(f"L{ax} {ay}Q{x} {y} {bx} {by}")
    (x0, y0), (x, y) = points[-2:]
    parts.append(f"L{x + 5 * _sign(x0 - x)} {y + 5 * _sign(y0 - y)}")
    return "".join(parts)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
