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
from kweek.rules.opening_meant import DAYS, days_meant, days_shown, hours_meant, hours_shown, is_closed, shown
from kweek.rules.public_holidays import holidays_of

KEYS: Final = ("timezone", "hours", "holidays", "closed", "open")

INTERVAL: Final = re.compile(r"(\d{1,2}):(\d{2}) *[-–] *(\d{1,2}):(\d{2})")
_HALF_DAY: Final = 720  # minutes

# Known to be there (a test asks the library), so that a linter need not wait for it to be imported.
_WESTERN: Final = "AT BE CH DE DK ES FI FR GB IE IT LU NL NO PT SE"
_OTHERS: Final = "AU BR CA CZ GR HU JP NZ PL RO SK TR US ZA"
WELL_KNOWN: Final = frozenset(f"{_WESTERN} {_OTHERS}".split())


class AsOneError(ValueError):
    """Of a value as a whole, none of whose parts is wrong by itself: `[10:00, 16:00]`."""

    def __init__(self, value: object, words: str) -> None:
        self.value = value
        super().__init__(words)


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
        meant = hours_meant(_said(hours))
        right = f"monday-friday: {hours_shown(meant) if meant else '09:00-17:30'}"
        raise AsOneError(hours, f"hours are written by the day; write below it, two spaces deeper: {right}")
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


def days_in(text: str) -> frozenset[int]:
    """Those of a line of `hours`, from Monday = 0. ValueError: it names none."""
    return frozenset(_days(text))


def days_without(text: str, others: frozenset[int]) -> str:
    """`monday-thursday` is `monday-friday` without Friday; empty: nothing is left."""
    return days_shown(days_in(text) - others)


def _days(text: str) -> list[int]:
    """`monday`, `monday-friday`, `saturday, sunday`; a range may run over Sunday."""
    numbers: list[int] = []
    for part in text.lower().split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        for name in (first, last) if dash else (first,):
            if name not in DAYS:
                raise ValueError(_no_days(text, name))
        start = DAYS.index(first)
        count = (DAYS.index(last) - start) % 7 + 1 if dash else 1
        numbers += [(start + step) % 7 for step in range(count)]
    return numbers


def _no_days(text: str, name: str) -> str:
    """What is wrong; and the fix. name: of the text, what is no day."""
    match days_meant(text):
        case None:
            return f"“{name or text}” is not a weekday; write {', '.join(DAYS)} or monday-friday"
        case meant:
            what = "is not a weekday" if meant in DAYS else "is not how several days are written"
            return f"“{text}” {what}; did you mean “{meant}”?"


def _hours(value: object, where: str) -> Hours:
    """where: the days, or the date."""
    said = _said(value)
    strange = [text for text in said if not INTERVAL.fullmatch(text.strip())]
    if _in_parts(value, strange) and (meant := hours_meant(said)):
        right = f"write: {where}: {hours_shown(meant)}"
        raise AsOneError(value, f"“{where}” takes from and until in one text, or a list of such; {right}")
    texts = _texts(value, where)
    return tuple(sorted(_interval(text, where, alone=len(texts) == 1) for text in texts))


def _in_parts(value: object, strange: list[str]) -> bool:
    """Does it take more than one of its parts to say from and until? strange: those that are no interval."""
    return isinstance(value, Mapping) or (not isinstance(value, str) and len(strange) > 1)


def _said(value: object) -> list[str]:
    """Every text in it."""
    match value:
        case str():
            return [value]
        case Mapping():
            pairs = cast("Mapping[str, object]", value).items()
            return [text for key, inner in pairs for text in (key, *_said(inner))]
        case list() | tuple():
            return [text for inner in cast("list[object]", value) for text in _said(inner)]
        case _:
            return []


def _interval(text: str, where: str, *, alone: bool) -> tuple[int, int]:
    """alone: it is all that is said of those days."""
    match = INTERVAL.fullmatch(text.strip())
    if match is None:
        raise ValueError(_no_interval(text, where, alone=alone))
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if int(match[2]) > 59 or int(match[4]) > 59 or opens >= 1440 or closes > 1440:
        raise ValueError(f"“{text}”: there is no such time; a day runs from 00:00 to 24:00")
    if closes == opens:
        raise ValueError(f"“{text}” is no time at all; write from and until in 24 hours: 09:00-17:30")
    if closes < opens:
        if (opens < _HALF_DAY or len(match[3]) == 1) and opens < closes + _HALF_DAY < 1440:  # in the evening
            right = f"{shown((opens, closes + _HALF_DAY))} — or the other way round: {shown((closes, opens))}"
        else:
            night = "for a night, two days: one until 24:00, the next from 00:00"
            right = f"{shown((closes, opens))} — or, {night}"
        raise ValueError(f"“{text}” ends before it begins; write {right}")
    return opens, closes


def _no_interval(text: str, where: str, *, alone: bool) -> str:
    """What is wrong; and the fix."""
    text = text.replace("; ", ";")  # with which the fix begins
    if not text.strip():
        what, nothing = f"“{where}” says no hours", True
    else:
        what, nothing = f"“{text}” is not an interval", is_closed(text)
    meant = hours_meant([text])
    write = f"write from and until in 24 hours: {hours_shown(meant) if meant else '09:00-17:30'}"
    if len(meant) > 1:
        what, write = f"“{text}” is several intervals", f"write a list: {where}: {hours_shown(meant)}"
        write = write if alone else f"write each as one: {hours_shown(meant, within=True)}"
    if not alone or meant or any(map(str.isdigit, text)):
        return f"{what}; {'take it out of the list' if nothing else write}"
    if where[:1].isdigit():
        why, fix = "a date that is closed stands below “closed”", f"write it there: closed: [{where}]"
    else:
        shown = f"{where}: {text}".rstrip()
        why, fix = "a day that is not named is closed", f"take “{shown}” away"
    if not nothing:
        return f"{what}: {why}; {write} — or {fix}"
    return f"{what}: {why}; {fix}{'' if text.strip() else f' — or {write}'}"


def _open(value: object) -> dict[date, Hours]:
    if isinstance(value, Mapping):
        dates = cast("Mapping[str, object]", value)
        return {_date(text): _hours(hours, text) for text, hours in dates.items()}
    return {_date(text): () for text in _texts(value, "open")}


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        from kweek.flow.conditions.dates import date_meant  # only when somebody mistyped

        right = date_meant(text) or "2026-12-24"
        raise ValueError(f"“{text}” is not a date; write year-month-day: {right}") from None


def _texts(value: object, where: str) -> list[str]:
    """One text, or a list of them."""
    items = cast("list[object]", value) if isinstance(value, list | tuple) else [value]
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) != len(items):
        raise ValueError(f"{where}: write one text or a list of them")
    return texts
