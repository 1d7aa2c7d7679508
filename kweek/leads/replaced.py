"""What was known of a lead before somebody said otherwise? The last word counts, and no earlier one is lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from kweek.leads.merged import living
from kweek.leads.tables import companies_replaced, events, replaced

Replaced = dict[str, tuple[Any, Any]]
"""By the name of a field: what was known, and what is known now; both as JSON keeps them. None in the second place:
what was heard late, and did not count, since something else was said after it; FORGOTTEN: it was taken away."""
FORGOTTEN: Final = ""
"""What no field can hold: a text that says nothing is never kept."""

_R: Final = replaced.c
_KEEP: Final = insert(replaced)
_HAD: Final = (
    select(_R.email_key, _R.lead_id).where(_R.email_key.in_(bindparam("keys", expanding=True))).order_by(_R.id)
)
_ITS: Final = select(replaced).where(_R.lead_id == bindparam("lead")).order_by(_R.id)


def keep_replaced(
    tx: Connection,
    lead_id: str,
    pairs: Mapping[str, tuple[Any, Any]],
    source: str,
    at: datetime,
    mailbox: str | None = None,
) -> None:
    """Of those of which something was known. source: id of the event, or key of the mail or the call task. mailbox: the
    key of the address that it had."""
    rows = [
        {
            "lead_id": lead_id, "name": name, "was": was, "became": became, "source": source, "at": at,
            "email_key": mailbox if name == "email" else None,
        }
        for name, (was, became) in pairs.items() if was is not None
    ]  # fmt: skip
    if rows:
        tx.execute(_KEEP, rows)


def who_had(read: Connection, mailboxes: Collection[str]) -> Mapping[str, str]:
    """By the key of an address: the lead that had it last, as it is now."""
    found = read.execute(_HAD, {"keys": list(mailboxes)}).all() if mailboxes else ()
    return {key: living(read, lead_id) for key, lead_id in {row.email_key: row.lead_id for row in found}.items()}


def its_mailboxes(read: Connection, lead_id: str) -> set[str]:
    """The addresses that it had."""
    return {row.email_key for row in of_lead(read, lead_id) if row.email_key is not None}


def of_lead(read: Connection, lead_id: str) -> Sequence[Row[Any]]:
    """The earliest first."""
    return read.execute(_ITS, {"lead": lead_id}).all()


def forget_replaced(tx: Connection, lead_id: str, source: str) -> None:
    """What was said with this event counts no more."""
    tx.execute(delete(replaced).where(_R.lead_id == lead_id, _R.source == source))


def put_right(
    tx: Connection,
    leads: Collection[str],
    name: str,
    pair: tuple[Any, Any],
    source: str,
    at: datetime,
    mailbox: str | None = None,
) -> None:
    """What this event took the place of was something else. leads: where it is kept; a merge may have brought it."""
    its = (_R.lead_id.in_(leads), _R.source == source, _R.name == name)
    was, became = pair
    if was is None or was == became:
        tx.execute(delete(replaced).where(*its))
    elif not tx.execute(update(replaced).where(*its).values(was=was, email_key=mailbox)).rowcount:
        keep_replaced(tx, next(iter(leads)), {name: pair}, source, at, mailbox)


# --- of a company -----------------------------------------------------------------------------------------


def keep_company_replaced(
    tx: Connection,
    company_id: str,
    pairs: Mapping[str, tuple[Any, Any]],
    at: datetime,
    *,
    by: str | None = None,
    source: str | None = None,
) -> None:
    """by: the colleague who wrote it on its page. source: else the id of the event, or the import."""
    its = {"company_id": company_id, "at": at, "by": by, "source": source}
    rows = [{**its, "name": name, "was": was, "became": became} for name, (was, became) in pairs.items()]
    if rows:
        tx.execute(insert(companies_replaced), rows)


def of_company(read: Connection, company_id: str, most: int) -> Sequence[Row[Any]]:
    """The latest first; with `lead_id` and `said_by` of the event by which it was said, where that is there."""
    c, e = companies_replaced.c, events.c
    query = select(companies_replaced, e.lead_id, e.by.label("said_by"))
    joined = query.join_from(companies_replaced, events, e.id == c.source, isouter=True)
    return read.execute(joined.where(c.company_id == company_id).order_by(c.id.desc()).limit(most)).all()


def forget_company_replaced(tx: Connection, company_id: str, names: Collection[str], source: str) -> None:
    """What was said of these with this event counts no more."""
    c = companies_replaced.c
    its = delete(companies_replaced).where(c.company_id == company_id, c.source == source)
    tx.execute(its.where(c.name.in_(list(names))))
