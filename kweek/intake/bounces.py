"""What came back for a mail? Bounces, complaints, replies and farewells become events of the lead that had the mail.

Which mail: the address that it came to (VERP, signed; after a forward only the headers know it), else a Message-ID of
ours in what was returned or answered. The sender's address alone is a suggestion to a person and never an event. Hard:
the address is suppressed at once. Policy or content: never the person's fault. Soft: suppressed after five in a row, a
day and more apart. A complaint: for good.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, select, update

from kweek.intake.incoming import Incoming, LeadIn, Recorded
from kweek.intake.mail_kinds import Came, classify
from kweek.intake.record import Ears, record
from kweek.intake.suppress import AddressKey, suppress, suppress_lead, unsubscribe
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.ledger import problem
from kweek.leads.merged import living
from kweek.mails.addresses import Addresses

SOFT_REASONS: Final = ("mailbox full", "temporary")
_MOST_SOFT: Final = 5
_APART: Final = timedelta(hours=24)
_STRAY: Final = "A message came that names no mail of ours. Its sender's address is this lead's."

Meant = Literal[
    "bounced", "undelivered", "complained", "replied", "out of office", "unsubscribed", "nothing", "unknown"
]


@dataclass(frozen=True, slots=True)
class Received:
    """What it was taken for. key: of the mail; None: `unknown`, which of ours it is about."""

    meant: Meant
    key: str | None = None


def receive(
    db: Database,
    raw: bytes,
    envelope_to: str,
    envelope_from: str | None,
    now: datetime,
    addresses: Addresses,
    address_key: AddressKey,
    ears: Ears | None = None,
) -> Received:
    """Take in one message as a mail server delivers it. The same message again changes nothing."""
    came = classify(raw, envelope_from)
    returned = next(filter(None, map(addresses.read, (envelope_to, *came.to))), None)
    mail = _mail(db, [returned.message_id] if returned else came.about)
    if mail is None:
        _suggest(db, came, now)
        return Received("unknown")
    if returned is not None and returned.role == "leave":
        if came.what != "reply":  # a machine's answer to an address is no wish of a person
            return Received("nothing", mail.key)
        unsubscribe(db, mail.key, "mailto", now, address_key, ears)
        return Received("unsubscribed", mail.key)
    return Received(_take(db, mail, came, _once(raw, came), now, address_key, ears), mail.key)


def _take(
    db: Database, mail: Row[Any], came: Came, once: str, now: datetime, address_key: AddressKey, ears: Ears | None
) -> Meant:
    def tell(kind: str, identifier: str, also: Callable[[Connection], None] | None = None, **data: str) -> None:
        event = Incoming(identifier, kind, now, LeadIn(id=mail.lead_id), data, ref=mail.key)

        def do(tx: Connection, recorded: Recorded) -> None:
            if recorded.fresh and also is not None:
                also(tx)

        record(db, event, now, ears, do)

    if mail.audience != "lead":  # a colleague's mailbox: for whoever runs Kweek
        with db.write() as tx:
            problem(tx, mail.lead_id, mail.key, f"colleague: {came.what}", came.words, now)
        return "nothing"
    match came.what:
        case "bounce":
            assert came.verdict is not None
            return _bounce(mail, came, tell, now, address_key)
        case "complaint":

            def complained(tx: Connection) -> None:
                suppress_lead(tx, living(tx, mail.lead_id), "email", "complained", now, address_key)
                suppress(tx, "email", mail.recipient, "complained", now, address_key)

            tell("complained", f"{mail.key}/complained", complained)
            return "complained"
        case "out of office":
            tell("out of office", f"{mail.key}/out of office/{once}")
            return "out of office"
        case "reply":
            tell("replied", f"{mail.key}/replied/{once}")
            return "replied"
        case "delayed":
            return "nothing"


def _bounce(mail: Row[Any], came: Came, tell: Callable[..., None], now: datetime, address_key: AddressKey) -> Meant:
    verdict = came.verdict
    assert verdict is not None
    meant: Literal["bounced", "undelivered"] = "bounced" if verdict.kind == "hard" else "undelivered"

    def also(tx: Connection) -> None:
        row = tables.mails.c
        why = f"{verdict.reason}: {verdict.code}"
        # a late report overrules `sent`; a softer one never overrules a harder one
        tx.execute(
            update(tables.mails).where(row.key == mail.key, row.status != "bounced").values(status=meant, why=why)
        )
        problem(tx, mail.lead_id, mail.key, f"{meant} {verdict.code}".strip(), came.words, now)
        if verdict.kind == "hard":
            suppress(tx, "email", mail.recipient, "bounced", now, address_key)
        elif verdict.kind == "soft":
            count_soft(tx, mail.recipient, now, address_key)

    tell(meant, f"{mail.key}/{meant}", also, reason=verdict.reason)
    return meant


def count_soft(tx: Connection, recipient: str, now: datetime, address_key: AddressKey) -> bool:
    """After one more soft failure: has it been five in a row, each a day or more after the one before? Then the address
    is suppressed."""
    m = tables.mails.c
    query = select(m.status, m.why, m.claimed_at).where(m.recipient == recipient, m.audience == "lead")
    rows = tx.execute(query.order_by(m.claimed_at.desc()).limit(100))
    if _in_a_row((row.status, row.why or "", row.claimed_at) for row in rows) < _MOST_SOFT:
        return False
    suppress(tx, "email", recipient, "bounced", now, address_key)
    return True


def _in_a_row(newest_first: Iterable[tuple[str, str, datetime]]) -> int:
    count, last = 0, None
    for status, why, at in newest_first:
        if status == "sent":
            break
        if status != "undelivered" or not why.startswith(SOFT_REASONS):
            continue
        if last is None or last - at >= _APART:
            count, last = count + 1, at
    return count


def _mail(db: Database, message_ids: Iterable[str]) -> Row[Any] | None:
    mails = tables.mails
    with db.read() as tx:
        for message_id in message_ids:
            found = tx.execute(select(mails).where(mails.c.message_id == message_id)).one_or_none()
            if found is not None:
                return found
    return None


def _once(raw: bytes, came: Came) -> str:
    """The same message delivered twice is one: by its Message-ID, else its bytes. Hashed: a stranger wrote it."""
    return hashlib.sha256(came.own_id.encode() or raw).hexdigest()[:16]


def _suggest(db: Database, came: Came, now: datetime) -> None:
    """Nobody knows which mail it is about. Where its sender's address is a lead's, a person may know: nothing is done,
    and it is said. All else (a mailbox holds more than what concerns us) is not ours."""
    address = parseaddr(came.sender)[1].casefold()
    with db.read() as read:
        lead = read.execute(select(tables.leads.c.id).where(tables.leads.c.email_key == address)).scalar()
    if lead is None:
        return
    with db.write() as tx:
        problem(tx, lead, None, f"incoming {came.what}", _STRAY, now)
