"""What does an effect say to colleagues, and to whom? Read from its row and from the desk that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Row, select

from kweek.leads.enrolments import lead_row
from kweek.leads.tables import enrolments, handovers, tasks
from kweek.mails.notices import Notice


@dataclass(frozen=True, slots=True)
class News:
    """What is told. to: a person's or team's name, `manager`, `owner`, a channel. page: where it can be acted on."""

    what: Notice
    lead_id: str
    enrolment_id: str
    version: str
    to: str | None
    text: str = ""
    mail: str | None = None
    owner: str | None = None
    team: str | None = None
    until: datetime | None = None
    page: str = ""


def news_of(tx: Connection, effect: Row[Any]) -> Iterator[News]:
    """What this effect says, to whom. A handover that goes to another is news for him as well as for the manager."""
    version = tx.execute(select(enrolments.c.version).where(enrolments.c.id == effect.enrolment_id)).scalar_one()
    args = effect.args
    base = (effect.lead_id, effect.enrolment_id, version)
    match effect.kind:
        case "give_handover":
            desk = _desk(tx, effect.key)
            yield News("handover", *base, desk.owner, owner=desk.owner, team=desk.team, until=desk.until)
        case "remind":
            desk = _desk(tx, str(args["ref"]))
            yield News("reminder", *base, desk.owner, desk.text, None, desk.owner, desk.team, desk.until)
        case "escalate":
            desk = _desk(tx, str(args["ref"]))
            passed_on = "late" in args
            late = args["late"] if passed_on else desk.owner
            if args.get("tell") or not passed_on:
                yield News("escalation", *base, args.get("tell"), desk.text, None, late, desk.team, desk.until)
            if passed_on:
                yield News("handover", *base, desk.owner, owner=desk.owner, team=desk.team, until=desk.until)
        case "open_task":
            desk = _desk(tx, effect.key)
            yield News("task", *base, desk.owner, desk.text, None, desk.owner)
        case _:
            owner = lead_row(tx, effect.lead_id).owner
            yield News("tell", *base, str(args["to"]), args.get("text") or "", args.get("mail"), owner)


def page_of(tx: Connection, effect: Row[Any]) -> str:
    """The page of the handover or task that it is about, else the lead's."""
    key = str(effect.args.get("ref") or effect.key)
    for noun, table in (("handovers", handovers), ("tasks", tasks)):
        if tx.execute(select(table.c.key).where(table.c.key == key)).first() is not None:
            return f"{noun}/{quote(key)}"
    return f"leads/{quote(effect.lead_id)}"


@dataclass(frozen=True, slots=True)
class _Desk:
    owner: str | None = None
    team: str | None = None
    until: datetime | None = None
    text: str = ""


def _desk(tx: Connection, key: str) -> _Desk:
    given = tx.execute(select(handovers).where(handovers.c.key == key)).one_or_none()
    if given is not None:
        return _Desk(given.owner, given.team, given.follow_up_at)
    task = tx.execute(select(tasks).where(tasks.c.key == key)).one_or_none()
    return _Desk() if task is None else _Desk(task.taken_by or task.assignee, None, task.due_at, task.title)
