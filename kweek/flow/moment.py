"""Until when? A moment as a marketer writes it: `7 days`, `until monday 09:00`, `until 3 days before lead.end`."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from kweek.flow.duration import Duration, parse_duration
from kweek.flow.problems import nearest
from kweek.flow.words import BUILT_IN, OPTIONS, is_event

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS: Final = (*WEEKDAYS, "today", "now", "tomorrow")
_UNOWNED: Final = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")
"""A field without its owner: the linter, who knows the fields, says whose it is."""
CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
FIELD: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_][\w-]*)+")
_IN_WORDS: Final = re.compile(
    r"(?:the )?(?!next|first|last|every|business|working)([a-z]+(?: [a-z]+)? (?:end|date|day|on))"
)
"""A date field without its owner, as one says it: the contract end."""
_CALLED: Final = re.compile(r"[a-z]+(?: end)?")
_TIMES: Final = (
    *WEEKDAYS, "day", "week", "weekend", "month", "quarter", "year", "morning", "afternoon", "evening", "night", "noon",
    "midnight", "hour",
)  # fmt: skip
"""What comes round; the event does not."""
_SAID_OF_SOMEBODY: Final = re.compile(
    r"(?:(?:the|they|a|it|he|she|we) )?(?:[a-z]+ ){0,2}(?:is|are|has|have|was|been|they|lead|gets?) [a-z]+"
)
"""An event as one says it: the survey is answered."""
_WORDS: Final = re.compile(r"[a-z]+(?: [a-z]+){0,2}")
_DAY: Final = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?: .*)?")
_BESIDE: Final = re.compile(r"(.+?)\s+(before|after)\s+(.+)")


class Moment(Struct, frozen=True):
    """When a wait ends. Exactly one form:

    `within` alone: that long. `weekday` (0 Monday … 6, None any day) and `clock` (minutes after midnight, in the
    flow's time zone): the next such moment, half-open (a lead that arrives at 09:00 sharp waits for the next).
    `date_field`, with `offset` and `before`: that long before or after the date in the field.
    """

    within: Duration | None = None
    weekday: int | None = None
    clock: int | None = None
    date_field: str | None = None
    offset: Duration | None = None
    before: bool = False


def two_waits(length: str, then: str) -> str:
    """Of `1 week until monday 09:00`, the second; empty: it is none."""
    try:
        parse_duration(length)
        moment = parse_until(then.removeprefix("until "))
    except ValueError:
        return ""
    return "" if moment.date_field else f"until {then.removeprefix('until ')}"


def is_day(text: str) -> bool:
    """`2027-03-01`: the same day for all leads, and no field."""
    return _DAY.fullmatch(text) is not None


def heard_below(event: str) -> str:
    """The remedy where an event stands for how long a wait lasts."""
    return f"write how long at most, 7 days, and below it when: with the line “{event}: next”"


def parse_wait(text: str) -> Moment:
    """What `wait:` takes: a duration, or `until …`. ValueError says what is wrong and what would be right."""
    words = text.strip()
    _refuse_braces(words)
    if words == "until" or words.startswith("until "):
        return parse_until(words.removeprefix("until").strip())
    if side := _SIDE_ALONE.fullmatch(words):
        raise ValueError(f"“{text}” does not say how long {side[1]}; write: {_with_time(side, 'until ')}")
    beside = _BESIDE.fullmatch(words)
    if beside is not None:
        _refuse_event(beside)
    if (two := _TWO.fullmatch(words)) and (then := two_waits(two[1], two[2])):
        raise ValueError(f"“{text}” is two waits; write two steps: - wait: {two[1]}, and below it - wait: {then}")
    if is_day(words):
        return Moment(date_field=words)
    if _TIME_OF_DAY.fullmatch(words):
        raise ValueError(f"“{text}” is a time of day, not a duration; write: until {words}")
    first, _, rest = words.partition(" ")
    if first == "for" and is_event(rest):
        raise ValueError(f"“{rest}” is an event, not a duration; {heard_below(rest)}")
    if rest and nearest(first, ("until",)):
        raise ValueError(f"“{first}” is not a word of a wait; write: until {rest}")
    if _UNOWNED.fullmatch(words):
        owner = "handover" if words == "later_on" else "lead"
        raise ValueError(f"“{text}” is a date, not a duration; write: until {owner}.{words}")
    if _BESIDE.fullmatch(words) or FIELD.fullmatch(words) or words.split(" ")[0].lower() in WEEKDAYS:
        try:
            moment = parse_until(words)
        except ValueError as error:
            _, sign, right = str(error).rpartition(": until ")
            words = right if sign else words
        else:
            if moment.date_field and "." not in moment.date_field:
                return moment  # the linter, who knows the dates, says all of it
        raise ValueError(f"“{text}” is a moment, not a duration; write: until {words}")
    if _NO_SIDE.fullmatch(words) and (right := _meant(words)):
        raise ValueError(
            f"“{text}” is a moment, not a duration; write: until {right.replace(' — or ', ' — or until ')}"
        )
    return Moment(within=parse_duration(words))


def parse_until(text: str) -> Moment:
    """What follows `until`: a weekday and a time, a date field, or a duration before or after one. ValueError."""
    beside = _BESIDE.fullmatch(text)
    if beside is not None:
        _refuse_event(beside)
        return _beside_date(beside[1], beside[2], beside[3])
    if FIELD.fullmatch(text):
        return Moment(date_field=text)
    if found := re.fullmatch(rf"(?:the |lead |event |handover )?({_UNOWNED.pattern})", text):
        return Moment(date_field=found[1])
    if is_day(text):
        return Moment(date_field=text)  # the linter, who knows the dates, names those to wait for instead
    event = text.rpartition(" ")[2] if _SAID_OF_SOMEBODY.fullmatch(text) else text
    if event in BUILT_IN:
        raise ValueError(f"“{text}” is an event, not a moment; {heard_below(event)}")
    if side := _SIDE_ALONE.fullmatch(text):
        raise ValueError(f"“{text}” does not say how long {side[1]}; write: {_with_time(side, 'until ')}")
    if text.endswith((" before", " after")):
        raise ValueError(f"“{text}” does not say of what; write the date behind it, such as {text} lead.contract_end")
    if found := _ANY_WORKDAY.fullmatch(text.lower()):
        raise ValueError(f"“{text}” names no day; there are until {_clock(found)}, on any day, and 1 business day")
    if said := _length_alone(text):
        raise ValueError(f"“until {text}” names no moment; write how long it lasts, without until: {said}")
    fields = [word for word in text.split() if FIELD.fullmatch(word)]
    if len(fields) == 1 and _meant(text) is None:
        raise ValueError(f"“{text}” has words too many; write: until {fields[0]}")
    if found := _IN_WORDS.fullmatch(text):
        return Moment(date_field="_".join(found[1].split()))
    bare = _bare(text)
    if (bare != text or text in ("it", "event")) and _CALLED.fullmatch(bare) and bare.split()[0] not in _TIMES:
        return Moment(date_field="_".join(bare.split()))
    try:
        return parse_weekly(text)
    except ValueError as error:
        raise ValueError(_with_until(str(error), text)) from None


def parse_at(text: str) -> Moment:
    """What `start: {at: …}` takes: a date field, or a duration before or after one. ValueError."""
    _refuse_braces(text)
    beside = _BESIDE.fullmatch(text.strip())
    if beside is not None:
        return _beside_date(beside[1], beside[2], beside[3])
    if FIELD.fullmatch(text.strip()) or _UNOWNED.fullmatch(text.strip()) or is_day(text.strip()):
        return Moment(date_field=text.strip())
    if side := _SIDE_ALONE.fullmatch(text.strip()):
        raise ValueError(f"“{text}” does not say how long {side[1]}; write: {_with_time(side)}")
    right = _meant(text) if "." in text else None
    raise ValueError(f"“{text}” names no date field; write: {right or '90 days before lead.contract_end'}")


def parse_weekly(text: str) -> Moment:
    """What `every:` takes: `monday 09:00`, or `09:00` for any day. ValueError."""
    words = text.lower().split()
    if found := _ANY_WORKDAY.fullmatch(text.lower()):
        clock = _clock(found)
        fix = f"there are {clock}, on any day, and monday {clock}, of which a list of starts may have one for each day"
        raise ValueError(f"“{text}” names no day; {fix}")
    days = [word for word in re.findall("[a-z]+", text.lower()) if word in WEEKDAYS]
    if len(days) > 1:
        each = ", ".join(f"{{ every: {moment} }}" for moment in each_day(text))
        raise ValueError(f"“{text}” is several moments; write a list of starts: start: [{each}]")
    if near := _meant(text):
        raise ValueError(f"“{text}” is no moment that comes round; write: {near}")
    if words[:1] == ["tomorrow"] and CLOCK.fullmatch(words[-1]):  # a clock time is the next that there is
        raise ValueError(f"“{text}” is no moment that comes round; write: {words[-1]}")
    day = words.pop(0) if words and words[0] in WEEKDAYS else None
    if day and not words:
        raise ValueError(f"“{text}” has no time of day; write: {day} 09:00")
    clock = CLOCK.fullmatch(words[0]) if len(words) == 1 else None
    if clock is None and len(words) == 1 and _LIKE_CLOCK.fullmatch(words[0]):
        raise ValueError(f"“{words[0]}” is no time of day; write one from 00:00 to 23:59: {day or 'monday'} 09:00")
    if clock is None:
        raise ValueError(f"“{text}” is no moment that comes round; write a weekday and a time, or a time: monday 09:00")
    return Moment(weekday=WEEKDAYS.index(day) if day else None, clock=int(clock[1]) * 60 + int(clock[2]))


def each_day(text: str) -> list[str]:
    """`monday, wednesday 09:00`: each of the days with its time, or else with the next that there is."""
    found: list[str] = []
    time = "09:00"
    for word in reversed(re.findall(r"[a-z]+|\d{1,2}:\d\d", text.lower())):
        if CLOCK.fullmatch(word):
            time = word
        elif word in WEEKDAYS:
            found.append(f"{word} {time}")
    return found[::-1]


def _length_alone(text: str) -> Duration | None:
    try:
        return parse_duration(text)
    except ValueError:
        return None


def _beside_date(duration: str, side: str, field: str) -> Moment:
    if not FIELD.fullmatch(field) and not _UNOWNED.fullmatch(field) and not is_day(field):
        bare = _bare(field)
        if _WORDS.fullmatch(bare) and bare not in _DAYS:  # the linter, who knows the dates, says which is meant
            return Moment(date_field="_".join(bare.split()), offset=parse_duration(duration), before=side == "before")
        right = bare if FIELD.fullmatch(bare) else f"lead.{bare}" if _UNOWNED.fullmatch(bare) else "lead.contract_end"
        raise ValueError(f"“{field}” is not a date field; write one with its owner: {right}")
    return Moment(date_field=field, offset=parse_duration(duration), before=side == "before")


def _bare(words: str) -> str:
    """`the contract end`, `the end of the contract`, `the start of the event`: without the words round it."""
    bare = re.sub(r"\A(?:the|its|their) ", "", words)
    bare = re.sub(r"\A(?:start|beginning|begin|date|day|time) of (?:the |its )?([a-z]+)\Z", r"\1", bare)
    return re.sub(r"\Aend of (?:the |its )?([a-z]+)\Z", r"\1 end", bare)


def _refuse_event(beside: re.Match[str]) -> None:
    """`1 day after answered`, `10 days after sending`"""
    step = beside[3].removeprefix("the ")
    if beside[2] == "after" and step.removesuffix("ing") in OPTIONS:
        raise ValueError(f"“{step}” is no date, and a wait begins when the lead comes to it; write: {beside[1]}")
    if beside[3] in BUILT_IN:
        raise ValueError(f"“{beside[3]}” is an event, and a wait begins when the lead comes to it; write: {beside[1]}")


def _refuse_braces(text: str) -> None:
    """`until {{ lead.contract_end }}`: as in a mail."""
    if "{{" in text:
        bare = " ".join(re.sub(r"[{}]", " ", text).split())
        raise ValueError(f"“{text}” has braces, and a date stands here without them; write: {bare}")


# --- what was meant ---------------------------------------------------------------------------------

_ANY_WORKDAY: Final = re.compile(
    r"""(?:(?P<first>\d{1,2}[:.]\d\d),?\ )?
        (?:(?:the|a|on|every|each|next|first)\ )*
        (?:(?:week|work)-?days?|(?:business|working|work|week|office)\ days?)
        (?:,?\ (?:at\ )?(?P<clock>\d{1,2}(?:[:.]\d\d)?))?""",
    re.VERBOSE,
)
"""Not a Wednesday, whatever it begins with."""


def _clock(found: re.Match[str]) -> str:
    hour, _, minute = (found["first"] or found["clock"] or "9").replace(".", ":").partition(":")
    return f"{int(hour):02}:{minute or '00'}"


_ANY_DAY: Final = ("daily", "dagelijks", "day", "dag", "at", "om")
_LIKE_CLOCK: Final = re.compile(r"\d{1,3}[:.]\d{1,3}")
_LOOSE: Final = re.compile(
    r"(?:(?:on |op |every |each |elke |next )?([a-z]+),? +)?(?:at |om )?"
    r"(\d{1,2})(?:[:.h](\d\d))? ?(am|pm|uur|u|h|o['’]clock)?"
)
_TURNED: Final = re.compile(r"([a-z_]+(?:\.[a-z_]+)+) ?(minus|-|less|before|plus|\+|after) ?(\d+ (?:business )?[a-z]+)")
_TIME_OF_DAY: Final = re.compile(r"(?:0?[6-9]|1\d|2[0-3]):[0-5]\d")
_TWO: Final = re.compile(r"(.+?),? (?:and then |then |and )?((?:until |at )?(?:[a-z]+day )?\d{1,2}:\d\d|until .+)")
"""`1 week until monday 09:00`"""
_SIDE_ALONE: Final = re.compile(r"(before|after) +((?:[A-Za-z_]\w*\.)+[\w-]+)")
_CLOCK_FIRST: Final = re.compile(
    r"(?P<clock>\d{1,2}(?:[:.h]\d\d)? ?(?:am|pm|uur|u|h|o'clock)?),? +(?P<day>(?:on )?[a-z]+)"
)
_NO_SIDE: Final = re.compile(
    r"(?P<time>\d+ (?:business )?[a-z]+)(?: (?P<words>[a-z]+(?: [a-z]+)?))? (?P<date>[a-z_]+(?:\.[a-z_]+)+)"
)
_SIDES: Final = {"from": "after", "past": "after", "following": "after", "since": "after", "na": "after"}
"""Other words for it; the rest of them is “before”."""


def _meant(text: str) -> str | None:
    """The moment that was probably meant, where it is written in another way; None: it is one, or nobody can tell."""
    said = text.lower().strip()
    if (bare := " ".join(re.sub("[\"“”‘]|['’](?!clock)", " ", said).split())) != said:
        return _meant(bare) or bare
    if (found := _CLOCK_FIRST.fullmatch(said)) and nearest(found["day"].removeprefix("on "), WEEKDAYS):
        turned = f"{found['day']} {found['clock']}"
        return _meant(turned) or turned
    if found := _NO_SIDE.fullmatch(said):
        time, words, date = found.groups()
        if words is None:
            return f"{time} before {date} — or {time} after {date}"
        return f"{time} {_SIDES.get(words.split()[0], 'before')} {date}"
    if found := _TURNED.fullmatch(said):
        side = "after" if found[2] in ("plus", "+", "after") else "before"
        return f"{found[3]} {side} {found[1]}"
    found = _LOOSE.fullmatch(said)
    if found is None:
        return None
    name, hour, minute, half = found.groups()
    name = None if name in _ANY_DAY else name
    begins = [day for day in WEEKDAYS if name and day[0] == name[0]]
    day = (nearest(name, begins) or nearest(name, WEEKDAYS)) if name else None  # “munday” is no “sunday”
    number = int(hour) % 12 + (12 if half == "pm" else 0) if half in ("am", "pm") else int(hour)
    if number > 23 or (name and day is None):
        return None
    near = f"{day} " * bool(day) + f"{number:02}:{minute or '00'}"
    *before, clock = said.split()
    plain = CLOCK.fullmatch(clock) is not None and before == [day] * bool(day)
    return None if plain else near


def _with_until(refused: str, text: str) -> str:
    """What is wrong with a moment that comes round, for a wait: `write: until monday 09:00`."""
    days = [word for word in re.findall("[a-z]+", text.lower()) if word in WEEKDAYS]
    if len(days) > 1:
        time = next((word for word in text.lower().split() if CLOCK.fullmatch(word)), "09:00")
        return f"“{text}” is several moments, and a wait ends once; write one: until {days[0]} {time}"
    said, sign, right = refused.rpartition(": ")
    return f"{said}{sign}until {right.replace(' — or ', ' — or until ')}"


def _with_time(side: re.Match[str], until: str = "") -> str:
    """`before lead.contract_end`, with how long before, and without."""
    return f"{until}1 day {side[1]} {side[2]} — or {until}{side[2]}"
