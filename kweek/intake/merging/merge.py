"""How do two leads become one? A person says so; one transaction, and nothing of either of them is lost.

Which of them goes on is decided here, by where people are needed: the one that sales has, else the one that somebody
calls, else the one that walks a flow, else the older. Whose words count is the person's choice. The past of the other
becomes the kept lead's (no flow hears of it, points do), whatever comes under its name from now on reaches the kept
one, and its enrolments end as `merged`: its own workflow withdraws what lies on a desk. `merges` keeps what is needed
to undo it (`kweek.intake.merging.unmerge`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, select, update

from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.merging.rows import HELD_ONCE, MOVING, SOURCED, Told, copy_rows, hold, move_rows, plain
from kweek.intake.merging.said_since import last_replaced
from kweek.intake.merging.united import OWN, columns_after, words_of
from kweek.intake.outcomes import ClosedError, OutcomeError
from kweek.intake.record import Ears, append, hear_grade
from kweek.intake.suppress import AddressKey, suppress
from kweek.intake.surveys.worth import settle_answers
from kweek.leads import tables
from kweek.leads.away import until_through
from kweek.leads.database import Database
from kweek.leads.duplicates import pair, propose, settle_pair
from kweek.leads.enrolments import lead_row
from kweek.leads.events import ring
from kweek.leads.merged import lock_both
from kweek.leads.permission import suppressed

WISHES: Final = ("unsubscribed", "complained", "objected", "erased")
"""Reasons of a suppression that are about the person, not about the mailbox."""

OF_MERGING: Final = ("merged", "unmerged")
"""Events that stay with the lead that goes: they are about that."""

_E: Final = tables.events.c
_PAST: Final = (
    select(_E.id, _E.seq, _E.merged, _E.ref)
    .where(_E.lead_id == bindparam("lead"), _E.kind.not_in(OF_MERGING))
    .order_by(_E.at, _E.seq)
)
_MOVE: Final = (
    update(tables.events)
    .where(_E.id == bindparam("event"))
    .values(lead_id=bindparam("to"), seq=bindparam("number"), merged=bindparam("past"))
)
_HEARD: Final = select(func.max(_E.at)).where(_E.lead_id == bindparam("lead"), _E.kind.not_in(OF_MERGING))

_H: Final = tables.handovers.c
_HOLDER: Final = (
    select(_H.owner)
    .where(_H.lead_id == bindparam("lead"), _H.status != "closed", _H.owner.is_not(None))
    .order_by(_H.given_at.desc(), _H.key.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Merged:
    """id: of the merge. kept: the lead that goes on."""

    id: int
    kept: str
    gone: str


def merge(
    db: Database,
    one: str,
    other: str,
    chosen: Mapping[str, str],
    by: str,
    now: datetime,
    ears: Ears,
    address_key: AddressKey,
) -> Merged:
    """Make one lead of two. chosen: what (`kweek.intake.merging.united`) → id of the lead whose word counts.

    OutcomeError: that is one lead already. ClosedError: somebody merged one of them before. NoSuchLead.
    """
    if one == other:
        raise OutcomeError("That is one lead, not two.", field="other")

    def do() -> Merged:
        with db.write() as tx:
            lock_both(tx, one, other)
            _expect_both(tx, one, other)
            kept, gone = which_stays(tx, one, other)
            return _merge(tx, kept, gone, chosen, by, now, ears, address_key)

    return until_through(do)


def tell_apart(db: Database, one: str, other: str, by: str, now: datetime) -> None:
    """They are two: nobody is asked again. ClosedError: somebody merged one of them before."""

    def do() -> None:
        with db.write() as tx:
            lock_both(tx, one, other)
            _expect_both(tx, one, other)
            settle_pair(tx, one, other, "different", by, now)

    until_through(do)


def _expect_both(tx: Connection, *leads: str) -> None:
    """Somebody may have been quicker."""
    for lead in leads:
        if lead_row(tx, lead).merged_into is not None:
            row = last_merge(tx, lead)
            by, at = (None, None) if row is None else (row.by, row.at)
            raise ClosedError("lead", by, at, "merged")


def last_merge(read: Connection, gone: str) -> Row[Any] | None:
    """The merge by which this lead went, where it still stands."""
    merges = tables.merges
    query = select(merges).where(merges.c.gone_id == gone, merges.c.undone_at.is_(None))
    return read.execute(query.order_by(merges.c.id.desc()).limit(1)).one_or_none()


def merge_of(read: Connection, one: str, other: str) -> Row[Any] | None:
    """The merge that made one of these two, where it still stands."""
    found = [row for lead in (one, other) if (row := last_merge(read, lead)) is not None]
    return next((row for row in found if {row.kept_id, row.gone_id} == {one, other}), None)


def heard_of_last(read: Connection, one: Row[Any], other: Row[Any]) -> str:
    """Whose word is the newer, where both said something and nobody chooses."""

    def heard(row: Row[Any]) -> datetime:
        return read.execute(_HEARD, {"lead": row.id}).scalar_one() or row.created_at

    return max((one, other), key=lambda row: (heard(row), row.created_at, row.id)).id


# --- which of them goes on ----------------------------------------------------------------------------


def which_stays(read: Connection, one: str, other: str) -> tuple[str, str]:
    """The one that goes on, and the one that goes. With two at sales, the one that was promised the earlier contact:
    that promise is kept."""
    first, second = sorted((one, other), key=lambda lead: _ties(read, lead), reverse=True)
    return first, second


def holder(read: Connection, lead: str) -> str | None:
    """Who has its open handover, and so owns it: of several the last."""
    return read.execute(_HOLDER, {"lead": lead}).scalar()


class Ties(NamedTuple):
    """What of a lead people would miss, the weightiest first. promised, age: the earlier, the higher."""

    sales: bool
    promised: float
    call: bool
    work: bool
    flow: bool
    age: float
    id: str


def why_it_stays(read: Connection, kept: str, gone: str) -> str:
    """The first of its ties by which the kept lead stands above the other."""
    ties = zip(Ties._fields, _ties(read, kept), _ties(read, gone), strict=True)
    return next(name for name, one, other in ties if one != other)


def _ties(read: Connection, lead: str) -> Ties:
    row, h = lead_row(read, lead), tables.handovers.c
    sales = (h.lead_id == lead, h.status != "closed")
    promised = read.execute(select(func.min(h.follow_up_at)).where(*sales, h.contacted_at.is_(None))).scalar_one()
    return Ties(
        _any(read, tables.handovers, *sales),
        float("-inf") if promised is None else -promised.timestamp(),
        _any(read, tables.call_tasks, *_lies(tables.call_tasks, lead, "taken")),
        _any(read, tables.call_tasks, *_lies(tables.call_tasks, lead, "open"))
        or _any(read, tables.tasks, *_lies(tables.tasks, lead, "open", "taken")),
        bool(row.open),
        -row.created_at.timestamp(),
        lead,
    )


def _lies(table: Any, lead: str, *states: str) -> tuple[Any, ...]:
    return table.c.lead_id == lead, table.c.status.in_(states)


def _any(read: Connection, table: Any, *which: Any) -> bool:
    return bool(read.execute(select(exists().where(*which).select_from(table))).scalar_one())


# --- the deed -----------------------------------------------------------------------------------------


def _merge(
    tx: Connection,
    kept: str,
    gone: str,
    chosen: Mapping[str, str],
    by: str,
    now: datetime,
    ears: Ears,
    address_key: AddressKey,
) -> Merged:
    before, other = lead_row(tx, kept), lead_row(tx, gone)
    later = heard_of_last(tx, before, other)
    _end_its_walks(tx, other, by, now, ears)
    told: Told = {"heard": other.seen, "events": _move_past(tx, before, other)}
    told |= {"replaced": last_replaced(tx), "said_at": before.said_at}
    told["held"] = {table.name: hold(tx, table, kept) for table in SOURCED if table in HELD_ONCE}
    told["moved"] = {table.name: move_rows(tx, table, gone, kept) for table in MOVING}
    told["copied"] = {table.name: copy_rows(tx, table, gone, kept) for table in HELD_ONCE}
    told["columns"], told["addresses"] = _unite(tx, before, other, later, chosen)
    told["silenced"] = _keep_wishes(tx, (before, other), now, address_key)
    tx.execute(update(tables.leads).where(tables.leads.c.id == gone).values(merged_into=kept))
    told["proposed"] = _pass_on_doubts(tx, kept, gone, now)
    settle_pair(tx, kept, gone, "merged", by, now)
    row = {"kept_id": kept, "gone_id": gone, "moved": told, "by": by, "at": now}
    id = tx.execute(insert(tables.merges).values(**row).returning(tables.merges.c.id)).scalar_one()
    settle_answers(tx, (kept,), now)
    tell_flows(tx, kept, now, ears)
    return Merged(id, kept, gone)


def _end_its_walks(tx: Connection, gone: Row[Any], by: str, now: datetime, ears: Ears) -> None:
    event = Incoming(f"{gone.id}/merged/{gone.seq + 1}", "merged", now, LeadIn(id=gone.id), by=by)
    append(tx, gone.id, event, now, ears)


def _move_past(tx: Connection, kept: Row[Any], gone: Row[Any]) -> list[Told]:
    """What no flow of the one that goes had heard yet, a flow of the kept one shall; all else is history."""
    events = tx.execute(_PAST, {"lead": gone.id}).all()
    moves = [
        {"event": row.id, "to": kept.id, "number": number, "past": True if row.seq <= gone.seen or row.ref else None}
        for number, row in enumerate(events, kept.seq + 1)
    ]
    if moves:
        tx.execute(_MOVE, moves)
        tx.execute(update(tables.leads).where(tables.leads.c.id == kept.id).values(seq=kept.seq + len(moves)))
    return [{"id": row.id, "seq": row.seq, "merged": row.merged} for row in events]


def _unite(
    tx: Connection, kept: Row[Any], gone: Row[Any], later: str, chosen: Mapping[str, str]
) -> tuple[Told, dict[str, str | None]]:
    """The kept lead's columns; where it gets the other's address, that one gets its own: both are found by theirs.
    Answers column → what was and what is; and the address that the other had."""
    after = columns_after(kept, gone, words_of(kept, gone, later, chosen, holder(tx, kept.id)))
    leads = tables.leads
    had = {"email": gone.email, "email_key": gone.email_key}
    if "email_key" in after:
        tx.execute(update(leads).where(leads.c.id == gone.id).values(email=None, email_key=None))
    if after:
        tx.execute(update(leads).where(leads.c.id == kept.id).values(**after))
    if "email_key" in after:
        own = {"email": kept.email, "email_key": kept.email_key}
        tx.execute(update(leads).where(leads.c.id == gone.id).values(**own))
    fields = after.pop("fields", kept.fields)
    told = {name: [plain(getattr(kept, name)), plain(value)] for name, value in after.items()}
    told |= {
        f"{OWN}{name}": [kept.fields.get(name), value]
        for name, value in fields.items()
        if kept.fields.get(name) != value
    }
    return told, had


def _keep_wishes(tx: Connection, both: tuple[Row[Any], ...], now: datetime, address_key: AddressKey) -> list[Told]:
    """Who said no under one address, or for one number, said no under the other as well. Answers what was added."""
    added: list[Told] = []
    for channel, column in (("email", "email"), ("telephone", "phone")):
        addresses = dict.fromkeys(getattr(row, column) for row in both if getattr(row, column))
        reasons = {one: suppressed(tx, channel, address_key(one)) for one in addresses}
        wish = next((reason for reason in reasons.values() if reason in WISHES), None)
        for address, reason in reasons.items():
            if wish is not None and reason is None:
                suppress(tx, channel, address, wish, now, address_key)
                added.append({"channel": channel, "address_key": address_key(address)})
    return added


def _pass_on_doubts(tx: Connection, kept: str, gone: str, now: datetime) -> list[Told]:
    """Whoever may be the one that goes may be the one that stays. Answers the pairs that are asked about for that."""
    d = tables.duplicates.c
    asked = select(tables.duplicates).where(
        (d.first_id == gone) | (d.second_id == gone), d.status == "open", d.first_id != kept, d.second_id != kept
    )
    added: list[Told] = []
    for row in tx.execute(asked).all():
        third = row.first_id if row.second_id == gone else row.second_id
        if propose(tx, kept, third, row.why, row.likeness, now):
            added.append(dict(pair(kept, third)))
    return added


def tell_flows(tx: Connection, lead: str, now: datetime, ears: Ears) -> None:
    """Its points follow from what it is now, and whoever walks with it looks at it anew."""
    columns = ears.scored(tx, lead_row(tx, lead), (), now, profile_changed=True)
    if columns:
        tx.execute(update(tables.leads).where(tables.leads.c.id == lead).values(**columns))
    graded = hear_grade(tx, lead, now, ears)
    row = lead_row(tx, lead)
    news = tx.execute(select(exists().where(_E.lead_id == lead, _E.seq > row.seen, _E.merged.is_(None)))).scalar_one()
    if row.open or news or any(ears.rings(tx, row, one, profile_changed=False) for one in graded):
        ring(tx, lead, row.seq)
