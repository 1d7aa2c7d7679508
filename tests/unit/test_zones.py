"""A lead's clock is its country's, where the country has one."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from kweek.rules.zones import zone_of


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("NL", "Europe/Amsterdam"), ("de", "Europe/Berlin"), ("AR", "America/Argentina/Buenos_Aires"),
        ("US", None), ("ES", None), ("XX", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_country_with_one_zone_has_it(country: str | None, zone: str | None) -> None:
    assert zone_of(country) == zone


def test_the_table_is_that_of_the_tz_database() -> None:
    zones: dict[str, list[str]] = defaultdict(list)
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones[country].append(zone)
    assert len(zones) > 240
    for country, names in zones.items():
        clocks = {_clock(name) for name in names}
        assert (zone_of(country) is not None) == (len(clocks) == 1), country
        assert zone_of(country) in (*names, None)


def _clock(name: str) -> tuple[timedelta | None, ...]:
    zone, start = ZoneInfo(name), datetime(2026, 1, 1, tzinfo=UTC)
    return tuple((start + timedelta(days=n)).astimezone(zone).utcoffset() for n in range(0, 365, 7))
