"""Under which of its names was a lead meant? Asked only where others were merged into it: then it has theirs as well.

Whoever is on its own again after that gets what came for it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, select

from kweek.leads.merged import merged_into
from kweek.leads.replaced import its_mailboxes
from kweek.leads.tables import leads, merges

HAS_OTHERS: Final = (
    exists().where(merges.c.kept_id == leads.c.id, merges.c.undone_at.is_(None)).correlate(leads).label("has_others")
)
"""Do others go on in it? As a column beside a lead's own: that costs no question of its own."""


def by_id(lead_id: str) -> str:
    """Ours."""
    return f"lead:{lead_id}"


def by_external(external_id: str) -> str:
    return f"external:{external_id}"


def by_mailbox(email_key: str) -> str:
    return f"mailbox:{email_key}"


def names_of(read: Connection, lead_id: str) -> list[str]:
    """All by which this lead, or one that goes on in it, is meant."""
    ids = [lead_id, *merged_into(read, lead_id)]
    rows = read.execute(select(leads.c.id, leads.c.external_id, leads.c.email_key).where(leads.c.id.in_(ids))).all()
    return sorted({name for row in rows for name in _names(read, row)})


def _names(read: Connection, row: Row[*tuple[Any, ...]]) -> Iterable[str]:
    yield by_id(row.id)
    if row.external_id is not None:
        yield by_external(row.external_id)
    for key in (row.email_key, *its_mailboxes(read, row.id)):
        if key is not None:
            yield by_mailbox(key)
