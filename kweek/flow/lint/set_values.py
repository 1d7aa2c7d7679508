"""Can a field be set to this text? What is wrong with it, and what the author meant by it."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Final

from kweek.flow.conditions.schema import FieldType, fits
from kweek.flow.duration import NUMBERS
from kweek.flow.meant import meant
from kweek.flow.problems import nearest

_DAY: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_ADDS: Final = re.compile(r"\+ ?[\d.]+|(?:plus|minus|[+-]=) ?[\w.]+|.*\w ?[+*/] ?\w.*|.*\w - \w.*", re.IGNORECASE)
_BRACED: Final = re.compile(r"\{\{ *([\w.]*)")
_EXAMPLES: Final = {"number": "3", "date": "2026-12-31, or today", "moment": "today", "yes/no": "true or false"}


def unfit_value(field: str, kind: FieldType, said: str) -> tuple[str, str] | None:
    """What is wrong with `said`, and the fix. None: the field can hold it."""
    dated = kind.kind in ("date", "moment", "any")
    if dated if said == "today" else fits(kind, said):
        return None
    if said == "today":
        return f"{field} is {kind}, “today” is a date", f"Write {_EXAMPLES.get(kind.kind, 'a text')}"
    what = f"{field} is {kind}, “{said}” is not"
    match kind.kind:
        case "number" if _ADDS.fullmatch(said):
            return f"“{said}” is to be worked out, and set does not add", f"Write the number itself, such as {field}: 3"
        case "number" if (number := _number(said)) is not None:
            return what, f"Write {number}"
        case "date" | "moment" if nearest(said, ("today",)):
            return what, "Did you mean “today”?"
        case "yes/no" if truth := meant(said.lower(), ("true", "false")):
            return what, f"Write {field}: {truth}"
        case _:
            return what, f"Write {_day_meant(said) or _EXAMPLES.get(kind.kind, 'a text')}"


def field_meant(field: str, said: str, data: Collection[str], fields: Collection[str]) -> tuple[str, str, str] | None:
    """What, why and fix of a text that names a field though it would be set as it is. data: what the event carries."""
    braced = _BRACED.match(said)
    path = braced[1] if braced else said
    root, _, last = path.partition(".")
    if braced and root == "event":
        what, why = "A field of the event stands here without braces", "only words for people have them"
        return what, why, f"Write {field}: {path}"
    what = f"“{said}” would be set as it is typed here"
    if last in data and nearest(root, ("event",)) and root != "event":
        return what, f"the event of this flow carries “{last}”", f"Did you mean “event.{last}”?"
    if not braced and (path not in fields or root == "event"):
        return None
    own = ", ".join(f"event.{name}" for name in sorted(data))
    why = "set takes what the event carries, today, or the value itself"
    return what, why, f"Write the value itself{f', or one of: {own}' if own else ''}"


def _number(text: str) -> str | None:
    """`five`, `5 pieces`, `1.500` as it is written here. None: there is none, or it can be read in two ways."""
    if (word := NUMBERS.get(text.lower())) is not None:
        return str(word)
    found = re.findall(r"-?\d+(?:[.,]\d+)?", text)
    return found[0].replace(",", ".") if len(found) == 1 and not re.search(r"[.,]\d{3}\b", text) else None


def _day_meant(text: str) -> str | None:
    """`15-03-2027` as 2027-03-15."""
    found = _DAY.fullmatch(text)
    try:
        return None if found is None else date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return None
