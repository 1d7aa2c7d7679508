"""Which other leads may this one be, or is it already? Read for its own page, and for the page that lists them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, or_, select

from kweek.intake.check import email_key
from kweek.leads import tables
from kweek.leads.merged import living
from kweek.web.queries import WHO, AnySelect, Listed, listed

AnyRow = Row[*tuple[Any, ...]]

_FIRST: Final = tables.leads.alias("first")
_SECOND: Final = tables.leads.alias("second")
_D: Final = tables.duplicates.c
_M: Final = tables.merges.c


@dataclass(frozen=True, slots=True)
class SameAs:
    """asked: open pairs with this lead (`id`, `who`, `why`). merged: merges into it, the newest first (`gone_id`,
    `who`, `by`, `at`)."""

    asked: Sequence[AnyRow]
    merged: Sequence[AnyRow]


def of_lead(read: Connection, lead_id: str) -> SameAs:
    lead = tables.leads.c
    other = or_(
        (_D.first_id == lead_id) & (lead.id == _D.second_id), (_D.second_id == lead_id) & (lead.id == _D.first_id)
    )
    asked = select(lead.id, WHO, _D.why).join_from(tables.duplicates, tables.leads, other)
    asked = asked.where(_D.status == "open", lead.merged_into.is_(None)).order_by(_D.likeness.desc(), _D.id)
    return SameAs(
        read.execute(asked.limit(20)).all(),
        read.execute(_merges().where(_M.kept_id == lead_id).order_by(_M.id.desc()).limit(20)).all(),
    )


def open_pairs(read: Connection) -> Listed:
    """What waits for somebody to look, the likest first: each with the ids of both, why, and how much they look alike.
    Of who was merged meanwhile, nothing is asked."""
    return listed(read, _open_pairs())


def all_pairs(read: Connection) -> Sequence[AnyRow]:
    """The same, to the last."""
    return read.execute(_open_pairs()).all()


def _open_pairs() -> AnySelect:
    query = (
        select(tables.duplicates)
        .join(_FIRST, _FIRST.c.id == _D.first_id)
        .join(_SECOND, _SECOND.c.id == _D.second_id)
        .where(_D.status == "open", _FIRST.c.merged_into.is_(None), _SECOND.c.merged_into.is_(None))
    )
    return query.order_by(_D.likeness.desc(), _D.id)


def last_merges(read: Connection, most: int) -> Sequence[AnyRow]:
    """Those that still stand, the newest first."""
    return read.execute(_merges().order_by(_M.id.desc()).limit(most)).all()


def _merges() -> AnySelect:
    columns = (_M.kept_id, _M.gone_id, _M.by, _M.at, WHO)
    query = select(*columns).join_from(tables.merges, tables.leads, tables.leads.c.id == _M.gone_id)
    return query.where(_M.undone_at.is_(None))


def named(read: Connection, ids: Sequence[str]) -> dict[str, AnyRow]:
    """`who`, `email` and `company` of these leads, by their ids."""
    lead, company = tables.leads.c, tables.companies.c
    query = select(lead.id, WHO, lead.email, company.name.label("company"))
    joined = query.join_from(tables.leads, tables.companies, company.id == lead.company_id, isouter=True)
    return {row.id: row for row in read.execute(joined.where(lead.id.in_(list(ids))))}


def find(read: Connection, text: str) -> str | None:
    """The lead that somebody means by an address, the sender's id or ours; as it is now."""
    lead = tables.leads.c
    named = or_(lead.email_key == email_key(text), lead.external_id == text, lead.id == text)
    row = read.execute(select(lead.id).where(named).order_by(lead.merged_into.is_not(None), lead.id).limit(1)).first()
    return None if row is None else living(read, row.id)
