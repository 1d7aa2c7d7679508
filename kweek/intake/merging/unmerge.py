"""They were two after all: how is a merge undone? What moved goes back, and what was written is as it was before.

What somebody changed since then stays as it is. What came in since then under a name of the other one, or about its
mails, calls and tasks, is the other one's (`kweek.intake.merging.meanwhile`); all else stays. Three things are not
undone: enrolments that ended as `merged` (of what they had, colleagues get tasks when the lead hears `unmerged`), lines
of the points' ledger that were taken back by a line of their own, and numbers of events that were given out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, delete, exists, func, or_, select, update

from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.merging.meanwhile import BACK, give_its_own
from kweek.intake.merging.merge import tell_flows
from kweek.intake.merging.rows import (
    HELD_ONCE,
    MOVING,
    SOURCED,
    Told,
    give_back,
    hold_again,
    move_back,
    plain,
    take_back,
    typed,
)
from kweek.intake.merging.said_since import part, said_since
from kweek.intake.merging.united import OWN
from kweek.intake.outcomes import ClosedError, NoSuchTaskError, OutcomeError
from kweek.intake.record import Ears, append
from kweek.intake.surveys.worth import settle_answers
from kweek.intake.touches import settle_campaigns
from kweek.leads import tables
from kweek.leads.away import until_through
from kweek.leads.database import Database
from kweek.leads.duplicates import settle_pair
from kweek.leads.enrolments import lead_row
from kweek.leads.merged import lock_both, merged_into

_E: Final = tables.events.c
_WISHED: Final = ("unsubscribed", "complained", "objected")


def unmerge(db: Database, merge_id: int, by: str, now: datetime, ears: Ears) -> tuple[str, str]:
    """Undo it; answers the lead that went on and the one that is itself again.

    ClosedError: somebody undid it before. OutcomeError: another merge has to be undone first. NoSuchTaskError.
    """
    with db.read() as read:
        kept, gone = _of(read, merge_id).kept_id, _of(read, merge_id).gone_id
    until_through(lambda: _unmerge(db, merge_id, kept, gone, by, now, ears))
    return kept, gone


def _unmerge(db: Database, merge_id: int, kept: str, gone: str, by: str, now: datetime, ears: Ears) -> None:
    with db.write() as tx:
        lock_both(tx, kept, gone)
        row = _of(tx, merge_id)
        if row.undone_at is not None:
            raise ClosedError("merge", row.undone_by, row.undone_at, "undone")
        if in_the_way(tx, row) is not None:
            raise OutcomeError("Another merge came after this one: undo that one first.", field="undo")
        _undo(tx, row, by, now, ears)
        settle_answers(tx, (kept, gone), now)
        tell_flows(tx, kept, now, ears)
        back = Incoming(f"{gone}/unmerged/{row.id}", "unmerged", now, LeadIn(id=gone), by=by)
        append(tx, gone, back, now, ears)
        tell_flows(tx, gone, now, ears)


def in_the_way(read: Connection, merge: Row[Any]) -> Row[Any] | None:
    """The merge that has to be undone before this one: the last one that the kept lead had a part in."""
    m = tables.merges
    later = select(m).where(
        or_(m.c.kept_id == merge.kept_id, m.c.gone_id == merge.kept_id), m.c.undone_at.is_(None), m.c.id > merge.id
    )
    return read.execute(later.order_by(m.c.id.desc()).limit(1)).one_or_none()


def _of(read: Connection, merge_id: int) -> Row[Any]:
    row = read.execute(select(tables.merges).where(tables.merges.c.id == merge_id)).one_or_none()
    if row is None:
        raise NoSuchTaskError("There is no such merge.")
    return row


def _undo(tx: Connection, row: Row[Any], by: str, now: datetime, ears: Ears) -> None:
    kept, gone, told = row.kept_id, row.gone_id, row.moved
    tx.execute(update(tables.leads).where(tables.leads.c.id == gone).values(merged_into=None))
    was, said = lead_row(tx, kept), said_since(tx, kept, told["replaced"]) if "replaced" in told else []
    for table in MOVING:
        move_back(tx, table, told["moved"].get(table.name, []), gone, kept)
    for table in HELD_ONCE:
        take_back(tx, table, told["copied"].get(table.name, []))
    its_own = [gone, *merged_into(tx, gone)]
    for table in SOURCED:
        give_back(tx, table, gone, kept, its_own)
    _columns_back(tx, kept, gone, told)
    _campaigns_back(tx, gone, len(told["moved"].get(tables.touches.name, [])))
    _events_back(tx, kept, gone, told["events"], told.get("heard"))
    give_its_own(tx, kept, gone, its_own, ears)
    if "replaced" in told:
        part(tx, was, gone, told, said, its_own)
    for table in SOURCED:
        hold_again(tx, table, told.get("held", {}).get(table.name, []))
    _points_back(tx, kept, gone)
    _wishes_back(tx, kept, told["silenced"], row.at)
    _doubts_back(tx, told["proposed"])
    settle_pair(tx, kept, gone, "different", by, now)
    merges = tables.merges
    tx.execute(update(merges).where(merges.c.id == row.id).values(undone_by=by, undone_at=now))


def _columns_back(tx: Connection, kept: str, gone: str, told: Told) -> None:
    leads, now = tables.leads, lead_row(tx, kept)
    fields: dict[str, Any] = dict(now.fields)
    back: dict[str, Any] = {}
    changed: dict[str, tuple[Any, Any]] = told["columns"]
    for name, (before, after) in changed.items():
        own = name.removeprefix(OWN)
        if own == name and plain(getattr(now, name)) == after:
            back[name] = typed(leads.c[name], before)
        elif own != name and fields.get(own) == after:
            fields[own] = before
    back["fields"] = {name: value for name, value in fields.items() if value is not None}
    swapped = "email_key" in told["columns"]
    if swapped:  # first nobody has either address
        tx.execute(update(leads).where(leads.c.id == gone).values(email=None, email_key=None))
    tx.execute(update(leads).where(leads.c.id == kept).values(**back))
    if swapped and not _taken(tx, told["addresses"]["email_key"]):
        tx.execute(update(leads).where(leads.c.id == gone).values(**told["addresses"]))


def _campaigns_back(tx: Connection, gone: str, had: int) -> None:
    """They stood still while its touches were the other's. Some may have been taken away, with an import."""
    touches = tables.touches
    has = tx.execute(select(func.count()).select_from(touches).where(touches.c.lead_id == gone)).scalar_one()
    if has < had:
        settle_campaigns(tx, gone)


