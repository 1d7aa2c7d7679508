"""Is it a number, a day, an address? Turns what a sender wrote into typed values, and collects what is wrong.

Every fault names its field and says in a sentence what would be right; all of them are reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Final, cast

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from kweek.flow.state import Value
from kweek.intake.incoming import BadEventError, Fault

LONGEST_TEXT: Final = 2_000
LONGEST_OF_EVENT: Final = 20_000  # a text among its data: a letter that somebody wrote, whole
LARGEST_NUMBER: Final = 10**15
LONGEST: Final = {"id": 200, "external_id": 200, "by": 200, "words": 4_000}
OF_COMPANY: Final = ("name", "country", "legal_form", "sector", "size", "parent")
LONGEST_AT: Final = {
    "lead.company": 200, **{f"company.{name}": 200 for name in OF_COMPANY}, "reason": 200, "phone_words": 4_000,
}  # fmt: skip
"""By the end of the path: elsewhere the same name may be that of a field of the workspace's own."""
YEARS: Final = range(1900, 2200)
"""Of days: what lies before or after is a slip."""
_YEARS: Final = range(1971, 9000)
_NAMES: Final = ("id", "external_id", "by")
_NOWHERE: Final[Mapping[str, str]] = {}
_NO_SUCH_DAY: Final = "there is no such day"
TOO_LONG: Final = "this is too long: {has} characters, at most {most}"
_WRITTEN_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_FICTION: Final = re.compile(r"\+44(7700900|1632960)[0-9]{3}|\+3363998[0-9]{4}|\+3532091[0-9]{5}|\+322123[0-9]{4}")
"""Numbers of nobody: what Ofcom, Arcep and ComReg set aside for examples (those of other countries count as numbers),
and +32 2 123, with which no Belgian number begins: the demo's."""


