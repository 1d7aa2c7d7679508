"""Who is new, of many at once? Made together with all that is said of them: one by one, each would be ten queries.

As `people.find_or_make` and `people.enrich` would, for leads of whom nothing is known.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from kweek.intake.check import email_key
from kweek.intake.companies import name_key
from kweek.intake.incoming import CompanyIn, LeadIn
from kweek.leads.rows import insert_all_once
from kweek.leads.tables import companies, consents, leads
from kweek.leads.traits import kept

_COMPANIES: Final = select(companies.c.name_key, companies.c.id).where(
    companies.c.name_key.in_(bindparam("keys", expanding=True))
)
_MADE: Final = select(leads.c.id).where(leads.c.id.in_(bindparam("leads", expanding=True)))


def make_all(tx: Connection, newcomers: Sequence[LeadIn], now: datetime) -> list[str | None]:
    """Their ids, in order; None: somebody else made this one meanwhile, and nothing was written for it here."""
    if not newcomers:
        return []
    at = _employers(tx, [one.company for one in newcomers if one.company is not None])
    ids = [secrets.token_hex(8) for _ in newcomers]
    rows = [_row(lead_id, one, at, now) for lead_id, one in zip(ids, newcomers, strict=True)]
    insert_all_once(tx, leads, rows)
    made = set(tx.execute(_MADE, {"leads": ids}).scalars())
    given = [
        {
            "lead_id": lead_id, "channel": consent.channel, "purpose": consent.purpose, "words": consent.words,
            "words_version": consent.words_version, "source": consent.source, "proof": consent.proof,
            "at": consent.at or now, "expires_at": consent.expires_at,
        }
        for lead_id, one in zip(ids, newcomers, strict=True)
        if lead_id in made
        for consent in one.consents
    ]  # fmt: skip
    if given:
        tx.execute(insert(consents), given)
    return [lead_id if lead_id in made else None for lead_id in ids]


def _row(lead_id: str, one: LeadIn, at: Mapping[str, str], now: datetime) -> dict[str, object]:
    own = {name: kept(value) for name, value in one.fields.items()}
    return {
        "id": lead_id,
        "email": one.email,
        "email_key": None if one.email is None else email_key(one.email),
        "external_id": one.external_id,
        "company_id": None if one.company is None else at[name_key(one.company.name)],
        "created_at": now,
        "stage": "suspect",
        "fields": {name: value for name, value in own.items() if value is not None},
        **{name: one.profile.get(name) for name in _PROFILE},
    }


_PROFILE: Final = ("name", "first_name", "last_name", "phone", "job_title", "language", "country", "timezone")


def _employers(tx: Connection, named: Iterable[CompanyIn]) -> Mapping[str, str]:
    """Their companies, made where they are new: key → id."""
    by_key = {name_key(one.name): one for one in named}
    known = dict(_ids(tx, by_key))
    fresh: list[dict[str, object]] = [
        {"id": secrets.token_hex(8), "name": one.name, "name_key": key, "fields": {}}
        for key, one in by_key.items()
        if key not in known
    ]
    insert_all_once(tx, companies, fresh)
    return known | _ids(tx, by_key) if fresh else known


def _ids(tx: Connection, keys: Iterable[str]) -> dict[str, str]:
    return {row.name_key: row.id for row in tx.execute(_COMPANIES, {"keys": list(keys)})}
