"""How long is it? A duration as a marketer writes it: `7 days`, `8 business hours`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from msgspec import Struct

ELAPSED: Final = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
BUSINESS: Final = ("hour", "day")
_LONGEST: Final = 3_653 * 86_400  # seconds
_TEN_YEARS: Final = {
    (False, "minute"): 99_999, (False, "hour"): 87_600, (False, "day"): 3_650, (False, "week"): 520,
    (True, "hour"): 20_000, (True, "day"): 2_600,
}  # fmt: skip
"""What a duration may be at most. Of business time it is what ten years of ordinary weeks have."""

_SHAPE: Final = re.compile(r"(\d+) +(business +)?([a-z]+?)s?")


class Duration(Struct, frozen=True):
    """`amount` of `unit`, on a calendar (business) or elapsed.

    unit: `minute`, `hour`, `day` or `week`; business time knows `hour` and `day` only.
    """

    amount: int
    unit: str
    business: bool = False

    @property
    def elapsed(self) -> timedelta:
        """The time that passes, ten years at most. Business time has no fixed length: ask a calendar (ValueError)."""
        if self.business:
            raise ValueError(f"{self} runs on a calendar")
        return timedelta(seconds=min(self.amount * ELAPSED[self.unit], _LONGEST))

    def __str__(self) -> str:
        words = [str(self.amount), *(["business"] if self.business else []), self.unit]
        return " ".join(words) + ("" if self.amount == 1 else "s")


def parse_duration(text: str) -> Duration:
    """Read `7 days`. ValueError says what is wrong and what would be right."""
    match = _SHAPE.fullmatch(text.strip().lower())
    if match is None:
        words = text.lower().split() or [""]
        if whole := _UNEVEN.get(_nearest(words[-1])):
            raise ValueError(_uneven(text, NUMBERS.get(words[0], 1), whole))
        if near := _meant(text):
            raise ValueError(f"“{text}” is not a duration; write {near}")
        raise ValueError(f"“{text}” is not a duration; write a number and a unit: 20 minutes, 3 business days")
    if len(match[1]) > 5:  # a sum of dates with it would leave the calendar
        raise ValueError(f"“{text}” is longer than anybody waits; write ten years at most: 520 weeks")
    amount, business, unit = int(match[1]), bool(match[2]), match[3]
    if whole := _UNEVEN.get(_nearest(unit)):
        raise ValueError(_uneven(text, amount, whole))
    known = BUSINESS if business else tuple(ELAPSED)
    if unit not in known:
        if near := _meant(text):
            raise ValueError(f"“{text}”: no such unit; write {near}")
        units = ", ".join(f"{'business ' if business else ''}{name}s" for name in known)
        raise ValueError(f"“{text}”: no such unit; there are {units}")
    if amount > (most := _TEN_YEARS[business, unit]):
        most_words = Duration(most, unit, business)
        raise ValueError(f"“{text}” is longer than anybody waits; write ten years at most: {most_words}")
    if amount == 0:
        raise ValueError(f"“{text}” is no time at all; write at least 1 {'business ' if business else ''}{unit}")
    return Duration(amount, unit, business)


# --- what was meant ---------------------------------------------------------------------------------

_UNITS: Final = {
    "minute": ("m", "min", "mins", "minute", "minutes", "minuut", "minuten"),
    "hour": ("h", "hr", "hrs", "hour", "hours", "uur", "uren", "u"),
    "day": ("d", "day", "days", "dag", "dagen"),
    "week": ("w", "wk", "wks", "week", "weeks", "weken"),
}
_UNEVEN: Final = {"month": "month", "maand": "month", "maanden": "month", "quarter": "quarter", "kwartaal": "quarter",
    "year": "year", "jaar": "year", "jaren": "year"}  # fmt: skip
_ABOUT_DAYS: Final = {"month": 30, "quarter": 91, "year": 365}
_OPEN: Final = ("business", "working", "work", "office", "werk", "kantoor", "zakelijke")
NUMBERS: Final = {
    word: number
    for numbers, words in (
        (
            range(1, 20),
            "a/an/one/een/één two/twee three/drie four/vier five/vijf six/zes seven/zeven eight/acht nine/negen"
            " ten/tien eleven/elf twelve/twaalf thirteen/dertien fourteen/veertien fifteen/vijftien sixteen/zestien"
            " seventeen/zeventien eighteen/achttien nineteen/negentien",
        ),
        (
            range(20, 101, 10),
            "twenty/twintig thirty/dertig forty/veertig fifty/vijftig sixty/zestig seventy/zeventig eighty/tachtig"
            " ninety/negentig hundred/honderd",
        ),
        ((1_000,), "thousand/duizend"),
    )
    for number, names in zip(numbers, words.split(), strict=True)
    for word in names.split("/")
}


_HALF: Final = re.compile(r"\s*(?:½|half)\b|\s*½", re.IGNORECASE)


def _uneven(text: str, amount: int, whole: str) -> str:
    days = max(amount, 1) * _ABOUT_DAYS[whole]
    about = Duration(days // 2 if _HALF.match(text) else days, "day")
    return f"“{text}” has no fixed length (which {whole}?); write days or weeks: {about}"


def _meant(text: str) -> str | None:
    """The duration that was probably meant; None where nobody can tell."""
    if (found := _FROM_TO.fullmatch(text.lower().strip())) or (found := _AND_THEN.fullmatch(text.lower().strip())):
        text = found["time"] or found["first"]
    text = re.sub(r"(?<=[a-z]) (?=s\b)", "", text)  # “5 business day s”
    if clock := _HOURS.fullmatch(text.strip()):
        hours, minutes = int(clock[1]), int(clock[2])
        of_both = Duration(60 * hours + minutes, "minute") if minutes else Duration(hours, "hour")
        return str(of_both) if hours or minutes else None
    words = re.findall(r"[.,\d]+|[^\W\d]+", text.lower())
    numbers = [word for word in words if word[0].isdigit()] or [str(NUMBERS[word]) for word in words if word in NUMBERS]
    if _HALF.match(text) and (whole := re.search(r"\b(day|hour)s?$", text.lower().strip())) is not None:
        return {"day": "12 hours", "hour": "30 minutes"}[whole[1]]
    if (whole := _sum(text.lower())) is not None:
        return whole
    if len(numbers) > 1 or not all(number.isdecimal() and 0 < len(number) < 6 for number in numbers):
        return None
    rest = [word for word in words if word not in NUMBERS and not word[0].isdigit()]
    rest = [_nearest(word) for word in rest if word not in _AROUND]
    business = any(word.startswith(_OPEN) for word in rest)
    bare = [word.removeprefix(next((w for w in _OPEN if word.startswith(w)), "")) for word in rest]
    units = [unit for word in bare if word for unit, names in _UNITS.items() if word in names]
    if not rest and numbers:
        return f"the unit as well: {numbers[0]} days, or {numbers[0]} business days"
    if business and not units and len(bare) == 1 and not bare[0]:
        units, bare = ["day"], ["day"]
    if business and units == ["week"]:
        return str(Duration(5 * int(numbers[0]) if numbers else 5, "day", True))
    if len(units) != 1 or sum(1 for word in bare if word) != 1 or (business and units[0] not in BUSINESS):
        return None
    return str(Duration(int(numbers[0]) if numbers else 1, units[0], business))


_HOURS: Final = re.compile(r"(\d{1,2}):([0-5]\d)")
"""`24:00`, as a clock shows it."""
_FROM_TO: Final = re.compile(r"\d+ ?(?:[-–]|to|or|tot|of|à) ?(?P<time>\d+ [a-z ]+)")
"""`2-3 weeks`: the longer of the two."""
_AND_THEN: Final = re.compile(
    r"(?P<time>\d+ (?:business )?[a-z]+) (?:after|from|since|of|na) [a-z][a-z ]*"
    r"|(?P<first>\d+ [a-z]+(?: [a-z]+)?), ?[a-z][a-z ]*"
)
"""`10 days after sending`, `1 week, then a call`: it counts from there of itself."""
_PART: Final = re.compile(r"(\d{1,5}(?:[.,]\d{1,3})?) *([a-z]+)\s*(?:(?:,|\+|and|en)\s*)?")
_AROUND: Final = frozenset((
    "about", "after", "approximately", "around", "at", "binnen", "ca", "circa", "exactly", "for", "in", "just", "least",
    "max", "maximaal", "maximum", "most", "na", "ongeveer", "only", "precisely", "roughly", "to", "up", "within",
))  # fmt: skip
"""Words round a duration that make it no other one."""


def _sum(text: str) -> str | None:
    """`2,5 weeks`, `2 weeks 3 days`: what that makes, in the largest unit of which it is a whole number."""
    parts = _PART.findall(text)
    fraction = any("." in number or "," in number for number, _ in parts)
    if _PART.sub("", text).strip(" .") not in ("", *_AROUND) or (len(parts) < 2 and not fraction):
        return None
    seconds = 0.0
    for number, word in parts:
        unit = next((unit for unit, names in _UNITS.items() if _nearest(word) in names), None)
        if unit is None:
            return None
        seconds += float(number.replace(",", ".")) * ELAPSED[unit]
    for unit, size in reversed(ELAPSED.items()):
        if seconds > 0 and (amount := round(seconds / size, 6)).is_integer():
            return str(Duration(int(amount), unit)) if amount <= _TEN_YEARS[False, unit] else None
    return None


def _nearest(word: str) -> str:
    """A misspelt unit, or `business`, as it is spelt."""
    if len(word) < 3 or word.startswith(_OPEN) or any(word in names for names in _UNITS.values()):
        return word
    import difflib  # only when somebody mistyped

    words = ("business", *(f"{unit}s" for unit in ELAPSED), *ELAPSED, "months", *_UNEVEN)
    alike = [name for name in words if name[0] == word[0] or name[1:] == word]  # “course” is no misspelt “hours”
    return next(iter(difflib.get_close_matches(word, alike, n=1, cutoff=0.7)), word)
