"""What do the small texts of a file say? Numbers, shares, points, limits; each read or refused alone.

ValueError says what is wrong and, behind a semicolon, what would be right.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from msgspec.structs import replace

from kweek.flow.duration import ELAPSED, NUMBERS, Duration, parse_duration
from kweek.flow.plan import Limit, Reentry
from kweek.flow.problems import nearest

COUNT: Final = re.compile(r"\d{1,9}")
_NUMBER: Final = re.compile(r"(\d{1,3})(?:[.,]\d+)? ?%?")
_PART: Final = re.compile(r"0[.,]\d+")  # of one
SHARE: Final = re.compile(r"(\d{1,3}) ?%")
CAPACITY: Final = re.compile(r"(\d{1,6}) per day")
ADDRESS: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
URL: Final = re.compile(r"https?://[!-\"$-~]+")
CURRENCY: Final = re.compile(r"[A-Z]{3}")
LIMIT: Final = re.compile(r"(\d{1,4}) mails? per (.+)")
BETWEEN: Final = re.compile(r" *[,;] *| ?/ ?| (?:and|or|en|of) ")
"""What stands between names that were written as one text."""
_POINTS: Final = re.compile(r"^([+-]?)(\d{1,6})(?![\d.,])")
_TAKEN: Final = re.compile(r"\b(?:minus|min|less|fewer|off|down|minder|negative)\b|^\W*[-−]|[-−]\W*$")
"""Points that are taken away."""
_IN_PARTS: Final = re.compile(r"([+-]?)(\d{1,6})[.,](\d)\d*")
_STRAY: Final = " \t\"'[]{}()"
_FIELD: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_][\w-]*)*")
_OFTEN: Final = {"once": 1, "twice": 2, "thrice": 3, **NUMBERS}


def words_in(text: str, between: re.Pattern[str] = BETWEEN) -> list[str]:
    """Those of a list that was written as one text, without what is left of its brackets and quotes."""
    return [word for part in between.split(text) if (word := part.strip(_STRAY))]


def parse_count(text: str) -> int:
    """`3`."""
    if not COUNT.fullmatch(text) or int(text) < 1:
        number = _number_in(text)
        fix = f"write {number}" if number else "write a number such as 3"
        raise ValueError(f"“{text}” is not a whole number of at least 1; {fix}")
    return int(text)


def parse_hours(text: str) -> Duration:
    """A duration of which the unit that goes without saying would be hours."""
    if COUNT.fullmatch(text.strip()) and (number := int(text)) > 0:
        hours = Duration(number, "hour"), Duration(number, "hour", business=True)
        raise ValueError(f"“{text}” is not a duration; write the unit as well: {hours[0]}, or {hours[1]}")
    return parse_duration(text)


def parse_currency(text: str) -> str:
    """`EUR`: as ISO 4217 has it."""
    if not CURRENCY.fullmatch(text):
        near = {"€": "EUR", "euro": "EUR", "$": "USD", "£": "GBP"}.get(text.lower(), text.upper())
        fix = near if CURRENCY.fullmatch(near) else "EUR"
        raise ValueError(f"“{text}” is not a currency; write its three letters: {fix}")
    return text


def parse_elapsed(text: str) -> Duration:
    """A duration that needs no calendar."""
    duration = parse_duration(text)
    if duration.business:
        raise ValueError(f"“{text}” runs on a calendar; write {replace(duration, business=False)}")
    return duration


def parse_share(text: str) -> int:
    """`50%`."""
    match = SHARE.fullmatch(text)
    if match is not None and int(match[1]) > 100:
        raise ValueError(f"“{text}” is more than all there is; write 100% at most")
    if match is None or not 1 <= int(match[1]) <= 100:
        number, part = _NUMBER.match(text.strip()), _PART.fullmatch(text.strip())
        per_cent = round(float(part[0].replace(",", ".")) * 100) if part else int(number[1]) if number else 0
        per_cent = _fraction(text) or per_cent
        near = f": {per_cent}%" if 1 <= per_cent <= 100 else ", such as 50%"
        raise ValueError(f"“{text}” is not a share; write whole per cents{near}")
    return int(match[1])


_ONE_IN: Final = re.compile(r"(\d{1,3}) ?(?:in|of|out of|/|per) ?(\d{1,3})(?!\d)")
_PART_OF: Final = {"half": 50, "third": 33, "quarter": 25, "fourth": 25, "fifth": 20, "tenth": 10}


def _fraction(text: str) -> int | None:
    """Of `1 in 5` and `a fifth`, the per cents; None: it is no such thing."""
    if (found := _ONE_IN.match(text.strip())) and int(found[2]):
        return round(100 * int(found[1]) / int(found[2]))
    words = re.findall(r"[a-z]+", text.lower())
    return _PART_OF.get(words[-1]) if words and words[:-1] in ([], ["a"], ["one"]) else None


def parse_part(text: str) -> int:
    """The share of a line, which leaves others something."""
    match = SHARE.fullmatch(text)
    if match is not None and int(match[1]) > 100:
        fix = f"write less than 100%: {int(match[1]) % 100 or 50}%"
        raise ValueError(f"“{text}” is more than all there is; {fix}")
    return parse_share(text)


def parse_times(text: str) -> int:
    """`3 times`, `1 time`."""
    number, _, word = text.partition(" ")
    if not number.isdecimal() or len(number) > 6 or word not in ("time", "times") or int(number) < 1:
        count = _number_in(text) or 3
        raise ValueError(f"“{text}” is not a number of times; write: {count} time{'' if count == 1 else 's'}")
    return int(number)


def _number_in(text: str) -> int | None:
    """The one that the author wrote, in digits or as a word; None: there is none that can stand."""
    if (digits := re.search(r"(?<![\d.,])\d{1,6}(?![\d.,])", text)) is not None:
        return int(digits[0]) or None
    return next((_OFTEN[word] for word in re.findall(r"[^\W\d]+", text.lower()) if word in _OFTEN), None)


def parse_points(text: str) -> int:
    """`+5`, `-30`, `10`."""
    digits = text.lstrip("+-−")
    if len(text) - len(digits) > 1 or not digits.isdecimal() or len(digits) > 6:
        own, taken = _POINTS.search(text.replace(" ", "")), "-" if _TAKEN.search(text.lower()) else "+"
        right = f"{own[1] or taken}{own[2]}" if own else f"{taken}{_number_in(text) or 5}"
        if part := _IN_PARTS.fullmatch(text.strip()):
            right = f"{part[1] or '+'}{int(part[2]) + (part[3] >= '5')}"
        raise ValueError(f"“{text}” is not a number of points; write a whole number with its sign: {right}")
    return -int(digits) if text[0] in "-−" else int(digits)


def parse_capacity(text: str) -> int:
    """`60 per day`."""
    if not (match := CAPACITY.fullmatch(text)):
        other = re.search(r"hour|week|month|year|uur|maand|jaar", text.lower())  # then the number is of another time
        if week := re.fullmatch(r"(\d{1,5}) (?:per|a|each) (?:work(?:ing)? ?)?week", text.lower()):
            number = max(1, int(week[1]) // 5)
            raise ValueError(f"“{text}” is counted by the week, and not by the day; write: {number} per day")
        number = None if other else _number_in(re.sub(r"\b(?:a|an|each|every|per|één|een) *day\b", "", text.lower()))
        raise ValueError(f"“{text}” is not a capacity; write: {number or 60} per day")
    return int(match[1])


def parse_address(text: str) -> str:
    """`anna@example.com`."""
    if not ADDRESS.fullmatch(text):
        glued = re.fullmatch(r"([\w+-]+)(?:\.| ?\(?at\)? ?)([\w-]+(?:\.[\w-]+)+)", text)
        right = f"write {glued[1]}@{glued[2]}" if glued else "write one such as anna@example.com"
        raise ValueError(f"“{text}” is not an e-mail address; {right}")
    return text


def parse_url(text: str) -> str:
    """`https://crm.example.com/kweek`, where something may be sent. A password in it would be one in a file."""
    try:
        where = urlsplit(text)
        sound = bool(URL.fullmatch(text) and where.hostname and "@" not in where.netloc and where.port != 0)
    except ValueError:
        sound = False
    if not sound:
        raise ValueError(f"“{text}” is no address to send to; write one such as https://crm.example.com/kweek")
    return text


EACH_LEAD: Final = ("lead", "person", "contact", "customer")
"""What somebody may write after `per` who means that a lead comes in once."""
_EACH: Final = re.compile("^(?:once )?(?:per|every|each|an?) ")


def parse_reentry(text: str) -> Reentry:
    """`never`, `always`, `after 30 days`, `per event.webinar`."""
    match text.split():
        case ["never"]:
            return Reentry("never")
        case ["always"]:
            return Reentry("always")
        case ["after", *words] if words:
            return Reentry("after", after=parse_duration(" ".join(words)))
        case ["per", field] if (_meant_time(field) is None or field in ELAPSED) and _FIELD.fullmatch(field):
            return Reentry("per", per=field)  # “day” may be a field of its data
        case _:
            raise ValueError(f"“{text}” does not say when a lead may come back; write {_meant_reentry(text)}")


def _meant_reentry(text: str) -> str:
    """With the author's own field or time, where there is one."""
    if near := nearest(text, ("never", "always")):
        return near
    if text.removeprefix("once ") in ("per lead", "per person", "once", "lead", "per contact"):
        return "never"
    field = text.rpartition(" ")[2]
    if "." in field and _FIELD.fullmatch(field):
        return f"per {field}"
    if time := _meant_time(_EACH.sub("", text)):
        return f"after {time}"
    if _EACH.match(text) and _FIELD.fullmatch(field := _EACH.sub("", text)):
        return f"per event.{field}"
    return "never, always, after 30 days, or per event.<a field of its data>"


