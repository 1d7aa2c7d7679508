"""What is known of the people in these rows already, and what would a row change? The same for trying and for doing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, select

from kweek.intake.check import email_key
from kweek.intake.companies import name_key
from kweek.intake.incoming import OWN_COLUMNS, CompanyIn, LeadIn
from kweek.leads.replaced import who_had
from kweek.leads.tables import companies, leads
from kweek.leads.traits import kept

Facts = dict[str, object]
"""What is known of a lead, by name; `company` is a name, and what is not known is not there."""
Changes = dict[str, tuple[object, object]]
"""What it was, and what it is."""

COLUMNS: Final = ("email", "external_id", *OWN_COLUMNS)
OF_COMPANY: Final = ("country", "legal_form", "sector", "size")

_PEOPLE: Final = select(
    leads,
    companies.c.name.label("company_name"),
    companies.c.name_key,
    *(companies.c[name].label(f"company_{name}") for name in OF_COMPANY),
).join_from(leads, companies, companies.c.id == leads.c.company_id, isouter=True)


def _among(query: Select[Any], column: Any) -> Select[Any]:
    return query.where(column.in_(bindparam("keys", expanding=True)))


_BY_ID: Final = _among(_PEOPLE, leads.c.id)
_BY_EMAIL: Final = _among(_PEOPLE, leads.c.email_key)
_BY_EXTERNAL: Final = _among(_PEOPLE, leads.c.external_id)
_COMPANIES: Final = _among(select(companies), companies.c.name_key)


@dataclass(slots=True)
class Person:
    """id: of the lead; None: it is not made yet. row: of the file, in which it came first."""

    id: str | None
    facts: Facts = field(default_factory=Facts)
    company_id: str | None = None
    row: int | None = None


@dataclass(slots=True)
class Book:
    """Who is known, as far as somebody asked. by_earlier: by an address that it had. companies: what is known of each,
    by its key."""

    by_id: dict[str, Person] = field(default_factory=dict[str, Person])
    by_email: dict[str, Person] = field(default_factory=dict[str, Person])
    by_external: dict[str, Person] = field(default_factory=dict[str, Person])
    by_earlier: dict[str, Person] = field(default_factory=dict[str, Person])
    companies: dict[str, Facts] = field(default_factory=dict[str, Facts])

    def look_up(self, read: Connection, said: Sequence[LeadIn]) -> None:
        """Read who may be meant, and is not known here yet."""
        emails = {email_key(one.email) for one in said if one.email} - self.by_email.keys() - self.by_earlier.keys()
        ids = {one.external_id for one in said if one.external_id} - self.by_external.keys()
        ours = {one.id for one in said if one.id} - self.by_id.keys()
        rows = [*_found(read, _BY_EMAIL, emails), *_found(read, _BY_EXTERNAL, ids), *_found(read, _BY_ID, ours)]
        seen = (*self.by_email.values(), *self.by_external.values(), *self.by_id.values())
        people = {person.id: person for person in seen}
        for row, lives in _merged(read, rows):
            if lives.name_key is not None:
                self.companies.setdefault(lives.name_key, _company(lives, "company_"))
            person = people.setdefault(lives.id, person_of(lives))
            self.add(person)
            self.by_id[row.id] = person
            if row.email_key is not None:
                self.by_email.setdefault(row.email_key, person)
            if row.external_id is not None:
                self.by_external.setdefault(row.external_id, person)
        had = who_had(read, emails - self.by_email.keys())
        earlier = people | {person.id: person for person in people_by_id(read, sorted(set(had.values()))).values()}
        self.by_earlier |= {key: earlier[lead_id] for key, lead_id in had.items()}
        named = {name_key(one.company.name) for one in said if one.company} - self.companies.keys()
        for row in _found(read, _COMPANIES, named):
            self.companies[row.name_key] = _company(row, "")

    def find(self, said: LeadIn) -> Person | None:
        """Our id decides, then the sender's, then the address, then one that somebody had: as `people.find_or_make`."""
        by_id = self.by_id.get(said.id) if said.id else None
        by_id = by_id or (self.by_external.get(said.external_id) if said.external_id else None)
        return by_id or (self.by_email.get(email_key(said.email)) if said.email else None) or self._by_earlier(said)

    def _by_earlier(self, said: LeadIn) -> Person | None:
        person = self.by_earlier.get(email_key(said.email)) if said.email else None
        other = said.external_id is not None and person is not None and person.facts.get("external_id") is not None
        return None if other else person

    def add(self, person: Person) -> None:
        """Known from now on by what it has."""
        if email := person.facts.get("email"):
            self.by_email.setdefault(email_key(str(email)), person)
        if external := person.facts.get("external_id"):
            self.by_external.setdefault(str(external), person)

    def take(self, person: Person, said: LeadIn) -> Changes:
        """Have the person know what the row says, as `enriching.enrich` would; what does it change?"""
        before = dict(person.facts)
        person.facts |= self._told(person, said)
        if (had := before.get("email")) is not None and had != person.facts["email"]:
            self.by_earlier[email_key(str(had))] = self.by_email.pop(email_key(str(had)), person)
        self.add(person)
        details = {f"company.{name}": pair for name, pair in self.tell_company(said).items()}
        return changes(before, person.facts) | details

    def company(self, said: LeadIn) -> Facts:
        """What is known of the company that it names."""
        return {} if said.company is None else self.companies.get(name_key(said.company.name), {})

    def tell_company(self, said: LeadIn) -> Changes:
        """Have its company be as the row says; what does it change?"""
        if said.company is None:
            return {}
        details = self.companies.setdefault(name_key(said.company.name), {})
        changed = changes(details, details | _said_of(said.company))
        details |= _said_of(said.company)
        return changed

    def _told(self, person: Person, said: LeadIn) -> Facts:
        known = person.facts
        told: Facts = {**said.profile, **{name: kept(value) for name, value in said.fields.items()}}
        if said.company is not None and _other_company(known.get("company"), said.company.name):
            told["company"] = said.company.name
        if said.external_id is not None and known.get("external_id") is None:
            told["external_id"] = said.external_id
        key = None if said.email is None else email_key(said.email)
        only_found_by_it = said.external_id is None and self.by_earlier.get(key or "") is person
        if key is not None and self.by_email.get(key) is None and not only_found_by_it:
            told["email"] = said.email
        return told


