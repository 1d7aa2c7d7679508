"""What does the gate need to know of a mail and its lead? Rows, read in the transaction that claims the mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, bindparam, func, select

from kweek.flow.gate import Mailing, Standing
from kweek.flow.plan import Plan
from kweek.flow.world import World
from kweek.leads.effects import enrolment_and_number, find_row, pending
from kweek.leads.enrolments import lead_row, load_state
from kweek.leads.merged import merged_into
from kweek.leads.permission import address_key, allowed, suppressed
from kweek.leads.publish import paused, plan_in, published
from kweek.leads.tables import enrolments, mails

HELD: Final = ("paused", "handover", "answer", "a person")
"""Reasons that end with a bell, not with time: such a mail is not ahead of another."""

_DAY: Final = timedelta(days=1)

_ENROLMENT: Final = select(enrolments).where(enrolments.c.id == bindparam("id"))
_LEFT: Final = select(func.coalesce(mails.c.sent_at, mails.c.claimed_at)).where(
    mails.c.lead_id.in_(bindparam("leads", expanding=True)),
    mails.c.audience == "lead",
    mails.c.kind == "marketing",
    mails.c.status.in_(("sent", "unknown", "held")),
)
_SERVICE: Final = select(mails.c.key).where(mails.c.lead_id == bindparam("lead"), mails.c.kind == "service")


@dataclass(frozen=True, slots=True)
class Order:
    """One pending mail, with all that it hangs on."""

    key: str
    mail: str
    expires_at: datetime | None
    issued_at: datetime
    lead: Row[Any]
    enrolment: Row[Any]
    plan: Plan
    version: str


def order_of(tx: Connection, key: str) -> Order | None:
    """None: it is done, was cancelled, or never was."""
    row = find_row(tx, key)
    if row is None or row.kind != "send_mail" or row.status != "pending":
        return None
    enrolment = tx.execute(_ENROLMENT, {"id": row.enrolment_id}).one()
    expires = row.args.get("expires_at")
    return Order(
        key, str(row.args["mail"]), datetime.fromisoformat(expires) if expires else None, row.issued_at,
        lead_row(tx, row.lead_id), enrolment, plan_in(tx, enrolment.version), enrolment.version,
    )  # fmt: skip


def standing_of(
    tx: Connection,
    order: Order,
    mailing: Mailing,
    world: World,
    secret: bytes,
    capacity: Mapping[str, int],
    now: datetime,
) -> Standing:
    """capacity: of call queues, calls a day."""
    lead, plan = order.lead, order.plan
    state = load_state(tx, lead)
    marketing = mailing.kind == "marketing"
    hours = plan.send_hours or world.send_hours
    limits = [limit for limit in (plan.limit, world.limit) if limit is not None]
    left = _left(tx, lead.id) if marketing and limits else ()
    return Standing(
        no_address=not lead.email,
        suppressed=suppressed(tx, "email", address_key(secret, lead.email)) if lead.email else None,
        consent=allowed(tx, lead.id, "email", now, mailing.purpose),
        paused=paused(tx, plan.flow),
        handover_open=state.handover is not None,
        resting=bool(state.resting),
        hours=world.calendars.get(hours) if hours else None,
        limits=tuple((limit, left) for limit in limits),
        ahead=_ahead(tx, order, now) if marketing and limits else 0,
        pace_until=_pace(tx, plan.pace, capacity, now) if marketing and plan.pace else None,
    )


def overtakes(tx: Connection, order: Order, kind: Literal["marketing", "service"]) -> bool:
    """Is an earlier mail of this enrolment still on its way to the relay? Then this one may not leave before it, so
    that a relay that was away gets them in order. What waits at the gate holds no service mail up."""
    for row in _earlier_sends(tx, order):
        if row.enrolment_id != order.enrolment.id or (row.waits_for and (kind == "service" or row.waits_for in HELD)):
            continue
        return True
    return False


def _earlier_sends(tx: Connection, order: Order) -> list[Row[Any]]:
    mine = (order.issued_at, *enrolment_and_number(order.key))
    return [
        row
        for row in pending(tx, order.lead.id)
        if row.kind == "send_mail" and (row.issued_at, *enrolment_and_number(row.key)) < mine
    ]


def _left(tx: Connection, lead_id: str) -> tuple[datetime, ...]:
    """When this lead's marketing mails left, and those of whoever was merged into it; one that may have left counts."""
    return tuple(tx.execute(_LEFT, {"leads": [lead_id, *merged_into(tx, lead_id)]}).scalars())


def _ahead(tx: Connection, order: Order, now: datetime) -> int:
    """Marketing mails that were due earlier and may leave now as well; service mail counts for no limit."""
    earlier = _earlier_sends(tx, order)
    if not earlier:  # nearly always
        return 0
    service = set(tx.execute(_SERVICE, {"lead": order.lead.id}).scalars())
    return sum(
        row.key not in service and row.waits_for not in HELD and (row.due_at is None or row.due_at <= now)
        for row in earlier
    )


def _pace(tx: Connection, queue: str, capacity: Mapping[str, int], now: datetime) -> datetime | None:
    """The flows behind this queue send no more mails in any day than it can make calls."""
    most = capacity.get(queue)
    if most is None:
        return None
    flows = [row.flow for row in published(tx) if plan_in(tx, row.version).pace == queue]
    query = (
        select(mails.c.sent_at)
        .join(enrolments, enrolments.c.id == mails.c.enrolment_id)
        .where(enrolments.c.flow.in_(flows), mails.c.kind == "marketing", mails.c.sent_at > now - _DAY)
        .order_by(mails.c.sent_at.desc())
        .offset(most - 1)
        .limit(1)
    )
    oldest = tx.execute(query).scalar()
    return None if oldest is None else oldest + _DAY
