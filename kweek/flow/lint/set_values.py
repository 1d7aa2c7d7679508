"""Can a field be set to this text? What is wrong with it, and what the author meant by it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from kweek.flow.conditions.schema import FieldType, fits
from kweek.flow.duration import NUMBERS
from kweek.flow.meant import meant
from kweek.flow.problems import nearest

_DAY: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_ADDS: Final = re.compile(r"\+ ?[\d.]+|(?:plus|minus|[+-]=) ?[\w.]+|.*\w ?[+*/] ?\w.*|.*\w - \w.*", re.IGNORECASE)
_BRACED: Final = re.compile(r"\{\{ *(event\.[a-z_]+) *\}\}")
_EXAMPLES: Final = {"number": "3", "date": "2026-12-31, or today", "moment": "today", "yes/no": "true or false"}


def unfit_value(field: str, kind: FieldType, said: str) -> tuple[str, str] | None:
    """What is wrong with `said`, and the fix. None: the field can hold it."""
    dated = kind.kind in ("date", "moment", "any")
    if dated if said == "today" else fits(kind, said):
        return None
    if said == "today":
        return f"{field} is {kind}, “today” is a date", f"Write {_EXAMPLES.get(kind.kind, 'a text')}"
    if braced := _BRACED.fullmatch(said):
        return "A field stands in set by itself, without braces", f"Write {field}: {braced[1]}"
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
