"""Is there a time zone of this name?"""

from __future__ import annotations

from kweek.flow.lint.report import Report
from kweek.flow.problems import Located, nearest


def check_timezone(name: Located[str], report: Report) -> None:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name.value)
    except (KeyError, ValueError, OSError):
        fix = "Write lead, or a name such as Europe/Amsterdam"
        # those by number count the other way round: Etc/GMT+1 lies in the west
        zones = (zone for zone in sorted(available_timezones()) if "GMT" not in zone)
        towns = {zone.rpartition("/")[2]: zone for zone in zones}
        if nearest(name.value, ("lead",)):
            fix = "Did you mean “lead”?"
        elif town := nearest(name.value.rpartition("/")[2], towns):
            fix = f"Did you mean “{towns[town]}”?"
        report.error(name.at, "unknown-timezone", f"There is no time zone “{name.value}”", "", fix)
