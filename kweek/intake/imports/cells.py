"""What does a cell mean? Days, numbers, countries and languages as people write them, made into what can be kept.

Whether 03/04 is in March or in April, and whether 1.250 is a thousand, no cell says by itself: its column does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from kweek.intake.countries import spoken_names

Order = Literal["dmy", "mdy", "ymd"]
Decimal = Literal[",", "."]

WRITTEN: Final[Mapping[Order, str]] = {"dmy": "31-12-2026", "mdy": "12/31/2026", "ymd": "2026-12-31"}
"""The last day of 2026, for people."""

_AT: Final = r"(?:[ T,]+(\d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?:\s*([ap])\.?m\.?)?)?"
_DAY: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})" + _AT, re.IGNORECASE)
_ISO: Final = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})" + _AT, re.IGNORECASE)
_MONTH: Final = r"([^\W\d_]{3,9})"
_IN_WORDS: Final = re.compile(rf"(\d{{1,2}})[-/. ]+{_MONTH}[-/., ]+(\d{{4}})(\D.*)?")
_MONTH_BEFORE: Final = re.compile(rf"{_MONTH}[. ]+(\d{{1,2}})(?:st|nd|rd|th)?[, ]+(\d{{4}})(\D.*)?")
_MONTHS: Final = (
    ("jan",), ("feb", "fév"), ("mar", "maa", "mrt", "mär"), ("apr", "avr"), ("may", "mei", "mai"), ("jun", "juin"),
    ("jul", "juil"), ("aug", "aoû"), ("sep",), ("oct", "okt"), ("nov",), ("dec", "dez", "déc"),
)  # fmt: skip
_OFFSET: Final = re.compile(r"(:\d{2}(?:\.\d+)?)\s*(?:Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[-+]?\d[\d.,' \u00a0\u202f]*")
_MONEY: Final = re.compile(r"^(?:€|\$|£|EUR|USD)\s*|\s*(?:€|\$|£|EUR|USD|%|,-)$", re.IGNORECASE)
_YES: Final = ("yes", "y", "ja", "j", "true", "waar", "1", "x", "oui", "wahr")
_NO: Final = ("no", "n", "nee", "false", "onwaar", "0", "non", "nein", "falsch")
_MONTH_FIRST: Final = ("US", "PH")
_POINT: Final = ("US", "GB", "IE", "AU", "NZ", "IN", "CH", "MX", "JP", "CN", "ZA")
_LONGEST_NUMBER: Final = 40
_BETWEEN_PHONES: Final = (
    re.compile(r"\s+/\s+|\s+(?:of|or|en|and)\s+|\s*(?:[;,|\r\n]|:::)\s*", re.I),
    re.compile(r"\s*/\s*"),
)
"""The later only where the earlier is not there: 020/1234567 is one number."""


@dataclass(frozen=True, slots=True)
class Found:
    """How a column is written. sure: it cannot be meant otherwise."""

    as_written: str
    sure: bool


# --- what a column says of its cells ----------------------------------------------------------------------


def date_order(cells: Iterable[str], country: str | None) -> Found:
    """`dmy` or `mdy`: one of its days is beyond twelve. Otherwise as in the country. `ymd`: they all begin with the
    year (ISO 8601)."""
    said = [_of_day(cell.strip()) for cell in cells]
    days = [found for cell in said if (found := _DAY.fullmatch(cell))]
    if not days and any(_ISO.fullmatch(cell) for cell in said):
        return Found("ymd", True)
    first = sum(int(day[1]) > 12 for day in days)
    second = sum(int(day[2]) > 12 for day in days)
    if first or second:
        return Found("dmy" if first >= second else "mdy", True)
    return Found("mdy" if country in _MONTH_FIRST else "dmy", not days)


def decimal_sign(cells: Iterable[str], country: str | None) -> Found:
    """`,` or `.`: what stands last where both do, or what does not part thousands."""
    votes = {",": 0, ".": 0}
    open_question = False
    for cell in cells:
        digits = _bare(cell)
        comma, point = digits.rfind(","), digits.rfind(".")
        if comma >= 0 and point >= 0:
            votes["," if comma > point else "."] += 1
        elif (sign := max(comma, point)) >= 0:
            which, other = (",", ".") if comma >= 0 else (".", ",")
            after = len(digits) - sign - 1
            if digits.count(which) > 1:
                votes[other] += 1
            elif after != 3 or sign > 3 + digits.startswith(("-", "+")) or digits.lstrip("-+").startswith("0"):
                votes[which] += 1
            else:
                open_question = True
    if votes[","] != votes["."]:
        return Found("," if votes[","] > votes["."] else ".", True)
    return Found("." if country is None or country in _POINT else ",", not open_question)


# --- one cell ---------------------------------------------------------------------------------------------


def read_date(text: str, order: Order) -> date | None:
    found = _parts(_of_day(text), order)
    return None if found is None else found[0]


def read_moment(text: str, order: Order, zone: ZoneInfo) -> datetime | None:
    """With its offset as it stands, or at this time in the workspace's zone."""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        said = None
    if said is not None and said.tzinfo is not None:
        return said
    found = _parts(_in_digits(text), order)
    return None if found is None else datetime.combine(found[0], found[1], zone)


