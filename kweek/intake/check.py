"""Is it fit to be recorded? What a sender wrote (JSON or a form) becomes an Incoming, or a list of faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast
from zoneinfo import available_timezones

import phonenumbers

from kweek.intake.incoming import OWN_COLUMNS, ConsentIn, Incoming, LeadIn
from kweek.intake.values import Checker, nearest

AHEAD: Final = timedelta(minutes=5)
CHANNELS: Final = ("email", "telephone", "open tracking", "click tracking")
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
    return _EventChecker(words, now).event(raw)


def check_profile(raw: Mapping[str, object], words: Vocabulary, now: datetime) -> LeadIn:
    """Profile fields of a lead who is known already. BadEventError lists all that is wrong."""
    checker = _EventChecker(words, now)
    lead = checker.lead(raw, known=True)
    checker.done()
    return lead


class _EventChecker(Checker):
    def __init__(self, words: Vocabulary, now: datetime) -> None:
        super().__init__()
        self.words, self.now = words, now

    def event(self, raw: object) -> Incoming:
        body = self.object(raw, "", ("id", "type", "at", "lead", "data"))
        identifier = self.text(body.get("id"), "id", required=True) or ""
        if EFFECT_ID.fullmatch(identifier):
            self.fault("id", "ids of this shape are Kweek's own; send one of yours, a UUID for instance")
        kind = self.text(body.get("type"), "type", required=True) or ""
        known = {**self.words.events, **ENGINE_EVENTS}
        if kind and kind not in known:
            self.fault("type", f"no event is called “{kind}”{nearest(kind, known)}; rules/events.yaml lists them")
        at = self.now if body.get("at") is None else self.moment(body["at"], "at")
        if at is not None and at > self.now + AHEAD:
            self.fault("at", f"this moment has yet to come (it is {self.now:%Y-%m-%dT%H:%M:%SZ} here)")
        lead = self.lead(body.get("lead"))
        data = self.typed(body.get("data"), "data", known[kind]) if kind in known else {}
        if kind == "enrol" and not data.get("flow"):
            self.fault("data.flow", "say which flow the lead shall enter")
        self.done()
        return Incoming(identifier, kind, at or self.now, lead, data)

    def lead(self, raw: object, *, known: bool = False) -> LeadIn:
        body = self.object(raw, "lead", (*_LEAD_KEYS, *self.words.fields))
        email = self.email(body.get("email"), "lead.email")
        external = self.text(body.get("external_id"), "lead.external_id")
        named = known or any(body.get(key) for key in ("email", "external_id"))
        if not named and isinstance(raw, Mapping):
            self.fault("lead", "say who it is: an email, an external_id or both")
        profile = {key: self.column(key, body[key]) for key in OWN_COLUMNS if body.get(key) is not None}
        if profile.get("phone"):
            profile["phone"] = self.phone(profile["phone"] or "", profile.get("country"))
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

    def column(self, key: str, raw: object) -> str | None:
        text = self.text(raw, f"lead.{key}")
        if text is None or key not in _SHAPES:
            return text
        shape, right, tidy = _SHAPES[key]
        if not shape(tidy(text)):
            self.fault(f"lead.{key}", right)
            return None
        return tidy(text)


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
