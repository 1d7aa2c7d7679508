"""How is a calendar written? From an entry of rules/calendars.yaml to a Calendar.

```yaml
office:
  timezone: Europe/Amsterdam
  hours:
    monday-thursday: ["09:00-12:30", "13:00-17:30"]
    friday: 09:00-16:00
  holidays: NL                          # of the library; several: [NL, BE]
  closed: [2026-12-24]                  # closed as well
  open: [2027-03-26]                    # Good Friday: a holiday to the library, not to us
  # open: {2026-12-19: 09:00-13:00}     # a date with hours of its own
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, cast

from kweek.rules.calendars import Calendar, Hours
from kweek.rules.public_holidays import holidays_of

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KEYS: Final = ("timezone", "hours", "holidays", "closed", "open")

INTERVAL: Final = re.compile(r"(\d{1,2}):(\d{2}) *[-–] *(\d{1,2}):(\d{2})")
_LOOSE: Final = re.compile(
    r"(\d{1,2})(?:[:.h]([0-5]\d))? ?(am|pm)? *(?:[-–—]|to|until|till|tot) *(\d{1,2})(?:[:.h]([0-5]\d))? ?(am|pm)?"
)
_HALF_DAY: Final = 720  # minutes

# Known to be there (a test asks the library), so that a linter need not wait for it to be imported.
_WESTERN: Final = "AT BE CH DE DK ES FI FR GB IE IT LU NL NO PT SE"
_OTHERS: Final = "AU BR CA CZ GR HU JP NZ PL RO SK TR US ZA"
WELL_KNOWN: Final = frozenset(f"{_WESTERN} {_OTHERS}".split())


def calendar_from(spec: Mapping[str, object], timezone: str | None = None) -> Calendar:
    """The calendar of one entry; every scalar is text. `timezone`: the workspace's, where the entry has none.

    ValueError says what is wrong and what would be right.
    """
    for key in spec:
        if key not in KEYS:
            raise ValueError(f"“{key}” is not known here; a calendar has {', '.join(KEYS)}")
    name = spec.get("timezone", timezone)
    if not isinstance(name, str):
        raise ValueError("a calendar needs a timezone: an IANA name such as Europe/Amsterdam")
    if "hours" not in spec:
        raise ValueError('a calendar needs hours, such as monday-friday: ["09:00-17:30"]')
    countries = tuple(_texts(spec.get("holidays", []), "holidays"))
    for country in countries:
        if country not in WELL_KNOWN:
            holidays_of(country, 2026)  # says so, if it is not known
    closed = frozenset(_date(text) for text in _texts(spec.get("closed", []), "closed"))
    return Calendar(name, _week(spec["hours"]), closed, _open(spec.get("open", [])), countries)


def _week(hours: object) -> tuple[Hours, ...]:
    if not isinstance(hours, Mapping):
        raise ValueError('hours are written by the day: monday-friday: ["09:00-17:30"]')
    week: list[Hours] = [()] * 7
    seen: set[str] = set()
    for key, value in cast("Mapping[str, object]", hours).items():
        intervals = _hours(value, key)
        for number in _days(key):
            if DAYS[number] in seen:
                raise ValueError(f"{DAYS[number]} is written twice; keep one of them")
            seen.add(DAYS[number])
            week[number] = intervals
    return tuple(week)


def _days(text: str) -> list[int]:
    """`monday`, `monday-friday`, `saturday, sunday`; a range may run over Sunday."""
    numbers: list[int] = []
    for part in text.lower().split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        for name in (first, last) if dash else (first,):
            if name not in DAYS:
                raise ValueError(f"“{name}” is not a weekday; write {', '.join(DAYS)} or monday-friday")
        start = DAYS.index(first)
        count = (DAYS.index(last) - start) % 7 + 1 if dash else 1
        numbers += [(start + step) % 7 for step in range(count)]
    return numbers


def _hours(value: object, where: str) -> Hours:
    return tuple(sorted(_interval(text) for text in _texts(value, where)))


def _interval(text: str) -> tuple[int, int]:
    match = INTERVAL.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"“{text}” is not an interval; write from and until in 24 hours: {_meant(text)}")
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if int(match[2]) > 59 or int(match[4]) > 59 or opens >= 1440 or closes > 1440:
        raise ValueError(f"“{text}”: there is no such time; a day runs from 00:00 to 24:00")
    if closes == opens:
        raise ValueError(f"“{text}” is no time at all; write from and until in 24 hours: 09:00-17:30")
    if closes < opens:
        if (opens < _HALF_DAY or len(match[3]) == 1) and opens < closes + _HALF_DAY < 1440:  # in the evening
            right = f"{_shown(opens, closes + _HALF_DAY)} — or the other way round: {_shown(closes, opens)}"
        else:
            night = "for a night, two days: one until 24:00, the next from 00:00"
            right = f"{_shown(closes, opens)} — or, {night}"
        raise ValueError(f"“{text}” ends before it begins; write {right}")
    return opens, closes


def _meant(text: str) -> str:
    """The interval that was probably meant, where it is written in another way; else an example."""
    found = _LOOSE.fullmatch(text.strip().lower())
    if found is None:
        return "09:00-17:30"
    opens, closes = (
        (int(hour) % 12 + 12 * (half == "pm") if half else int(hour)) * 60 + int(minute or 0)
        for hour, minute, half in (found.group(1, 2, 3), found.group(4, 5, 6))
    )
    return _shown(opens, closes) if opens < closes <= 1440 else "09:00-17:30"


def _shown(opens: int, closes: int) -> str:
    """`07:30-18:30`"""
    return f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"


def _open(value: object) -> dict[date, Hours]:
    if isinstance(value, Mapping):
        dates = cast("Mapping[str, object]", value)
        return {_date(text): _hours(hours, text) for text, hours in dates.items()}
    return {_date(text): () for text in _texts(value, "open")}


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"“{text}” is not a date; write year-month-day: 2026-12-24") from None


def _texts(value: object, where: str) -> list[str]:
    """One text, or a list of them."""
    items = cast("list[object]", value) if isinstance(value, list | tuple) else [value]
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) != len(items):
        raise ValueError(f"{where}: write one text or a list of them")
    return texts
