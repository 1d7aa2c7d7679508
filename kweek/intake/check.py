"""Is it fit to be recorded? What a sender wrote (JSON or a form) becomes an Incoming, or a list of faults.

Every fault names its field and says in a sentence what would be right; all of them are reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from math import isfinite
from typing import Final, cast
from zoneinfo import available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from kweek.flow.state import Value
from kweek.intake.incoming import OWN_COLUMNS, BadEventError, ConsentIn, Fault, Incoming, LeadIn

AHEAD: Final = timedelta(minutes=5)
CHANNELS: Final = ("email", "telephone", "open tracking", "click tracking")
LONGEST: Final = {"id": 200, "external_id": 200, "words": 4_000}
ENGINE_EVENTS: Final[Mapping[str, Mapping[str, str]]] = {"enrol": {"flow": "text"}, "unsubscribed": {}}
EFFECT_ID: Final = re.compile(r"[^/]+-\d+/\d+(/.*)?", re.DOTALL)  # `<enrolment>/<n>…`: ids of our own making
_LEAD_KEYS: Final = ("email", "external_id", "company", *OWN_COLUMNS, "consents")
_CONSENT_KEYS: Final = ("channel", "purpose", "words", "words_version", "source", "proof", "at", "expires_at")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The workspace's words: event → its data's fields and their types; its own profile fields and theirs."""

    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    fields: Mapping[str, str] = field(default_factory=dict[str, str])


def check(raw: object, words: Vocabulary, now: datetime) -> Incoming:
    """One event as it was sent. BadEventError lists all that is wrong."""
    return _Check(words, now).event(raw)


