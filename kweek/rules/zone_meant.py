"""Which time zone was probably meant? For remedies."""

from __future__ import annotations


def zone_meant(name: str) -> str | None:
    """The nearest one, also by its town alone: `Amsterdam` is Europe/Amsterdam."""
    from zoneinfo import available_timezones

    from kweek.flow.problems import nearest

    # those by number count the other way round: Etc/GMT+1 lies in the west
    zones = (zone for zone in sorted(available_timezones()) if "GMT" not in zone)
    towns = {zone.rpartition("/")[2]: zone for zone in zones}
    town = nearest(name.rpartition("/")[2], towns)
    return towns[town] if town else None
