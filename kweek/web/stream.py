"""What just happened? The last of it as lines, the newest first: what leads, colleagues and the house did, and where
it brought the lead.

A turn of the machine is one line, with what set it off; what moved nobody but somebody wants to know (a call that
nobody answered, a contact, a quote) is one of its own; and mails that left within an hour are one, however many.
Opens, clicks and looks at pages are not told: they are in the lead's story.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, Literal, cast, get_args

from sqlalchemy import Connection, Row, func, or_, select

from kweek.leads import tables
from kweek.web.queries import WHO

_TAIL: Final = 300  # journal lines: a second of a busy house
_FAR: Final = 20_000  # how far back a quiet flow's own lines are sought
_HEARD: Final = 300  # the last events, told or not
_TOLD: Final = ("sent", "answered", "replied", "undelivered", "bounced", "unsubscribed", "complained")
_UNTOLD: Final = ("taken", "given_back", "accepted")  # by a colleague, and no news yet
_TOGETHER: Final = timedelta(hours=1)

_Row = Row[*tuple[Any, ...]]
DeedKind = Literal["give_handover", "remind", "escalate", "tell"]
_DEEDS: Final[tuple[DeedKind, ...]] = get_args(DeedKind)


@dataclass(frozen=True, slots=True)
class Deed:
    """What the house did. what: the team, the rung. who: to whom. passed: the team in which another has it now."""

    kind: DeedKind
    what: str = ""
    who: str = ""
    passed: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """cause: what set it off, as the journal says (`reacted`, `opened`), or an event that moved nobody (`event`).
    heard: by which step. by: the colleague who did that. step: where the lead stands now. ended: or how it left. mail:
    one that left, with its subject; others: to how many more."""

    order: tuple[datetime, int, int]
    lead_id: str
    who: str
    flow: str
    version: str
    cause: tuple[str, str] = ("", "")
    heard: str = ""
    by: str | None = None
    deeds: tuple[Deed, ...] = ()
    step: str | None = None
    ended: str | None = None
    mail: tuple[str, str] | None = None
    others: int = 0

    @property
    def at(self) -> datetime:
        return self.order[0]


def last(read: Connection, flow: str | None = None, most: int = 120) -> tuple[Line, ...]:
    """Of one flow, or of all."""
    journal = _journal(read, flow)
    events = _events(read, None if flow is None else {row.lead_id for row in journal})
    turns = sorted(journal, key=lambda row: (row.lead_id, row.enrolment_id, row.turn, row.id))
    deeds, heard = _deeds(read, journal), {(row.lead_id, row.seq): row for row in events}
    lines = [
        line
        for _, of in groupby(turns, lambda row: (row.enrolment_id, row.turn))
        if (line := _move(list(of), deeds, heard))
    ]
    moved = {(row.lead_id, row.detail.get("seq")) for row in journal if row.kind == "reacted"}
    lines += _told(read, [row for row in events if (row.lead_id, row.seq) not in moved])
    mine = (line for line in lines if flow in (None, line.flow))
    return tuple(_together(sorted(mine, key=lambda line: line.order, reverse=True)))[:most]


# --- what moved a lead ------------------------------------------------------------------------------


def _journal(read: Connection, flow: str | None) -> Sequence[_Row]:
    j, e = tables.journal.c, tables.enrolments.c
    query = (
        select(j.id, j.at, j.enrolment_id, j.turn, j.kind, j.step, j.detail, j.lead_id, e.flow, e.version, WHO)
        .join_from(tables.journal, tables.enrolments, e.id == j.enrolment_id)
        .join(tables.leads, tables.leads.c.id == j.lead_id)
        .order_by(j.id.desc())
        .limit(_TAIL)
    )
    if flow is not None:
        newest = select(func.coalesce(func.max(j.id), 0)).scalar_subquery()
        query = query.where(e.flow == flow, j.id > newest - _FAR)
    return read.execute(query).all()


def _move(rows: Sequence[_Row], deeds: Mapping[str, Deed], heard: Mapping[tuple[str, int], _Row]) -> Line | None:
    """One turn. None: nothing that anybody would tell."""
    cause, at, by, step, ended = ("", ""), "", None, None, None
    for row in rows:
        match row.kind:
            case "started" | "reacted" | "timed_out" | "held" | "released":
                if not cause[0]:
                    cause, at = (row.kind, _word(row)), row.step or ""
                    event = heard.get((row.lead_id, row.detail.get("seq", 0)))
                    by = event.by if event else None
            case "entered":
                step, ended = row.step, None
            case "ended":
                ended = str(row.detail.get("result") or "done")
            case _:
                pass
    did = tuple(deeds[key] for row in rows if (key := row.detail.get("key")) in deeds)
    if not cause[0] and step is None and ended is None and not did:
        return None
    end = rows[-1]
    return Line((end.at, 1, end.id), end.lead_id, end.who, end.flow, end.version, cause, at, by, did, step, ended)


def _word(row: _Row) -> str:
    key = {"started": "by", "reacted": "event", "timed_out": "state"}.get(row.kind, "")
    return str(row.detail.get(key) or "")


def _deeds(read: Connection, journal: Iterable[_Row]) -> dict[str, Deed]:
    """By the keys of their effects. Who is told is who has it now."""
    issued = {row.detail["key"]: row.detail for row in journal if row.detail.get("effect") in _DEEDS}
    clocks = [key for key, detail in issued.items() if detail["effect"] in ("remind", "escalate")]
    effects = tables.effects.c
    asked = read.execute(select(effects.key, effects.args).where(effects.key.in_(clocks))).all() if clocks else ()
    args: dict[str, Mapping[str, Any]] = {row.key: row.args for row in asked}
    given = [key for key, detail in issued.items() if detail["effect"] == "give_handover"]
    has = _who_has(read, {*given, *(str(one.get("ref")) for one in args.values())})
    return {key: _deed(key, detail, args.get(key, {}), has) for key, detail in issued.items()}


def _deed(key: str, detail: Mapping[str, Any], args: Mapping[str, Any], has: Mapping[str, str]) -> Deed:
    kind, what = cast("DeedKind", detail["effect"]), str(detail.get("what") or "")
    match kind:
        case "give_handover":
            return Deed(kind, what, has.get(key, ""))
        case "remind":
            return Deed(kind, "", has.get(str(args.get("ref")), ""))
        case "escalate":
            return Deed(kind, str(args.get("rung") or ""), str(args.get("tell") or ""), str(args.get("reassign") or ""))
        case "tell":
            return Deed(kind, "", what)


def _who_has(read: Connection, keys: Collection[str]) -> dict[str, str]:
    if not keys:
        return {}
    h, t = tables.handovers.c, tables.tasks.c
    theirs = [
        *read.execute(select(h.key, h.owner).where(h.key.in_(keys))).all(),
        *read.execute(select(t.key, func.coalesce(t.taken_by, t.assignee)).where(t.key.in_(keys))).all(),
    ]
    return {key: owner for key, owner in theirs if owner}


# --- what moved nobody ------------------------------------------------------------------------------


def _events(read: Connection, leads: Collection[str] | None) -> Sequence[_Row]:
    """Of the last events those that are told. leads: of these only."""
    e, m = tables.events.c, tables.mails.c
    newest = select(e.lead_id, e.seq, e.kind, e.at, e.ref, e.by).order_by(e.recorded_at.desc()).limit(_HEARD)
    found = (newest if leads is None else newest.where(e.lead_id.in_(leads))).subquery()
    query = (
        select(found, m.subject, m.mail, WHO)
        .join_from(found, tables.leads, tables.leads.c.id == found.c.lead_id)
        .join(tables.mails, m.key == found.c.ref, isouter=True)
        .where(or_(found.c.kind.in_(_TOLD), found.c.by.is_not(None) & found.c.kind.not_in(_UNTOLD)))
    )
    return read.execute(query).all()


def _told(read: Connection, events: Sequence[_Row]) -> Iterator[Line]:
    e = tables.enrolments.c
    ids = {row.ref.rpartition("/")[0] for row in events if row.ref}  # the key of an effect begins with its enrolment
    of = {row.id: row for row in read.execute(select(e.id, e.flow, e.version).where(e.id.in_(ids)))} if ids else {}
    for row in events:
        walked = of.get((row.ref or "").rpartition("/")[0])
        flow, version = (walked.flow, walked.version) if walked else ("", "")
        mail = (row.mail or "", row.subject or row.mail or "") if row.kind == "sent" else None
        yield Line((row.at, 0, row.seq), row.lead_id, row.who, flow, version, ("event", row.kind), by=row.by, mail=mail)


def _together(lines: Sequence[Line]) -> Iterator[Line]:
    """Mails of one name in one flow that left within an hour are one line, in the place of the last of them."""
    first: dict[tuple[str, str], int] = {}
    found: list[Line] = []
    for line in lines:
        if line.mail is not None:
            at = first.get((line.flow, line.mail[0]))
            if at is not None and found[at].at - line.at < _TOGETHER:
                found[at] = replace(found[at], others=found[at].others + 1)
                continue
            first[line.flow, line.mail[0]] = len(found)
        found.append(line)
    yield from found