def people_by_id(read: Connection, ids: Sequence[str]) -> Mapping[str, Person]:
    return {row.id: person_of(row) for row in _found(read, _BY_ID, ids)}


def person_of(row: Row[Any]) -> Person:
    facts: Facts = {name: value for name in COLUMNS if (value := getattr(row, name)) is not None}
    facts |= {name: value for name, value in row.fields.items() if value is not None}
    if row.company_name is not None:
        facts["company"] = row.company_name
    return Person(row.id, facts, row.company_id)


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> Changes:
    names = dict.fromkeys((*before, *after))
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def said_again(said: LeadIn, known: Mapping[str, object], company: Mapping[str, object]) -> frozenset[str]:
    """The names of what is known so already. company: what is known of the one that it names."""
    told: Facts = {**said.profile, **{name: kept(value) for name, value in said.fields.items()}}
    told["external_id"] = said.external_id
    same = {name for name, value in told.items() if value is not None and known.get(name) == value}
    if said.email is not None and email_key(said.email) == email_key(str(known.get("email") or "")):
        same.add("email")
    if said.company is not None:
        same |= {f"company.{name}" for name, value in _said_of(said.company).items() if company.get(name) == value}
        same |= set() if _other_company(known.get("company"), said.company.name) else {"company"}
    return frozenset(same)


def only_new(said: LeadIn, known: Mapping[str, object], company: Mapping[str, object]) -> LeadIn:
    """Without what would take the place of something: where what is known counts. company: what is known of the one
    that the row names."""
    at = said.company
    if at is not None and known.get("company") is not None and _other_company(known.get("company"), at.name):
        at = None
    if at is not None:
        at = replace(
            at,
            country=None if "country" in company else at.country,
            legal_form=None if "legal_form" in company else at.legal_form,
            sector=None if "sector" in company else at.sector,
            size=None if "size" in company else at.size,
        )
    return replace(
        said,
        company=at,
        email=said.email if known.get("email") is None else None,
        profile={name: value for name, value in said.profile.items() if known.get(name) is None},
        fields={name: value for name, value in said.fields.items() if known.get(name) is None},
    )


def _other_company(known: object, said: str) -> bool:
    return known is None or name_key(str(known)) != name_key(said)


def _said_of(company: CompanyIn) -> Facts:
    return {name: value for name in OF_COMPANY if (value := getattr(company, name)) is not None}


def _merged(read: Connection, rows: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], Row[Any]]]:
    """Each, with the one that goes on in its place."""
    lives = {row.id: row for row in rows}
    while gone := {row.merged_into for row in lives.values() if row.merged_into} - lives.keys():
        lives |= {row.id: row for row in _found(read, _BY_ID, gone)}
    for row in rows:
        last = row
        while last.merged_into in lives:
            last = lives[last.merged_into]
        yield row, last


def _company(row: Row[Any], prefix: str) -> Facts:
    return {name: value for name in OF_COMPANY if (value := getattr(row, f"{prefix}{name}")) is not None}


def _found(read: Connection, query: Select[Any], keys: Sequence[str] | set[str]) -> Sequence[Row[Any]]:
    return read.execute(query, {"keys": list(keys)}).all() if keys else ()
