"""Days, hours and zones that are written in another way than rules/calendars.yaml has them: one message each, which
keeps what the author wrote, and is sound when it is typed in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.rules.opening import calendar_from
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import CALENDARS, is_told, slip, told_once

WEEK: Final = "    monday-friday: 08:00-18:00\n"
REST: Final = "  holidays: NL\n  open: [2026-04-03, 2027-03-26, 2028-04-14]\n"
ZONE: Final = "timezone: Europe/Amsterdam"
AWAY: Final = "a day that is not named is closed. Take “"
COLUMNS: Final = "  hours:\n    monday-friday: 08:00-18:00\n  holidays: NL\n"

SLIPS: Final = [
    # closed
    (WEEK, f"{WEEK}    sunday: closed\n", 19, f"{AWAY}sunday: closed” away."),
    (WEEK, f'{WEEK}    sunday: "gesloten"\n', 19, f"{AWAY}sunday: gesloten” away."),
    (WEEK, f"{WEEK}    saturday-sunday: none\n", 19, f"{AWAY}saturday-sunday: none” away."),
    (WEEK, f"{WEEK}    sunday: [no]\n", 19, f"{AWAY}sunday: no” away."),
    (WEEK, f"{WEEK}    sunday: false\n", 19, f"{AWAY}sunday: false” away."),
    (WEEK, f"{WEEK}    sunday:\n", 19, f"{AWAY}sunday:” away — or write"),
    (WEEK, f"{WEEK}    sunday: by appointment\n", 19, "09:00-17:30 — or take “sunday: by appointment” away."),
    (WEEK, f'{WEEK}    sunday: ["10:00-12:00", closed]\n', 19, "Take it out of the list."),
    (f"{REST}\n# The", "  open: { 2026-04-03: closed }\n\n# The", 19, "Write it there: closed: [2026-04-03]."),
    # several intervals, and halves of one
    (WEEK, f"{WEEK}    saturday: [10:00, 16:00]\n", 19, "Write: saturday: 10:00-16:00."),
    (WEEK, f"{WEEK}    saturday:\n      - 10:00\n      - 16:00\n", 20, "Write: saturday: 10:00-16:00."),
    (WEEK, f"{WEEK}    saturday: {{ from: 10:00, until: 16:00 }}\n", 19, "Write: saturday: 10:00-16:00."),
    (WEEK, f"{WEEK}    saturday:\n      10:00-12:30\n      13:00-16:00\n", 20, '["10:00-12:30", "13:00-16:00"]'),
    (WEEK, f"{WEEK}    saturday: [10-12, 13-16]\n", 19, 'Write: saturday: ["10:00-12:00", "13:00-16:00"].'),
    (f"hours:\n{WEEK}", "hours: 8-18\n", 17, "two spaces deeper: monday-friday: 08:00-18:00."),
    # a line in the wrong column
    (COLUMNS, COLUMNS.replace("  holidays", "    holidays"), 19, "Begin it in column 3 (2 spaces)."),
    (f"{COLUMNS}  open", f"{COLUMNS.replace('  holidays', '    holidays')}    open", 19, "lines 19 and 20 in column 3"),
    (WEEK, f"{WEEK}  saturday: 10:00-16:00\n", 19, "Begin it in column 5 (4 spaces)."),
    (f"hours:\n{WEEK}", f"{WEEK.strip()}\n", 17, "Write above it, in column 3: hours: — and begin this line"),
    (f"hours:\n{WEEK}", "hours: { monday-friday: 08:00-18:00, holidays: BE }\n", 17, "in column 3: holidays: BE"),
    # one day, two lines
    (WEEK, f"{WEEK}    friday: 10:00-16:00\n", 19, "line 18 has friday as well. Write there: monday-thursday."),
    (WEEK, f"    wednesday: 10:00-12:00\n{WEEK}", 19, "Write here: monday-tuesday, thursday-friday."),
    (WEEK, f"{WEEK}    friday-saturday: 10:00-16:00\n", 19, "there: monday-thursday — or write here: saturday."),
    (WEEK, f"{WEEK}    Monday-Friday: 10:00-16:00\n", 19, "Keep one of the two."),
    # dates and countries
    (f"{REST}\n# The", f"{REST}  closed: [1-5-2027]\n\n# The", 21, "Write year-month-day: 2027-05-01."),
    (f"{WEEK}  holidays: NL", f"{WEEK}  holidays: Netherlands", 19, "Write an ISO code: NL."),
    (f"{WEEK}  holidays: NL", f"{WEEK}  holidays: België", 19, "Write an ISO code: BE."),
    # zones
    (ZONE, "timezone: Europe/Brusels", 6, "Did you mean “Europe/Brussels”?"),
    (ZONE, "timezone: Amsterdam", 6, "Did you mean “Europe/Amsterdam”?"),
]  # fmt: skip
HOURS: Final = {
    "10:00 to 16:00": "10:00-16:00",
    "10.00-16.00": "10:00-16:00",
    "10-16": "10:00-16:00",
    "10am-4pm": "10:00-16:00",
    "10-4pm": "10:00-16:00",
    "1-5pm": "13:00-17:00",
    "9-5": "09:00-17:00",
    "10:00—16:00": "10:00-16:00",
    "van 10 tot 16 uur": "10:00-16:00",
    "10u30-16u": "10:30-16:00",
    "930-1600": "09:30-16:00",
    "10:00": "10:00-17:30",
    "until 16:00": "09:00-16:00",
    "10:00-16:00 by appointment": "10:00-16:00",
    "all day": "00:00-24:00",
    "10:00-12:30, 13:00-16:00": ["10:00-12:30", "13:00-16:00"],
    "10:00-12:30; 13:00-16:00": ["10:00-12:30", "13:00-16:00"],
    "9-12 and 1-5pm": ["09:00-12:00", "13:00-17:00"],
    "13:00-16:00, 10:00-12:00": ["10:00-12:00", "13:00-16:00"],
}
DAYS: Final = {
    "saterday": "saturday",
    "sat": "saturday",
    "zaterdag": "saturday",
    "mo-fr": "monday-friday",
    "monday to friday": "monday-friday",
    "maandag t/m vrijdag": "monday-friday",
    "tuesday–friday": "tuesday-friday",
    "weekdays": "monday-friday",
    "weekend": "saturday-sunday",
    "every day": "monday-sunday",
    "saturday and sunday": "saturday, sunday",
    "mon, tue": "monday, tuesday",
}


@pytest.mark.parametrize(("before", "after", "line", "words"), SLIPS, ids=[one[1] for one in SLIPS])
def test_a_slip_in_a_calendar_is_one_message(shipped: Path, before: str, after: str, line: int, words: str) -> None:
    is_told(shipped, CALENDARS, before, after, line, words)


@pytest.mark.parametrize("said", HOURS)
def test_the_times_that_were_written_are_kept(shipped: Path, said: str) -> None:
    right = HOURS[said]
    shown = right if isinstance(right, str) else f'saturday: ["{right[0]}", "{right[1]}"]'
    problem = told_once(shipped, CALENDARS, WEEK, f"{WEEK}    saturday: {said}\n")
    assert problem.fix.endswith(f": {shown}."), problem
    assert calendar_from({"hours": {"saturday": right}}, "UTC")


@pytest.mark.parametrize("said", DAYS)
def test_the_days_that_were_meant_are_named(shipped: Path, said: str) -> None:
    problem = told_once(shipped, CALENDARS, f"{WEEK}{REST}", f"    {said}: 08:00-18:00\n")
    assert problem.fix == f"Did you mean “{DAYS[said]}”?"
    slip(shipped, CALENDARS, said, DAYS[said])
    assert not lint_unrendered(read_workspace(shipped))
