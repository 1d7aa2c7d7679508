"""Where does this lead work? Finds or makes the company by its name, and keeps what the sender says of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, update

from kweek.intake.incoming import CompanyIn
from kweek.leads import tables
from kweek.leads.rows import insert_once

_COMPANIES: Final = tables.companies
_BY_ID: Final = select(_COMPANIES).where(_COMPANIES.c.id == bindparam("company"))
_BY_KEY: Final = select(_COMPANIES).where(_COMPANIES.c.name_key == bindparam("key"))
_SET: Final = update(_COMPANIES).where(_COMPANIES.c.id == bindparam("company"))
_MOVE: Final = update(tables.leads).where(tables.leads.c.id == bindparam("lead"))

Differs = dict[str, tuple[object, object]]
"""Field → what was said, what is known and stays."""


def keep_company(
    tx: Connection, lead_id: str, now_at: str | None, said: CompanyIn, *, fills_only: bool
) -> tuple[bool, Differs]:
    """Did anything change that a condition can see, and what was not believed? now_at: the (locked) lead's company.

    The last word counts. fills_only: what is known stays, and nobody says of a company what would hold for others who
    work there: its legal form decides who may be called.
    """
    known = _company(tx, said.name) if now_at is None or not fills_only else _row(tx, now_at)
    if known.name_key != company_key(said.name):
        return False, {"company": (said.name, known.name)}
    new = {name: value for name, value in _details(said).items() if value != getattr(known, name)}
    differs: Differs = {}
    if fills_only:
        others = _has_others(tx, known.id, lead_id)
        kept = {name for name in new if others or getattr(known, name) is not None}
        differs = {f"company.{name}": (new.pop(name), getattr(known, name)) for name in kept}
    if new:
        tx.execute(_SET, {"company": known.id, **new})
    if known.id != now_at:
        tx.execute(_MOVE, {"lead": lead_id, "company_id": known.id})
    return bool(new) or known.id != now_at, differs


def _details(said: CompanyIn) -> Mapping[str, object]:
    return {name: value for name, value in asdict(said).items() if name != "name" and value is not None}


def _company(tx: Connection, name: str) -> Row[Any]:
    key = company_key(name)
    if (known := tx.execute(_BY_KEY, {"key": key}).one_or_none()) is not None:
        return known
    row: dict[str, object] = {"id": secrets.token_hex(8), "name": name, "name_key": key, "fields": {}}
    insert_once(tx, tables.companies, row)
    return tx.execute(_BY_KEY, {"key": key}).one()


def _row(tx: Connection, company_id: str) -> Row[Any]:
    return tx.execute(_BY_ID, {"company": company_id}).one()


def _has_others(tx: Connection, company_id: str, lead_id: str) -> bool:
    leads = tables.leads.c
    query = select(leads.id).where(leads.company_id == company_id, leads.id != lead_id).limit(1)
    return tx.execute(query).first() is not None


def company_key(name: str) -> str:
    return " ".join(name.casefold().split())