def _taken(tx: Connection, email_key: str | None) -> bool:
    """Somebody came with that address while it was nobody's."""
    leads = tables.leads.c
    return tx.execute(select(leads.id).where(leads.email_key == email_key)).first() is not None


def _events_back(tx: Connection, kept: str, gone: str, told: list[Told], heard: int | None) -> None:
    """heard: the last that the flows of the one that went had heard. What came after that, and was not there when they
    heard of the merge, they hear now."""
    row = lead_row(tx, gone)
    late = [one["id"] for one in told if heard is not None and heard < one["seq"] <= row.seen and not one["merged"]]
    numbers = {id: number for number, id in enumerate(late, row.seq + 1)}
    if told:
        back = [{"event": one["id"], "number": one["seq"], "past": one["merged"]} for one in told]
        both = {"kept": kept, "gone": gone}
        tx.execute(BACK, [{**one, **both, "number": numbers.get(one["event"], one["number"])} for one in back])
    if late:
        tx.execute(update(tables.leads).where(tables.leads.c.id == gone).values(seq=row.seq + len(late)))


def _points_back(tx: Connection, kept: str, gone: str) -> None:
    """Those for what was another's: gone with it. All else that rules gave is settled by lines of its own."""
    points, theirs = tables.points.c, select(_E.id).where(_E.lead_id == gone)
    tx.execute(delete(tables.points).where(points.lead_id == kept, points.rule.is_not(None), points.about.in_(theirs)))


def _wishes_back(tx: Connection, kept: str, told: list[Told], since: datetime) -> None:
    """Unless the person said no since then: under which address, nobody knows."""
    said = exists().where(_E.lead_id == kept, _E.kind.in_(_WISHED), _E.recorded_at >= since)
    if tx.execute(select(said)).scalar_one():
        return
    for one in told:
        _forget(tx, tables.suppressions, one)


def _doubts_back(tx: Connection, told: list[Told]) -> None:
    for one in told:
        _forget(tx, tables.duplicates, {**one, "status": "open"})


def _forget(tx: Connection, table: Table, which: Told) -> None:
    tx.execute(delete(table).where(*(table.c[name] == value for name, value in which.items())))