def parse_limit(text: str) -> Limit:
    """`3 mails per 7 days`."""
    match = LIMIT.fullmatch(text.strip())
    if match is None or int(match[1]) < 1:
        raise ValueError(f"“{text}” is not a limit; write: {_meant_limit(text)}")
    try:
        return Limit(int(match[1]), parse_duration(match[2]))
    except ValueError:
        raise ValueError(f"“{match[2]}” is not a period; write: {_meant_limit(text)}") from None


def _meant_limit(text: str) -> str:
    """A limit that is one, with as much of what was written as can be kept."""
    said = re.sub(
        r",? (?:per|each|to (?:one|a|each|every)|for (?:one|a|each|every)) (?:lead|person|contact|customer)\b", "", text
    )
    said = re.sub(r"\bfortnight\b", "2 weeks", re.sub(r" ?/ ?(?=\d)", " per ", said)).replace(
        "a 2 weeks", "per 2 weeks"
    )
    said = re.sub(r" (?:each|every|in|within) (?=\d)", " per ", said)
    said = re.sub(r" (?:a|an|each|every) (?=\w+$)| per (?=\w+$)|/", " per 1 ", said)
    before, _, after = said.partition(" per ")
    if not after and (alone := _meant_time(said)):  # a period alone
        return f"1 mail per {alone}"
    count = _number_in(before) or 3
    period = _meant_time(after) or "7 days"
    return f"{count} mail{'' if count == 1 else 's'} per {period}"


def _meant_time(text: str) -> str | None:
    """A duration, or the one that its own message proposes."""
    text = re.sub(r"^(?:an? |1 )?fortnight$", "2 weeks", text)
    for _ in range(2):
        try:
            return str(parse_duration(text))
        except ValueError as error:
            text = str(error).rpartition("; write ")[2].rpartition(": ")[2]
    return None
