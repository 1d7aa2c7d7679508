"""Who is it, and what is said of that person? Profile, company and permissions, as someone wrote them, typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast
from zoneinfo import available_timezones

import phonenumbers

from kweek.flow.load.languages import is_language
from kweek.intake.countries import read_country
from kweek.intake.incoming import OWN_COLUMNS, CompanyIn, ConsentIn, LeadIn
from kweek.intake.sources import OF_SOURCE
from kweek.intake.values import OF_COMPANY, Checker, near_to, nearest
from kweek.leads.bant import Found
from kweek.leads.calling import LEGAL_FORMS, legal_form
from kweek.rules.said import FactType, FactTypes

AHEAD: Final = timedelta(minutes=5)
MOST_CONSENTS: Final = 20
NO_TEXT: Final = "an empty text says nothing; write null to take away what is known, or leave it out"
CHANNELS: Final = ("email", "telephone", "open tracking", "click tracking")
COMPANY_KEYS: Final = OF_COMPANY
LEAD_KEYS: Final = ("email", "external_id", "company", *OWN_COLUMNS, "consents", "bant")
CONSENT_KEYS: Final = ("channel", "purpose", "words", "words_version", "source", "proof", "at", "expires_at")
CONSENT_MUST: Final = ("channel", "words", "source")
LARGEST: Final = 10_000_000  # people at one company


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The workspace's words: event → its data's fields and their types; its own profile fields and theirs.

    flows: those that are published. purposes: what mails ask consent for; none: nobody knows yet. country: whose
    telephone numbers are written without it. facts: what can be found out of a lead. titles: profile field → what
    people call it, in whatever language.
    """

    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    flows: Callable[[], Collection[str]] = tuple[str, ...]
    purposes: Callable[[], Collection[str]] = tuple[str, ...]
    country: str | None = None
    facts: FactTypes = field(default_factory=FactTypes)
    titles: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])


