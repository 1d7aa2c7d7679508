"""What does the clock on the wall say? A time zone's offsets, in whole numbers.

Moments are ticks: microseconds since 1970 in UTC. Days are counted from 1970 too, by local date.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)

Piece = tuple[int, int, int]
"""A stretch of time with one offset: from, to (half-open), offset."""


def ticks(moment: datetime) -> int:
    """ValueError: a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (moment - EPOCH) // _TICK


def moment(at: int) -> datetime:
    """Aware, in UTC. OverflowError: beyond the years 1 to 9999."""
    return EPOCH + timedelta(microseconds=at)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of this IANA name. ValueError: there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        from kweek.rules.zone_meant import zone_meant

        meant = zone_meant(name)
        fix = f"did you mean “{meant}”?" if meant else "write an IANA name: Europe/Amsterdam, UTC"
        raise ValueError(f"“{name}” is not a time zone; {fix}") from None


def offset(zone: ZoneInfo, at: int) -> int:
    """What the wall clock is ahead of UTC."""
    shift = moment(at).astimezone(zone).utcoffset()
    return 0 if shift is None else shift // _TICK


def pieces(zone: ZoneInfo, start: int, end: int) -> list[Piece]:
    """Cut a stretch of a few days where the offset changes."""
    first, last = offset(zone, start), offset(zone, end - SECOND)
    if first == last:
        return [(start, end, first)]
    low, high = start, end - SECOND
    while high - low > SECOND:
        middle = (low + high) // 2 // SECOND * SECOND
        low, high = (middle, high) if offset(zone, middle) == first else (low, middle)
    return [(start, high, first), *pieces(zone, high, end)]


def around(zone: ZoneInfo, day: int) -> list[Piece]:
    """The pieces that hold this date, wherever on earth."""
    return pieces(zone, day * DAY - 16 * HOUR, (day + 1) * DAY + 16 * HOUR)


def first(stretch: list[Piece], day: int, clock: int) -> int:
    """The first moment of this date at which the wall clock has come to `clock`. `stretch`: see `around`.

    A time that is skipped is the moment of the jump; one that comes twice is its first coming.
    """
    if len(stretch) == 1:
        return day * DAY + clock - stretch[0][2]
    found = (max(low, day * DAY + clock - ahead) for low, _, ahead in stretch)
    return next(at for at, (_, high, _) in zip(found, stretch, strict=True) if at < high)
