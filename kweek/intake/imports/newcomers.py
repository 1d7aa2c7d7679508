"""Who is new, of many at once? Made together with all that is said of them and the event that brought them: one by one,
each would be twenty queries.

As `people.find_or_make`, `enriching.enrich` and `record.append` would, for leads of whom nothing is known.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from kweek.flow.state import Event
from kweek.intake.check import email_key
from kweek.intake.companies import name_key
from kweek.intake.imports.together import Together
from kweek.intake.incoming import OWN_COLUMNS, CompanyIn, Incoming, LeadIn
from kweek.intake.touches import put_touches, touch_row
from kweek.leads.bulk import insert_rows
from kweek.leads.campaigns import know_campaign
from kweek.leads.events import put_all, row_of
from kweek.leads.said_at import with_said
from kweek.leads.tables import companies, consents, leads
from kweek.leads.traits import kept

_COMPANIES: Final = select(companies.c.name_key, companies.c.id).where(
    companies.c.name_key.in_(bindparam("keys", expanding=True))
)
_COUNT: Final = select(func.count()).where(leads.c.id.in_(bindparam("leads", expanding=True)))


@dataclass(frozen=True, slots=True)
class Newcomer:
    """said: all that is known. brought: the event by which we know of it."""

    said: LeadIn
    brought: Incoming


class MadeMeanwhileError(Exception):
    """Somebody else made one of these leads in the same moment: all is done anew, and finds it."""


def make_all(tx: Connection, newcomers: Sequence[Newcomer], now: datetime, together: Together) -> list[str]:
    """Their ids, in order. MadeMeanwhileError."""
    if not newcomers:
        return []
    at = _employers(tx, [one.said.company for one in newcomers if one.said.company is not None])
    words = dict.fromkeys(touch.campaign for one in newcomers if (touch := one.brought.touch) and touch.campaign)
    campaigns = {word: know_campaign(tx, word, now) for word in words}
    made = [_Made(secrets.token_hex(8), one, together, campaigns) for one in newcomers]
    ids = [one.id for one in made]
    insert_rows(tx, leads, [one.row(at, now) for one in made], once=True)
    if tx.execute(_COUNT, {"leads": ids}).scalar_one() < len(made):
        raise MadeMeanwhileError
    insert_rows(tx, consents, [row for one in made for row in one.consents(now)])
    put_all(tx, [row for one in made for row in one.events(now)])
    put_touches(tx, [row for one in made for row in one.touches()])
    for one in made:
        together.newcomer(tx, one.id, [event for event, _ in one.happened], now)
    return ids


class _Made:
    """A lead with its rows. campaigns: written → word."""

    def __init__(
        self, lead_id: str, newcomer: Newcomer, together: Together, campaigns: Mapping[str, str | None]
    ) -> None:
        self.id, self.said, self.brought = lead_id, newcomer.said, newcomer.brought
        told = [self.brought, *together.derived(self.brought)]
        self.happened = [(Event(n, one.kind, one.at, one.ref, one.data), one.id) for n, one in enumerate(told, start=1)]
        self.stage = reduce(together.stage_after, [one.kind for one in told], "suspect")
        touch = self.brought.touch
        self.campaign = None if touch is None or touch.campaign is None else campaigns[touch.campaign]

    def row(self, at: Mapping[str, str], now: datetime) -> dict[str, object]:
        """at: id of each company, by its key."""
        said = self.said
        own = {name: kept(value) for name, value in said.fields.items()}
        names: list[str] = [*said.profile, *own, *(["company"] if said.company is not None else [])]
        names += ["email"] if said.email is not None else []
        return {
            "id": self.id,
            "email": said.email,
            "email_key": None if said.email is None else email_key(said.email),
            "external_id": said.external_id,
            "company_id": None if said.company is None else at[name_key(said.company.name)],
            "created_at": now,
            "stage": self.stage,
            "seq": len(self.happened),
            "campaign": self.campaign,
            "campaign_at": None if self.campaign is None else self.brought.at,
            "last_campaign": self.campaign,
            "said_at": with_said(None, names, self.brought.at) if names else None,
            "fields": {name: value for name, value in own.items() if value is not None},
            **{name: said.profile.get(name) for name in OWN_COLUMNS},
        }

    def consents(self, now: datetime) -> Iterator[dict[str, object]]:
        for consent in self.said.consents:
            yield {
                "lead_id": self.id, "channel": consent.channel, "purpose": consent.purpose, "words": consent.words,
                "words_version": consent.words_version, "source": consent.source, "proof": consent.proof,
                "at": consent.at or now, "expires_at": consent.expires_at,
            }  # fmt: skip

    def events(self, now: datetime) -> Iterator[dict[str, object]]:
        for event, id in self.happened:
            yield row_of(self.id, id, event, recorded_at=now)

    def touches(self) -> Iterator[dict[str, object]]:
        if self.brought.touch is not None:
            yield touch_row(self.id, self.brought.touch, self.campaign, self.brought.id, self.brought.at)


def _employers(tx: Connection, named: Iterable[CompanyIn]) -> Mapping[str, str]:
    """Their companies, made where they are new: key → id."""
    by_key = {name_key(one.name): one for one in named}
    known = dict(_ids(tx, by_key))
    fresh: list[dict[str, object]] = [
        {"id": secrets.token_hex(8), "name": one.name, "name_key": key, "fields": {}}
        for key, one in by_key.items()
        if key not in known
    ]
    insert_rows(tx, companies, fresh, once=True)
    return known | _ids(tx, by_key) if fresh else known


def _ids(tx: Connection, keys: Iterable[str]) -> dict[str, str]:
    return {row.name_key: row.id for row in tx.execute(_COMPANIES, {"keys": list(keys)})}
