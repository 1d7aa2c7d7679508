"""Which mails left, and which may have? The send ledger: a row before SMTP, so that a mail leaves once.

A row is `claimed` with a lease while someone hands the mail to the relay; without one it waits to be tried again. Then
it is `sent`, `bounced`, `undelivered` or `blocked`, for good. `unknown`: the relay may have it, and nobody has looked.
`held`: nobody can know, and the workspace wants a person to decide; who does not decide within `HOLD` has decided
against it, so that no lead waits for ever. Leases run on real time.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from kweek.leads import effects, events
from kweek.leads.database import Database
from kweek.leads.tables import effects as effect_rows
from kweek.leads.tables import links, mails, problems

Result = Literal["sent", "bounced", "undelivered", "blocked"]
HOLD: Final = timedelta(days=7)  # flow time
FINAL: Final = ("sent", "bounced", "undelivered", "blocked")
_LONGEST: Final = 4_000  # characters of a problem's words
_BATCH: Final = 500

_ROW: Final = select(mails).where(mails.c.key == bindparam("of"))
_CHANGE: Final = update(mails).where(mails.c.key == bindparam("of"))
_CLAIM: Final = insert(mails)
_CLAIM_AGAIN: Final = _CHANGE.values(attempts=mails.c.attempts + 1)
_LINKS: Final = insert(links)


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail as it will leave, at every attempt. links: (name, target), in order."""

    lead_id: str
    enrolment_id: str | None
    audience: Literal["lead", "colleague"]
    mail: str
    language: str
    kind: Literal["marketing", "service"]
    recipient: str
    subject: str
    text: str
    html: str
    message_id: str
    links: Sequence[tuple[str | None, str]] = ()


def row_of(tx: Connection, key: str) -> Row[Any] | None:
    return tx.execute(_ROW, {"of": key}).one_or_none()


def claim(tx: Connection, key: str, draft: Draft | None, owner: str, until_real: datetime, at: datetime) -> None:
    """Ours until then. draft: the first time, when there is no row yet. The lead is locked by whoever calls."""
    lease = {"status": "claimed", "lease_owner": owner, "lease_until_real": until_real, "claimed_at": at}
    if draft is None:
        tx.execute(_CLAIM_AGAIN, {**lease, "of": key})
        return
    row = {
        "key": key, "lead_id": draft.lead_id, "enrolment_id": draft.enrolment_id, "audience": draft.audience,
        "mail": draft.mail, "language": draft.language, "kind": draft.kind, "message_id": draft.message_id,
        "recipient": draft.recipient, "subject": draft.subject, "text": draft.text, "html": draft.html, "attempts": 1,
    }  # fmt: skip
    tx.execute(_CLAIM, {**row, **lease})
    if draft.links:
        rows = [
            {"mail_key": key, "position": position, "name": name, "target": target}
            for position, (name, target) in enumerate(draft.links)
        ]
        tx.execute(_LINKS, rows)


def note(tx: Connection, key: str, **values: object) -> None:
    """Change the row; without a lease, unless one is given."""
    tx.execute(_CHANGE, {"lease_owner": None, "lease_until_real": None, **values, "of": key})


def write_off(
    tx: Connection, key: str, status: str, why: str, at: datetime, *, lead_id: str, enrolment_id: str | None, mail: str,
    audience: str = "lead", kind: str = "marketing",
) -> None:  # fmt: skip
    """A mail that ends without ever having been claimed still has its line in the ledger."""
    if row_of(tx, key) is not None:
        note(tx, key, status=status, why=why)
        return
    tx.execute(
        insert(mails).values(
            key=key, lead_id=lead_id, enrolment_id=enrolment_id, audience=audience, mail=mail, kind=kind,
            status=status, why=why, claimed_at=at,
        )
    )  # fmt: skip


def problem(tx: Connection, lead_id: str | None, key: str | None, code: str, words: str, at: datetime) -> None:
    """What a person may read of a failure, and Temporal may not. One row for each key and code, with its last words and
    how often it came about; what has no key is the same where it says the same of the same lead."""
    p, words = problems.c, words[:_LONGEST]
    same = (p.key == key) & (p.code == code)
    if key is None:
        same &= p.lead_id.is_not_distinct_from(lead_id) & (p.words == words)
    last = {"lead_id": lead_id, "words": words, "at": at}
    counted = update(problems).where(p.id == select(func.max(p.id)).where(same).scalar_subquery())
    if tx.execute(counted.values(**last, times=p.times + 1)).rowcount == 0:
        tx.execute(insert(problems).values(key=key, code=code, **last))


def delete_old_problems(tx: Connection, before: datetime) -> int:
    """Some of those that did not come about since then; how many."""
    some = select(problems.c.id).where(problems.c.at < before).limit(_BATCH)
    return tx.execute(delete(problems).where(problems.c.id.in_(some))).rowcount


def has_problem(tx: Connection, key: str, code: str) -> bool:
    """Was this said already?"""
    return tx.execute(select(problems.c.id).where(problems.c.key == key, problems.c.code == code)).first() is not None


# --- what a person decides ------------------------------------------------------------------------


def held(tx: Connection) -> list[Row[Any]]:
    """Mails that wait for a person, the oldest first."""
    return list(tx.execute(select(mails).where(mails.c.status == "held").order_by(mails.c.claimed_at, mails.c.key)))


def hold(tx: Connection, key: str, now: datetime) -> None:
    """Nobody knows whether it arrived: a person shall say, or `HOLD` does."""
    note(tx, key, status="held", why="nobody knows whether it arrived")
    effects.postpone(tx, key, now + HOLD, "a person")


def release(db: Database, key: str, by: str, now: datetime) -> bool:
    """Send it (again); False: it is not held."""
    with held_tx(db, key) as (tx, row):
        if row is None:
            return False
        note(tx, key, status="claimed", why=f"released by {by}", repeats=row.repeats + 1)
        tx.execute(update(effect_rows).where(effect_rows.c.key == key).values(due_at=None, waits_for=None))
        events.ring(tx, row.lead_id, 0)
        return True


@contextmanager
def held_tx(db: Database, key: str) -> Generator[tuple[Connection, Row[Any] | None]]:
    """A write transaction that holds the lead of this held mail, and its row; None: it is not held (any more)."""
    with db.read() as read:
        lead_id = read.execute(select(mails.c.lead_id).where(mails.c.key == key, mails.c.status == "held")).scalar()
    with db.write() if lead_id is None else db.lead_tx(lead_id) as tx:
        row = None if lead_id is None else row_of(tx, key)
        yield tx, row if row is not None and row.status == "held" else None