@dataclass(slots=True)
class Checker:
    """One reading of one message. Ask for its values, then `done()`. what: the word for what is read."""

    what: str = "event"
    faults: list[Fault] = field(default_factory=list[Fault])

    def done(self) -> None:
        """BadEventError lists all that was found."""
        if self.faults:
            raise BadEventError(self.faults, self.what)

    def typed(self, raw: object, path: str, types: Mapping[str, str]) -> dict[str, Value]:
        """Typed facts; moments in UTC. What is missing is left out."""
        body = self.object({} if raw is None else raw, path, tuple(types))
        values = {key: self.value(body[key], f"{path}.{key}", types[key]) for key in types if key in body}
        return {key: value for key, value in values.items() if value is not None}

    def value(self, raw: object, path: str, kind: str) -> Value:
        if raw is None:
            return None
        match kind:
            case "number":
                return self.number(raw, path)
            case "yes/no":
                return self.truth(raw, path)
            case "date":
                return self.date(raw, path)
            case "moment":
                return self.moment(raw, path)
            case _:
                return self.text(raw, path)

    def object(
        self, raw: object, path: str, keys: tuple[str, ...], elsewhere: Mapping[str, str] = _NOWHERE
    ) -> Mapping[str, object]:
        """elsewhere: key that people write here → where it belongs."""
        if not isinstance(raw, Mapping):
            self.fault(path or self.what, "this must be an object, { … }" if raw is not None else "this is missing")
            return {}
        body = cast("Mapping[str, object]", raw)
        for key in body:
            if key not in keys:
                where = f"{path}.{shown(key)}" if path else shown(key)
                meant = f"; did you mean “{elsewhere[key]}”?" if key in elsewhere else nearest(key, keys)
                self.fault(where, f"there is no such field{meant}")
        return body

    def text(self, raw: object, path: str, *, required: bool = False, most: int | None = None) -> str | None:
        """most: characters, where it is not as anywhere (`longest_of`)."""
        if raw is not None and not isinstance(raw, str):
            self.fault(path, "this must be text")
            return None
        if raw is None or not raw.strip():
            if required:
                self.fault(path, "this is missing")
            return None
        name = path.rsplit(".", 1)[-1]
        longest = most or longest_of(path)
        if len(raw) > longest:
            self.fault(path, TOO_LONG, has=len(raw), most=longest)
        elif not printable(raw):
            self.fault(path, "this holds characters that no text has")
        elif name in _NAMES and not raw.isprintable():
            self.fault(path, "this holds a line break, a tab or the like, which no name or id has")
        else:
            return raw.strip()
        return None

    def number(self, raw: object, path: str) -> int | float | None:
        if isinstance(raw, str):
            try:
                raw = float(raw) if "." in raw else int(raw)
            except ValueError:
                raw = None
        largest = LARGEST_NUMBER
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not -largest <= raw <= largest:  # nor NaN
            self.fault(path, "this must be a number")
            return None
        return raw

    def truth(self, raw: object, path: str) -> bool | None:
        named: dict[object, bool] = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}
        if not isinstance(raw, bool | str) or raw not in named:
            self.fault(path, "this must be true or false")
            return None
        return named[raw]

    def date(self, raw: object, path: str) -> date | None:
        try:
            day = date.fromisoformat(raw if isinstance(raw, str) else "")
        except ValueError:
            self.fault(path, _NO_SUCH_DAY if _is_no_day(raw) else "this must be a date: 2026-03-02")
            return None
        if day.year not in YEARS:
            sentence = "the year {year} cannot be meant; days go from {first} to {last}"
            self.fault(path, sentence, year=str(day.year), first=str(YEARS[0]), last=str(YEARS[-1]))
            return None
        return day

    def moment(self, raw: object, path: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(raw if isinstance(raw, str) else "")
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            right = "this must be a moment with its offset: 2026-03-02T09:00:00+01:00"
            self.fault(path, _NO_SUCH_DAY if _is_no_day(raw) else right)
            return None
        if moment.year not in _YEARS:
            sentence = "the year {year} cannot be meant; moments go from {first} to {last}"
            self.fault(path, sentence, year=str(moment.year), first=str(_YEARS[0]), last=str(_YEARS[-1]))
            return None
        return moment.astimezone(UTC)

    def email(self, raw: object, path: str) -> str | None:
        text = self.text(raw, path)
        if text is None:
            return None
        try:
            # strict: no more than 64 characters before the @ (RFC 5321, 4.5.3.1.1)
            return validate_email(text, check_deliverability=False, test_environment=True, strict=True).normalized
        except EmailNotValidError:
            self.fault(path, "this is not an e-mail address: name@example.com")
            return None

    def phone(self, raw: str, country: str | None) -> str | None:
        try:
            number = phonenumbers.parse(raw, country)
        except phonenumbers.NumberParseException:
            number = None
        if number is not None:
            written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            if phonenumbers.is_valid_number(number) or _FICTION.fullmatch(written):
                return written
        self.fault("lead.phone", "this is not a telephone number; write it with its country: +31 20 123 4567")
        return None

    def fault(self, path: str, sentence: str, **values: object) -> None:
        """values: what goes into the places of the sentence."""
        if len(self.faults) < 50:
            self.faults.append(Fault(path, sentence, values))


def longest_of(path: str) -> int:
    """Characters of a text there, whoever writes it: a program, a form, a file or a colleague."""
    parts = path.split(".")
    usual = LONGEST_OF_EVENT if parts[0] == "data" else LONGEST_TEXT
    return LONGEST_AT.get(".".join(parts[-2:]), LONGEST.get(parts[-1], usual))


def _is_no_day(raw: object) -> bool:
    """Is it written as a day, or begins with one, that no calendar has: 2026-11-31?"""
    written = _WRITTEN_DAY.match(raw) if isinstance(raw, str) else None
    try:
        _ = date.fromisoformat(written[0]) if written else None
    except ValueError:
        return True
    return False


def printable(text: str) -> bool:
    """No lone surrogates (no encoding holds them), no NUL (PostgreSQL has none), no control characters."""
    return re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text) is None


def shown(key: str) -> str:
    """A key as a sentence may repeat it."""
    return key[:60] if printable(key) else "?"


def nearest(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    near = near_to(word, known)
    return f"; did you mean “{near}”?" if near else ""


def near_to(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str | None:
    return next(iter(get_close_matches(word[:60], list(known), 1)), None)