class LeadChecker(Checker):
    def __init__(self, words: Vocabulary, now: datetime) -> None:
        super().__init__()
        self.words, self.now, self.at = words, now, now

    def lead(self, raw: object, *, known: bool = False) -> LeadIn:
        body = self.object(raw, "lead", (*LEAD_KEYS, *self.words.fields), OF_SOURCE)
        email = self.email(body.get("email"), "lead.email")
        external = self.text(body.get("external_id"), "lead.external_id")
        named = known or any(body.get(key) for key in ("email", "external_id"))
        if not named and isinstance(raw, Mapping):
            self.fault("lead", "say who it is: an email, an external_id or both")
        profile = {key: self.column(f"lead.{key}", body[key]) for key in OWN_COLUMNS if body.get(key) is not None}
        if profile.get("phone"):
            profile["phone"] = self.phone(profile["phone"] or "", profile.get("country") or self.words.country)
        own = {key: body[key] for key in self.words.fields if key in body}
        may_go = (*OWN_COLUMNS, "company", *self.words.fields)
        for key in may_go:
            if self.words.fields.get(key, "text") == "text" and _is_blank(body.get(key)):
                self.fault(f"lead.{key}", NO_TEXT)
        return LeadIn(
            email=email,
            external_id=external,
            company=self.company(body.get("company"), "lead.company"),
            profile={key: value for key, value in profile.items() if value is not None},
            fields=self.typed(own, "lead", self.words.fields),
            consents=self.consents(body.get("consents")),
            facts=self.facts(body.get("bant")),
            forgets=frozenset(key for key in may_go if key in body and body[key] is None),
        )

    def facts(self, raw: object) -> tuple[Found, ...]:
        """What a program knows of it: `{"budget": "reserved"}`."""
        types = self.words.facts.types
        body = self.object({} if raw is None else raw, "lead.bant", tuple(types))
        said = {name: self.fact_value(types[name], body[name], f"lead.bant.{name}") for name in types if name in body}
        return tuple(
            Found(name, value, "api", self.words.facts.expires(name, value, self.at))
            for name, value in said.items()
            if value is not None
        )

    def fact_value(self, fact: FactType, raw: object, path: str) -> str | int | float | bool | None:
        """One of its values; where it has none of its own, any text, number or yes and no."""
        if not fact.values and isinstance(raw, bool | int | float):
            return raw if isinstance(raw, bool) else self.number(raw, path)
        text = self.text(raw, path)
        if text is not None and fact.values and text not in fact.values:
            known = f"there are {', '.join(fact.values)}"
            self.fault(path, f"“{text[:60]}” is no value of {fact.name}{nearest(text, tuple(fact.values))}; {known}")
            return None
        return text

    def company(self, raw: object, path: str) -> CompanyIn | None:
        """Its name alone, or an object with what else is known of it."""
        if raw is None or isinstance(raw, str):
            name = self.text(raw, path)
            return None if name is None else CompanyIn(name)
        body = self.object(raw, path, COMPANY_KEYS)
        return CompanyIn(
            self.text(body.get("name"), f"{path}.name", required=True) or "",
            self.column(f"{path}.country", body.get("country")),
            self.legal_form(body.get("legal_form"), f"{path}.legal_form"),
            self.text(body.get("sector"), f"{path}.sector"),
            self.size(body.get("size"), f"{path}.size"),
            self.text(body.get("parent"), f"{path}.parent"),
        )

    def legal_form(self, raw: object, path: str) -> str | None:
        text = self.text(raw, path)
        if text is None:
            return None
        form = legal_form(text)
        if form is None:
            near, known = near_to(text.casefold(), LEGAL_FORMS), ", ".join(LEGAL_FORMS)
            meant = " did you mean “{near}”?" if near else ""
            sentence = f"“{{said}}” is no legal form known here;{meant} there are {{known}}"
            self.fault(path, sentence, said=text[:60], known=known, **({"near": near} if near else {}))
        return form

    def size(self, raw: object, path: str) -> int | None:
        """How many people work there."""
        number = None if raw in (None, "") else self.number(raw, path)
        if number is not None and (number != int(number) or not 0 <= number <= LARGEST):
            self.fault(path, "this must be a whole number of people")
            return None
        return None if number is None else int(number)

    def consents(self, raw: object) -> tuple[ConsentIn, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list) or len(cast("list[object]", raw)) > MOST_CONSENTS:
            self.fault("lead.consents", f"write a list of at most {MOST_CONSENTS} permissions")
            return ()
        return tuple(self.consent(one, f"lead.consents[{n}]") for n, one in enumerate(cast("list[object]", raw)))

    def consent(self, raw: object, path: str) -> ConsentIn:
        body = self.object(raw, path, CONSENT_KEYS)
        texts = {
            key: self.text(body.get(key), f"{path}.{key}", required=key in CONSENT_MUST)
            for key in ("channel", "purpose", "words", "words_version", "source", "proof")
        }
        channel = texts["channel"] or ""
        purpose = texts["purpose"] or ("" if channel == "email" else channel)  # only a mail asks for what it is
        if channel and channel not in CHANNELS:
            self.fault(f"{path}.channel", f"“{channel[:60]}” is none of {', '.join(CHANNELS)}")
        if channel == "email" and not purpose:
            self.fault(f"{path}.purpose", "this is missing")
        elif channel == "email":
            self.purpose(purpose, f"{path}.purpose")
        moments = {key: self.moment(body[key], f"{path}.{key}") for key in ("at", "expires_at") if body.get(key)}
        if (given := moments.get("at")) is not None and given > self.now + AHEAD:
            self.fault(f"{path}.at", "this moment has yet to come")
        if given is not None and (until := moments.get("expires_at")) is not None and until <= given:
            self.fault(f"{path}.expires_at", "this must be after `at`, when the permission was given")
        return ConsentIn(
            channel,
            purpose,
            texts["words"] or "",
            texts["source"] or "",
            texts["words_version"],
            texts["proof"],
            moments.get("at"),
            moments.get("expires_at"),
        )

    def purpose(self, purpose: str, path: str) -> None:
        """No mail asks for another one: whoever gave it would never hear of us, and nobody would know why."""
        known = tuple(sorted(self.words.purposes()))
        if known and purpose not in known:
            words = f"no mail asks consent for “{purpose[:60]}”{nearest(purpose, known)}; there are {', '.join(known)}"
            self.fault(path, words)

    def column(self, path: str, raw: object) -> str | None:
        text, name = self.text(raw, path), path.rpartition(".")[2]
        if text is None or name not in _SHAPES:
            return text
        shape, right, tidy = _SHAPES[name]
        if not shape(tidy(text)):
            self.fault(path, right)
            return None
        return tidy(text)


def _is_blank(raw: object) -> bool:
    return isinstance(raw, str) and not raw.strip()


def _is_language(text: str) -> bool:
    return re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", text) is not None and is_language(text.partition("-")[0])


_NO_COUNTRY: Final = "this is not a country: write its two letters, such as NL or BE"
_SHAPES: Final[Mapping[str, tuple[Callable[[str], bool], str, Callable[[str], str]]]] = {
    "language": (_is_language, "this is not a language: nl, en", str.lower),
    "country": (phonenumbers.SUPPORTED_REGIONS.__contains__, _NO_COUNTRY, read_country),
    "timezone": (available_timezones().__contains__, "this is not a time zone: Europe/Amsterdam", str.strip),
}
