"""What happened to a mail, a handover, a call or a task, line by line? With every rung that a handover climbed.

Of a lead as a whole: `kweek.web.course`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, case, select

from kweek.leads import tables
from kweek.leads.merged import living
from kweek.web.line_words import whom
from kweek.web.spoken import event_words, mail_event, outcome_words, task_words
from kweek.words import Tongue

MOST: Final = 40  # events about one mail

BEFORE, DID, KNOWN, BROUGHT, MOVED, THERE = range(6)
"""Of one moment: who clicked had opened before; what it did, each with its points; what else is known by then; what the
points brought about; where it went; who has it there."""
Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Happened:
    """One line. by: who did it. more: what else is to be said of it. sort: of which it is, in a lead's story. place:
    among those of one moment, what followed from what."""

    at: datetime
    words: str
    by: str | None = None
    more: tuple[str, ...] = ()
    alarm: bool = False
    sort: str = ""
    place: Place = (0, 0, 0)


def of_mail(read: Connection, say: Tongue, lead_id: str, key: str, but: Collection[str] = ()) -> list[Happened]:
    """What its reader, his mailbox or the mail server did with it, in order; without the kinds in `but`."""
    events = tables.events.c
    about = (events.lead_id == lead_id, events.ref == key, events.kind.not_in(but))
    query = select(tables.events).where(*about).order_by(events.at, *_in_turn()).limit(MOST)
    return [Happened(row.at, event_words(say, mail_event(row.kind)), row.by) for row in read.execute(query)]


def _in_turn() -> tuple[Any, Any]:
    """Of one moment: who clicked had opened before, though that was written down after it."""
    return case((tables.events.c.kind == "opened", 0), else_=1), tables.events.c.seq


def of_handover(read: Connection, say: Tongue, row: Row[Any]) -> list[Happened]:
    """From being given to being closed, in order: reminders, rungs, contacts."""
    lines = [
        Happened(row.given_at, say("event.handed over", team=row.team)),
        *rungs(read, say, row.lead_id, [row.key]),
        *_deeds(read, say, row, closing(say, row)),
    ]
    if row.outcome == "withdrawn":
        lines.append(Happened(row.closed_at, outcome_words(say, "withdrawn"), None, closing(say, row)))
    return sorted(lines, key=lambda line: line.at)


def of_call(read: Connection, say: Tongue, row: Row[Any]) -> list[Happened]:
    """Put on the desk, taken, tried."""
    return [Happened(row.opened_at, say("event.asked")), *_deeds(read, say, row)]


def of_task(read: Connection, say: Tongue, row: Row[Any]) -> list[Happened]:
    """Put on the desk, taken; reminders and rungs; its end."""
    lines = [
        Happened(row.opened_at, say("event.asked")),
        *_deeds(read, say, row),
        *rungs(read, say, row.lead_id, [row.key]),
    ]
    return sorted(lines, key=lambda line: line.at)


def _deeds(read: Connection, say: Tongue, row: Row[Any], how: tuple[str, ...] = ()) -> Iterator[Happened]:
    """What became of it, by the lead's events, each with whoever did it. how: what else is to be said of its end."""
    events = tables.events.c
    about = (events.lead_id == living(read, row.lead_id), events.ref == row.key)
    query = select(tables.events).where(*about).order_by(events.seq)
    for event in read.execute(query):
        words = task_words if event.kind in getattr(row, "outcomes", ()) else outcome_words
        yield Happened(event.at, words(say, event.kind), event.by, how if event.kind == row.outcome else ())


def closing(say: Tongue, row: Row[Any]) -> tuple[str, ...]:
    """What was said when a handover was closed: why, and until when."""
    more = [row.reason] if row.reason else []
    return (*more, say("past.until", day=say.day(row.later_on))) if row.later_on else tuple(more)


# --- the ladder -----------------------------------------------------------------------------------


def rungs(read: Connection, say: Tongue, lead_id: str, keys: Collection[str]) -> Iterator[Happened]:
    """Each reminder and escalation of these handovers and tasks, with who was told of it and what became of the
    mail."""
    effects = tables.effects.c
    kinds = effects.kind.in_(("remind", "escalate"))
    query = select(tables.effects).where(effects.lead_id == lead_id, kinds).order_by(effects.issued_at)
    for effect in read.execute(query):
        if effect.args.get("ref") not in keys:
            continue
        told = _told(read, say, effect)
        if effect.kind == "remind":
            yield Happened(effect.issued_at, say("past.remind"), None, (told,))
        else:
            words = say("past.rung", number=effect.args.get("rung", ""))
            yield Happened(effect.issued_at, words, None, (told, *_passed_on(say, effect.args)), alarm=True)


def _told(read: Connection, say: Tongue, effect: Row[Any]) -> str:
    """A notice has its effect's key, with what it says and to whom: `l1-1/5:escalation:hanneke`."""
    mails = tables.mails.c
    query = select(mails.recipient, mails.status).where(
        mails.lead_id == effect.lead_id,
        mails.audience == "colleague",
        mails.key.startswith(f"{effect.key}:", autoescape=True),
    )
    told = [
        f"{mail.recipient or ''} ({say.maybe(f'status.{mail.status}', mail.status)})" for mail in read.execute(query)
    ]
    return say("past.told", who=", ".join(told)) if told else say("past.telling", who=_whom(say, effect))


def _whom(say: Tongue, effect: Row[Any]) -> str:
    to = "owner" if effect.kind == "remind" else str(effect.args.get("tell") or effect.args.get("reassign") or "")
    return whom(say, to)


def _passed_on(say: Tongue, args: Mapping[str, Any]) -> tuple[str, ...]:
    late = (say("past.late", name=args["late"]),) if args.get("late") else ()
    return (*late, say("past.passed", team=args["reassign"])) if args.get("reassign") else late
