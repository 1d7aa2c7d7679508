"""What may a condition name, and what does each field hold?"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from kweek.flow.conditions.shape import Kind
from kweek.flow.problems import did_you_mean
from kweek.flow.state import Value


class FieldType(Struct, frozen=True):
    """What a field holds. choices: the only values there are (empty: any). known: every lead has one. least, most: no
    number is smaller, none is larger. titles: what people read for a choice, in small letters → the choice."""

    kind: Kind
    choices: tuple[str, ...] = ()
    known: bool = False
    least: int | None = None
    most: int | None = None
    titles: Mapping[str, str] = {}

    def holds(self, number: float) -> bool:
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        return {"yes/no": "a yes or no", "several": "several answers"}.get(self.kind, f"a {self.kind}")


class Schema(Struct, frozen=True):
    """What a condition may name. mails: each with the names of its links. sent: the mails of the flow in which it
    stands, the likeliest last. asked: the surveys of that flow, by mail or by call. own: the survey of which one
    question asks it."""

    fields: Mapping[str, FieldType]
    events: Collection[str] = ()
    mails: Mapping[str, Collection[str]] = {}
    sent: Sequence[str] = ()
    asked: Collection[str] = ()
    own: str = ""


def dates_of(fields: Mapping[str, FieldType]) -> list[str]:
    """Those that are a date or a moment; last, those that only a lead has whom sales gave back."""
    dates = [name for name, kind in fields.items() if kind.kind in ("date", "moment")]
    return sorted(dates, key=lambda name: name.startswith("handover."))


def fits(kind: FieldType, text: str) -> bool:
    """Can the text be a value of this type?"""
    match kind.kind:
        case "number":
            return text.removeprefix("-").replace(".", "", 1).isdecimal()
        case "date" | "moment":
            return is_date(text)
        case "yes/no":
            return text in ("true", "false")
        case _:
            return not kind.choices or text in kind.choices


def is_date(text: str) -> bool:
    try:
        date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def parse_value(text: str, kind: FieldType) -> Value:
    """A text as the type that its field has. ValueError says what would be one."""
    if kind.choices and text not in kind.choices:
        raise ValueError(f"“{text}” is not one of its values; {did_you_mean(text, kind.choices)}")
    try:
        match kind.kind:
            case "number":
                return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
            case "date":
                return date.fromisoformat(text)
            case "moment":
                moment = datetime.fromisoformat(text)
                if moment.tzinfo is None:
                    raise ValueError
                return moment
            case "yes/no" if text not in ("true", "false"):
                raise ValueError
            case "yes/no" | "any" if text in ("true", "false"):
                return text == "true"
            case _:
                return text
    except ValueError:
        example = {"number": "120", "date": "2026-09-01", "moment": "2026-09-01T10:00+02:00", "yes/no": "true"}
        raise ValueError(f"“{text}” is not {kind}; write {_meant(text, kind) or example[kind.kind]}") from None


def _meant(text: str, kind: FieldType) -> str | None:
    """The value of this type that the author wrote in his own way: `800 euro`, `1 March 2026`, `yes`."""
    from kweek.flow.conditions.dates import date_meant  # only when somebody mistyped
    from kweek.flow.conditions.units import amount_in
    from kweek.flow.meant import meant

    match kind.kind:
        case "number":
            return amount_in(text)
        case "date":
            return date_meant(text)
        case "yes/no":
            return meant(text.lower().strip(), ("true", "false"))
        case _:
            return None
