"""Who is it? Finds the lead that a sender means, and makes it when it is new.

A lead is known by its e-mail address or by the sender's own id; who sends both ties them together. Where they point
at two leads, the sender's id decides, and a person is asked whether they are one (`kweek.leads.duplicates`). Who was
merged is found under either address, and is the one that goes on; and who has another address since, under the earlier
one too, unless the sender's id says that it is somebody else.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from kweek.intake.check import email_key
from kweek.intake.incoming import LeadIn
from kweek.leads import tables
from kweek.leads.duplicates import propose
from kweek.leads.merged import living
from kweek.leads.named import HAS_OTHERS, by_external, by_id, by_mailbox
from kweek.leads.publish import PUBLISHED
from kweek.leads.replaced import who_had
from kweek.leads.rows import insert_once
from kweek.leads.whole import WHOLE_BY

_LEADS: Final = select(tables.leads, PUBLISHED, HAS_OTHERS, WHOLE_BY)
_IS_ITS_OWN: Final = tables.leads.c.external_id == bindparam("external")
_IS_MAILBOX: Final = tables.leads.c.email_key == bindparam("mailbox")
_BY_OWN_ID: Final = _LEADS.where(_IS_ITS_OWN).with_for_update()
_BY_MAILBOX: Final = _LEADS.where(_IS_MAILBOX).with_for_update()
_BY_ID: Final = _LEADS.where(tables.leads.c.id == bindparam("lead")).with_for_update()


def row_of(tx: Connection, lead_id: str) -> Row[Any] | None:
    """The row of the lead that this one is now, locked; with what is `PUBLISHED`, whether it `HAS_OTHERS`, and
    `WHOLE_BY`."""
    row = tx.execute(_BY_ID, {"lead": lead_id}).one_or_none()
    return row if row is None or row.merged_into is None else row_of(tx, row.merged_into)


class GoesOnInAnother(Exception):
    """Who is meant was merged. Its row is held by now, and whoever goes on must be held without it: two who hold one of
    both would wait for each other. In another transaction, `the_one_that_goes_on`."""

    def __init__(self, gone: str) -> None:
        super().__init__(gone)
        self.gone = gone


def the_one_that_goes_on(tx: Connection, gone: str, lead: LeadIn) -> Row[Any]:
    """Its row, locked. lead: as it was asked for. GoesOnInAnother: somebody was quicker, once more."""
    row = tx.execute(_BY_ID, {"lead": living(tx, gone)}).one()
    meant = gone if lead.id is not None else _meant(tx, lead) or gone
    if row.merged_into is not None or meant != gone:
        raise GoesOnInAnother(meant)
    return row


def by_our_id(tx: Connection, lead_id: str) -> Row[Any] | None:
    """Its row, locked. GoesOnInAnother."""
    row = tx.execute(_BY_ID, {"lead": lead_id}).one_or_none()
    if row is not None and row.merged_into is not None:
        raise GoesOnInAnother(lead_id)
    return row


def _meant(read: Connection, lead: LeadIn) -> str | None:
    """Whose name is it now?"""
    names = ((tables.leads.c.external_id, lead.external_id), (tables.leads.c.email_key, mailbox_of(lead)))
    said = (select(tables.leads.c.id).where(column == name) for column, name in names if name is not None)
    return next((found for one in said if (found := read.execute(one).scalar()) is not None), None)


def find_or_make(tx: Connection, lead: LeadIn, now: datetime) -> Row[Any] | None:
    """The lead's row, locked; a new lead when nobody fits. None: it is not said who it is. GoesOnInAnother."""
    if lead.external_id is None and lead.email is None:
        return None
    found = _find(tx, lead)
    if found is None:
        had = _who_had(tx, lead)
        if had is not None and (lead.external_id is None or had.external_id is None):
            return had
        # of two senders at once the second waits here for the first, makes nothing, and finds the first one's lead
        row: dict[str, object] = {
            "id": secrets.token_hex(8), "email": lead.email, "email_key": mailbox_of(lead),
            "external_id": lead.external_id, "created_at": now, "fields": {}, "stage": "suspect",
        }  # fmt: skip
        insert_once(tx, tables.leads, row)
        found = _find(tx, lead)
        if had is not None and found is not None and found.merged_into is None:
            propose(tx, found.id, had.id, "address", 1.0, now)
    if found is not None and found.merged_into is not None:
        raise GoesOnInAnother(found.id)
    return found


def came_as(tx: Connection, row: Row[Any], lead: LeadIn) -> str | None:
    """By which of its names the sender meant it; None: others do not go on in it, and it is asked by nobody. row: of
    the lead that it is now."""
    if not row.has_others:
        return None
    if lead.id is not None:
        return by_id(lead.id)
    if lead.external_id is not None:
        its = tables.leads.c.external_id == lead.external_id
        if tx.execute(select(tables.leads.c.id).where(its)).first() is not None:
            return by_external(lead.external_id)
    key = mailbox_of(lead)
    return None if key is None else by_mailbox(key)


def _find(tx: Connection, lead: LeadIn) -> Row[Any] | None:
    """By the sender's own id first."""
    found = None
    if lead.external_id is not None:
        found = tx.execute(_BY_OWN_ID, {"external": lead.external_id}).one_or_none()
    if found is None and lead.email is not None:
        found = tx.execute(_BY_MAILBOX, {"mailbox": mailbox_of(lead)}).one_or_none()
    return found


def _who_had(tx: Connection, lead: LeadIn) -> Row[Any] | None:
    """Whose address this was."""
    key = mailbox_of(lead)
    had = None if key is None else who_had(tx, [key]).get(key)
    return None if had is None else row_of(tx, had)


def mailbox_of(lead: LeadIn) -> str | None:
    return None if lead.email is None else email_key(lead.email)
