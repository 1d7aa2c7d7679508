"""What does a colleague know of a company? Who decides there, advises, uses and pays; what it is, and part of what.

Only what he changed is written, with what was there before. What another one changed since the page was shown is not
written over: he is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select, update

from kweek.intake.check_lead import LeadChecker, Vocabulary
from kweek.intake.companies import company_named, name_key
from kweek.intake.correcting import plain
from kweek.intake.incoming import BadEventError
from kweek.intake.outcomes import OutcomeError, Said
from kweek.intake.record import Ears
from kweek.intake.values import near_to
from kweek.leads import tables
from kweek.leads.away import until_through
from kweek.leads.database import Database, lock_lead
from kweek.leads.hierarchy import put_under
from kweek.leads.replaced import keep_company_replaced
from kweek.leads.rows import insert_once

PARTS: Final = ("decides", "advises", "uses", "pays")
"""What somebody has to do with buying; one person may do several."""

FACTS: Final = ("sector", "size", "legal_form", "country", "parent")
"""What is written of a company, besides its name."""

_LOOKED_THROUGH: Final = 5_000  # names, where one was mistyped


def change_company(
    db: Database,
    company_id: str,
    was: Mapping[str, str],
    becomes: Mapping[str, str],
    said: Said,
    ears: Ears,
    makes: str = "",
) -> None:
    """was, becomes: FACTS as they were written on the page and as they came back; an empty one forgets. makes: a parent
    of this name is made, where there is none. What follows from it for the leads who work there, follows.

    OutcomeError: the first field that is wrong; or `known.meanwhile`: another one wrote something else since; or
    `parent.unknown`: no company has that name, and nobody said that it shall be made.
    """
    touched = {name: becomes[name] for name in FACTS if name in becomes and plain(becomes[name]) != plain(was[name])}
    checked = _checked(touched, said.at)
    until_through(lambda: _change(db, company_id, was, checked, said, ears, makes))


def _change(
    db: Database,
    company_id: str,
    was: Mapping[str, str],
    checked: Mapping[str, Any],
    said: Said,
    ears: Ears,
    makes: str,
) -> None:
    with db.write() as tx:
        companies = tables.companies
        row = tx.execute(select(companies).where(companies.c.id == company_id).with_for_update()).one()
        new = {name: value for name, value in checked.items() if not _is(tx, row, name, value)}
        if stale := [name for name in new if plain(written(tx, row, name)) != plain(was[name])]:
            raise OutcomeError(f"Somebody changed {', '.join(stale)} since.", field="known.meanwhile")
        pairs = {name: (_known(tx, row, name), value) for name, value in new.items()}
        if "parent" in new:
            parent = new.pop("parent")
            if parent and name_key(parent) != name_key(makes) and not _is_there(tx, parent):
                raise OutcomeError("There is no company of that name.", field="parent.unknown")
            if not put_under(tx, company_id, company_named(tx, parent).id if parent else None):
                raise OutcomeError("That one is part of this company, or is it itself.", field="circle")
        keep_company_replaced(tx, company_id, pairs, said.at, by=said.by)
        if new:
            tx.execute(update(companies).where(companies.c.id == company_id).values(**new))
            ears.changed_in_common(tx, "company", company_id, said.at)


def _is(tx: Connection, row: Row[Any], name: str, value: Any) -> bool:
    """Is it known so already?"""
    known = _known(tx, row, name)
    return name_key(value or "") == name_key(known or "") if name == "parent" else value == known


def _known(tx: Connection, row: Row[Any], name: str) -> Any:
    return (written(tx, row, name) or None) if name == "parent" else getattr(row, name)


def _is_there(tx: Connection, name: str) -> bool:
    c = tables.companies.c
    return tx.execute(select(c.id).where(c.name_key == name_key(name))).first() is not None


def company_near(read: Connection, name: str, but: str) -> str | None:
    """The company that was probably meant: one that begins as this name does. but: id of one that it is not."""
    c = tables.companies.c
    alike = select(c.name).where(c.name_key.startswith(name_key(name)[:1], autoescape=True), c.id != but)
    names = {name_key(one): one for one in read.execute(alike.order_by(c.name_key).limit(_LOOKED_THROUGH)).scalars()}
    near = near_to(name_key(name), names)
    return names[near] if near else None


def _checked(changed: Mapping[str, str], now: datetime) -> dict[str, Any]:
    checker = LeadChecker(Vocabulary(), now)
    said = {name: value for name, value in changed.items() if value}
    company = checker.company({"name": "?", **said}, "company")
    try:
        checker.done()
    except BadEventError as error:
        raise OutcomeError(str(error), field=error.faults[0].field.removeprefix("company.")) from None
    return {name: getattr(company, name) for name in changed}


def written(read: Connection, row: Row[Any], name: str) -> str:
    """One of FACTS as it stands on the page."""
    if name != "parent":
        return "" if getattr(row, name) is None else str(getattr(row, name))
    companies = tables.companies.c
    return read.execute(select(companies.name).where(companies.id == row.parent_id)).scalar_one_or_none() or ""


def change_parts(
    db: Database, company_id: str, added: set[tuple[str, str]], removed: set[tuple[str, str]], by: str, now: datetime
) -> None:
    """Of leads who work there, what each has to do with buying: pairs of a lead and one of PARTS."""
    with db.write() as tx:
        for lead in sorted({lead for lead, _ in added | removed}):
            lock_lead(tx, lead)
        d = tables.deciders.c
        for lead, part in sorted(removed):
            tx.execute(delete(tables.deciders).where(d.company_id == company_id, d.lead_id == lead, d.part == part))
        for lead, part in sorted(added):
            row = {"company_id": company_id, "lead_id": lead, "part": part, "source": by, "at": now}
            if part in PARTS and _works_there(tx, lead, company_id):
                insert_once(tx, tables.deciders, row)


def _works_there(tx: Connection, lead: str, company_id: str) -> bool:
    leads = tables.leads.c
    return tx.execute(select(leads.company_id).where(leads.id == lead)).scalar_one() == company_id