def _of_day(text: str) -> str:
    """With the month as a number, and without the offset of its time: the day is the one that stands there."""
    return _OFFSET.sub(r"\1", _in_digits(text))


def _in_digits(text: str) -> str:
    """`31 dec 2026` is `2026-12-31`."""
    if found := _IN_WORDS.fullmatch(text):
        day, name, year, rest = found.groups()
    elif found := _MONTH_BEFORE.fullmatch(text):
        name, day, year, rest = found.groups()
    else:
        return text
    month = next((n for n, words in enumerate(_MONTHS, 1) if name.casefold().startswith(words)), None)
    return text if month is None else f"{year}-{month:02}-{day.zfill(2)}{rest or ''}"


def _parts(text: str, order: Order) -> tuple[date, time] | None:
    if found := _ISO.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY.fullmatch(text):
        one, other, year = int(found[1]), int(found[2]), int(found[3])
        day, month = (other, one) if order == "mdy" else (one, other)
        year += 0 if len(found[3]) == 4 else 1900 if year > 68 else 2000  # as POSIX reads two digits
    else:
        return None
    try:
        return date(year, month, day), _time(found[4], found[5])
    except ValueError:
        return None


def _time(written: str | None, half: str | None) -> time:
    """half: of the day, `a` or `p`. ValueError."""
    at = time.fromisoformat(written.zfill(5)) if written else time()
    if half is None:
        return at
    if not 1 <= at.hour <= 12:
        raise ValueError(written)
    return at.replace(hour=at.hour % 12 + (12 if half.lower() == "p" else 0))


def read_number(text: str, decimal: Decimal) -> int | float | None:
    """`€ 1.250,50`, `1,250.50`, `12 %`: without what stands around it."""
    digits = _bare(text)
    if len(digits) > _LONGEST_NUMBER or not _NUMBER.fullmatch(digits):
        return None
    thousands = "." if decimal == "," else ","
    whole, sign, rest = digits.partition(decimal)
    groups = re.split(rf"[{thousands}' \u00a0\u202f]", whole.lstrip("-+"))
    if any(len(group) != 3 for group in groups[1:]) or not all(group.isdecimal() for group in groups):
        return None
    if sign and not rest.isdecimal():
        return None
    plain = ("-" if whole.startswith("-") else "") + "".join(groups)
    return float(f"{plain}.{rest}") if sign else int(plain)


def phones_in(text: str) -> tuple[str, str]:
    """The first of several telephone numbers, and the rest as it stands; "": there is one."""
    found = next((found for between in _BETWEEN_PHONES if (found := between.search(text))), None)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")


def read_truth(text: str) -> bool | None:
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None


def read_language(text: str) -> str:
    return text.lower() if len(text) <= 3 else _languages().get(text.casefold(), text.replace("_", "-"))


@cache
def _languages() -> Mapping[str, str]:
    return {name.casefold(): code for name, code in spoken_names("languages").items()}


def _bare(text: str) -> str:
    return _MONEY.sub("", text.strip()).strip()
