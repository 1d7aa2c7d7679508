"""Where does this lead work? Finds or makes the company by its name, and keeps what the sender says of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select, update

from kweek.intake.incoming import BadEventError, CompanyIn, Fault
from kweek.leads import tables
from kweek.leads.hierarchy import above, put_under
from kweek.leads.replaced import FORGOTTEN, Replaced, keep_company_replaced
from kweek.leads.rows import insert_once

_COMPANIES: Final = tables.companies
_BY_ID: Final = select(_COMPANIES).where(_COMPANIES.c.id == bindparam("company"))
_BY_KEY: Final = select(_COMPANIES).where(_COMPANIES.c.name_key == bindparam("key"))
_SET: Final = update(_COMPANIES).where(_COMPANIES.c.id == bindparam("company"))
_MOVE: Final = update(tables.leads).where(tables.leads.c.id == bindparam("lead"))

Differs = dict[str, tuple[object, object]]
"""Field → what was said, what is known and stays."""


class Kept(NamedTuple):
    """moved: did anything change that a condition can see? differs: what was not believed. instead: what was known, and
    is not any more. changed: the id of the company, where that holds for others who work there, too."""

    moved: bool
    differs: Differs
    instead: Replaced
    changed: str | None = None


def keep_company(
    tx: Connection,
    lead_id: str,
    now_at: str | None,
    said: CompanyIn,
    *,
    fills_only: bool,
    source: str,
    now: datetime,
) -> Kept:
    """now_at: the (locked) lead's company. source: id of the event.

    The last word counts. fills_only: what is known stays, and nobody says of a company what would hold for others who
    work there: its legal form decides who may be called. BadEventError: it would be part of itself.
    """
    known, made = _named(tx, said.name) if now_at is None or not fills_only else (_row(tx, now_at), False)
    if known.name_key != name_key(said.name):
        return Kept(False, {"company": (said.name, known.name)}, {})
    is_now = _what_is_known(tx, known, said)
    new = {name: value for name, value in _details(said).items() if not _same(name, value, is_now[name])}
    differs: Differs = {}
    if fills_only:
        others = _has_others(tx, known.id, lead_id)
        kept = {name for name in new if others or is_now[name] is not None}
        differs = {f"company.{name}": (new.pop(name), is_now[name]) for name in kept}
    parent = new.pop("parent", None)
    if parent is not None and not put_under(tx, known.id, company_named(tx, str(parent)).id):
        if not fills_only:
            raise BadEventError([Fault("lead.company.parent", f"“{parent}” is part of this company, or is it itself")])
        differs["company.parent"] = (parent, "part of this company")
    instead: Replaced = {f"company.{name}": (is_now[name], value) for name, value in new.items()}
    if parent is not None and "company.parent" not in differs:
        instead["company.parent"] = (is_now["parent"], parent)
    was = {name.removeprefix("company."): pair for name, pair in instead.items() if pair[0] is not None}
    keep_company_replaced(tx, known.id, was, now, source=source)
    if new:
        tx.execute(_SET, {"company": known.id, **new})
    if known.id != now_at:
        tx.execute(_MOVE, {"lead": lead_id, "company_id": known.id})
        instead["company.name"] = (None if now_at is None else _row(tx, now_at).name, known.name)
    return Kept(bool(new) or known.id != now_at, differs, instead, known.id if new and not made else None)


def leave_company(tx: Connection, lead_id: str, now_at: str | None) -> Replaced:
    """Nobody knows any more where the (locked) lead works. now_at: its company."""
    if now_at is None:
        return {}
    tx.execute(_MOVE, {"lead": lead_id, "company_id": None})
    return {"company.name": (_row(tx, now_at).name, FORGOTTEN)}


def company_named(tx: Connection, name: str) -> Row[Any]:
    """Made, where nobody has spoken of it."""
    return _named(tx, name)[0]


def _named(tx: Connection, name: str) -> tuple[Row[Any], bool]:
    """And was it made just now?"""
    key = name_key(name)
    if (known := tx.execute(_BY_KEY, {"key": key}).one_or_none()) is not None:
        return known, False
    row: dict[str, object] = {"id": secrets.token_hex(8), "name": name, "name_key": key, "fields": {}}
    made = insert_once(tx, tables.companies, row)
    return tx.execute(_BY_KEY, {"key": key}).one(), made


def name_key(name: str) -> str:
    """By which it is known again."""
    return " ".join(name.casefold().split())


def _details(said: CompanyIn) -> dict[str, object]:
    return {name: value for name, value in asdict(said).items() if name != "name" and value is not None}


def _what_is_known(tx: Connection, known: Row[Any], said: CompanyIn) -> Mapping[str, object]:
    """The parent by its name, looked up only where something is said of it."""
    parent = next((one.name for one in above(tx, known)[:1]), None) if said.parent is not None else None
    return {**{name: getattr(known, name) for name in _details(said) if name != "parent"}, "parent": parent}


def _same(name: str, said: object, known: object) -> bool:
    return name_key(str(said)) == name_key(str(known or "")) if name == "parent" else said == known


def _row(tx: Connection, company_id: str) -> Row[Any]:
    return tx.execute(_BY_ID, {"company": company_id}).one()


def _has_others(tx: Connection, company_id: str, lead_id: str) -> bool:
    leads = tables.leads.c
    query = select(leads.id).where(leads.company_id == company_id, leads.id != lead_id).limit(1)
    return tx.execute(query).first() is not None