@dataclass(slots=True)
class _Check:
    words: Vocabulary
    now: datetime
    faults: list[Fault] = field(default_factory=list[Fault])

    def event(self, raw: object) -> Incoming:
        body = self.object(raw, "", ("id", "type", "at", "lead", "data"))
        identifier = self.text(body.get("id"), "id", required=True) or ""
        if EFFECT_ID.fullmatch(identifier):
            self.fault("id", "ids of this shape are Kweek's own; send one of yours, a UUID for instance")
        kind = self.text(body.get("type"), "type", required=True) or ""
        known = {**self.words.events, **ENGINE_EVENTS}
        if kind and kind not in known:
            self.fault("type", f"no event is called “{kind}”{_nearest(kind, known)}; rules/events.yaml lists them")
        at = self.now if body.get("at") is None else self.moment(body["at"], "at")
        if at is not None and at > self.now + AHEAD:
            self.fault("at", f"this moment has yet to come (it is {self.now:%Y-%m-%dT%H:%M:%SZ} here)")
        lead = self.lead(body.get("lead"))
        data = self.typed(body.get("data"), "data", known.get(kind, {}))
        if kind == "enrol" and not data.get("flow"):
            self.fault("data.flow", "say which flow the lead shall enter")
        if self.faults:
            raise BadEventError(self.faults)
        return Incoming(identifier, kind, at or self.now, lead, data)

    def lead(self, raw: object) -> LeadIn:
        body = self.object(raw, "lead", (*_LEAD_KEYS, *self.words.fields))
        email = self.email(body.get("email"), "lead.email")
        external = self.text(body.get("external_id"), "lead.external_id")
        if raw is not None and not any(body.get(key) for key in ("email", "external_id")) and isinstance(raw, Mapping):
            self.fault("lead", "say who it is: an email, an external_id or both")
        profile = {key: self.column(key, body[key]) for key in OWN_COLUMNS if body.get(key) is not None}
        if profile.get("phone"):
            profile["phone"] = self.phone(profile["phone"] or "", profile.get("country") or "NL")
        own = {key: body[key] for key in self.words.fields if key in body}
        return LeadIn(
            email=email,
            external_id=external,
            company=self.text(body.get("company"), "lead.company"),
            profile={key: value for key, value in profile.items() if value is not None},
            fields=self.typed(own, "lead", self.words.fields),
            consents=self.consents(body.get("consents")),
        )

    def consents(self, raw: object) -> tuple[ConsentIn, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list) or len(cast("list[object]", raw)) > 20:
            self.fault("lead.consents", "write a list of at most 20 permissions")
            return ()
        return tuple(self.consent(one, f"lead.consents[{n}]") for n, one in enumerate(cast("list[object]", raw)))

    def consent(self, raw: object, path: str) -> ConsentIn:
        body = self.object(raw, path, _CONSENT_KEYS)
        texts = {
            key: self.text(body.get(key), f"{path}.{key}", required=key in ("channel", "purpose", "words", "source"))
            for key in ("channel", "purpose", "words", "words_version", "source", "proof")
        }
        channel = texts["channel"] or ""
        if channel and channel not in CHANNELS:
            self.fault(f"{path}.channel", f"“{channel}” is none of {', '.join(CHANNELS)}")
        moments = {key: self.moment(body[key], f"{path}.{key}") for key in ("at", "expires_at") if body.get(key)}
        if (given := moments.get("at")) is not None and given > self.now + AHEAD:
            self.fault(f"{path}.at", "this moment has yet to come")
        return ConsentIn(
            channel,
            texts["purpose"] or "",
            texts["words"] or "",
            texts["source"] or "",
            texts["words_version"],
            texts["proof"],
            moments.get("at"),
            moments.get("expires_at"),
        )

    # --- kinds of values ----------------------------------------------------------------------------

    def typed(self, raw: object, path: str, types: Mapping[str, str]) -> dict[str, Value]:
        """Typed facts; dates and moments stay text (ISO 8601, moments in UTC), as the database keeps them."""
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
                day = self.date(raw, path)
                return None if day is None else day.isoformat()
            case "moment":
                moment = self.moment(raw, path)
                return None if moment is None else moment.isoformat()
            case _:
                return self.text(raw, path)

    def object(self, raw: object, path: str, keys: tuple[str, ...]) -> Mapping[str, object]:
        if not isinstance(raw, Mapping):
            self.fault(path or "event", "this must be an object, { … }" if raw is not None else "this is missing")
            return {}
        body = cast("Mapping[str, object]", raw)
        for key in body:
            if key not in keys:
                where = f"{path}.{_shown(key)}" if path else _shown(key)
                self.fault(where, f"there is no such field{_nearest(key, keys)}")
        return body

    def text(self, raw: object, path: str, *, required: bool = False) -> str | None:
        if raw is None or raw == "":
            if required:
                self.fault(path, "this is missing")
            return None
        if not isinstance(raw, str):
            self.fault(path, "this must be text")
            return None
        longest = LONGEST.get(path.rsplit(".", 1)[-1], 2_000)
        if len(raw) > longest:
            self.fault(path, f"this is too long: {len(raw)} characters, at most {longest}")
        elif not _printable(raw):
            self.fault(path, "this holds characters that no text has")
        else:
            return raw.strip() or None
        return None

    def number(self, raw: object, path: str) -> int | float | None:
        if isinstance(raw, str):
            try:
                raw = float(raw) if "." in raw else int(raw)
            except ValueError:
                raw = None
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not isfinite(raw) or abs(raw) > 1e15:
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
            return date.fromisoformat(raw if isinstance(raw, str) else "")
        except ValueError:
            self.fault(path, "this must be a date: 2026-03-02")
            return None

    def moment(self, raw: object, path: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(raw if isinstance(raw, str) else "")
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not 1970 < moment.year < 9000:
            self.fault(path, "this must be a moment with its offset: 2026-03-02T09:00:00+01:00")
            return None
        return moment.astimezone(UTC)

    def email(self, raw: object, path: str) -> str | None:
        text = self.text(raw, path)
        if text is None:
            return None
        try:
            return validate_email(text, check_deliverability=False, test_environment=True).normalized
        except EmailNotValidError:
            self.fault(path, "this is not an e-mail address: name@example.com")
            return None

    def phone(self, raw: str, country: str) -> str | None:
        try:
            number = phonenumbers.parse(raw, country)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            self.fault("lead.phone", "this is not a telephone number: +31 20 123 4567")
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def column(self, key: str, raw: object) -> str | None:
        text = self.text(raw, f"lead.{key}")
        if text is None or key not in _SHAPES:
            return text
        shape, right, tidy = _SHAPES[key]
        if not shape(tidy(text)):
            self.fault(f"lead.{key}", right)
            return None
        return tidy(text)

    def fault(self, path: str, words: str) -> None:
        if len(self.faults) < 50:
            self.faults.append(Fault(path, words))


def _is_language(text: str) -> bool:
    return re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", text) is not None


_SHAPES: Final[Mapping[str, tuple[Callable[[str], bool], str, Callable[[str], str]]]] = {
    "language": (_is_language, "this is not a language: nl, en", str.lower),
    "country": (phonenumbers.SUPPORTED_REGIONS.__contains__, "this is not a country: NL, BE", str.upper),
    "timezone": (available_timezones().__contains__, "this is not a time zone: Europe/Amsterdam", str.strip),
}


def email_key(address: str) -> str:
    """The same mailbox, the same key: case never tells two people apart in practice."""
    return address.casefold()


def _printable(text: str) -> bool:
    """No lone surrogates (no encoding holds them), no NUL (PostgreSQL has none), no control characters."""
    return re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text) is None


def _shown(key: str) -> str:
    return key[:60] if _printable(key) else "?"


def _nearest(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    near = get_close_matches(word[:60], list(known), 1)
    return f"; did you mean “{near[0]}”?" if near else ""
