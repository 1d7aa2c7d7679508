"""Is there a time zone of this name?"""

from __future__ import annotations

from kweek.flow.lint.report import Report
from kweek.flow.problems import Located, nearest
from kweek.rules.zone_meant import zone_meant


def check_timezone(name: Located[str], report: Report) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name.value)
    except (KeyError, ValueError, OSError):
        fix = "Write lead, or a name such as Europe/Amsterdam"
        if meant := nearest(name.value, ("lead",)) or zone_meant(name.value):
            fix = f"Did you mean “{meant}”?"
        report.error(name.at, "unknown-timezone", f"There is no time zone “{name.value}”", "", fix)
