"""Which way did a lead go, and what comes next? Its picture, its way lit up; and each moment at which it goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from kweek.draw import svg
from kweek.flow.passed import passed_in
from kweek.flow.plan import AnyStep, Handover, Plan, Task
from kweek.flow.state import Entry, Token
from kweek.flow.stored import load_enrolment
from kweek.leads import publish, tables
from kweek.web.pictures import picture_of
from kweek.web.spoken import step_words, why_words
from kweek.words import Tongue

_PICTURES: Final = 1  # what a page mostly weighs; another is drawn when somebody asks for it


@dataclass(frozen=True, slots=True)
class Next:
    """at: flow time."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """One enrolment. step: where it stands, in words. picture: of the version that it walks."""

    row: Row[Any]
    title: str
    number: int
    step: str
    next: tuple[Next, ...]
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """An open or a click of a mail, and how it was judged."""

    kind: str
    link: str | None
    at: datetime
    grade: str | None
    reasons: tuple[str, ...]


def ways(
    read: Connection, say: Tongue, leads: Sequence[str], drawn: int = _PICTURES, asked: Collection[str] = ()
) -> list[Way]:
    """Of each flow that these are or were in, the newest first. drawn: how many of them with their picture; asked: the
    enrolments that have theirs as well."""
    e, v = tables.enrolments.c, tables.versions.c
    query = select(tables.enrolments, v.number).join(tables.versions, v.hash == e.version).where(e.lead_id.in_(leads))
    rows = read.execute(query.order_by(e.ended_at.is_not(None), e.started_at.desc(), e.id.desc())).all()
    return [_way(read, say, row, n < drawn or row.id in asked) for n, row in enumerate(rows)]


def _way(read: Connection, say: Tongue, row: Row[Any], drawn: bool) -> Way:
    plan = publish.plan_in(read, row.version)
    token = load_enrolment(row.state).token if row.ended_at is None else None
    step = plan.steps.get(row.step) if row.step else None
    words = step_words(say, step) if step else row.step or ""
    comes = tuple(sorted(_next(read, say, row, step, token), key=lambda one: one.at)) if token else ()
    picture = ""
    if drawn:
        here = [row.step] if row.step else []
        lit = [*_passed(read, row.lead_id, row.id, plan), *here]
        picture = svg(picture_of(read, row.version, say), lit=lit, here=here, theme="page", counted=False)
    return Way(row, plan.title, row.number, words, comes, picture)


def _passed(read: Connection, lead_id: str, enrolment_id: str, plan: Plan) -> set[str]:
    """The steps on which it stood, that it did or that sent it on, and the rows that it took."""
    j = tables.journal.c
    query = select(j.kind, j.step, j.place, j.detail).where(j.lead_id == lead_id, j.enrolment_id == enrolment_id)
    lines = read.execute(query.order_by(j.id)).all()
    told = [Entry(enrolment_id, line.kind, line.step, None, line.detail) for line in lines]
    return {key for line in lines for key in (line.step, line.place) if key} | passed_in(plan, told)


def _next(read: Connection, say: Tongue, of: Row[Any], step: AnyStep | None, token: Token) -> Iterator[Next]:
    if token.deadline is not None:
        yield Next(say("next.rests" if token.held_since else "next.deadline"), token.deadline)
    if token.call_back is not None:
        yield Next(say("next.call-back"), token.call_back)
    reminds = isinstance(step, Handover | Task) and step.remind is not None
    for n, at in enumerate(token.rungs, 0 if reminds else 1):
        if at is not None:
            yield Next(say("next.rung", number=n) if n else say("next.remind"), at)
    effects = tables.effects.c
    whose = (effects.lead_id == of.lead_id, effects.enrolment_id == of.id)
    late = (*whose, effects.status == "pending", effects.due_at.is_not(None))
    for effect in read.execute(select(effects.due_at, effects.waits_for, effects.args).where(*late)):
        why = why_words(say, effect.waits_for or "")
        yield Next(say("next.mail", mail=effect.args.get("mail", ""), why=why), effect.due_at)


def seen(read: Connection, mails: Sequence[Row[Any]]) -> Mapping[str, list[Seen]]:
    """By the key of each mail: what came back from it, in order; those of the machines too."""
    h = tables.hits.c
    found: dict[str, list[Seen]] = {}
    query = select(h.mail_key, h.kind, h.link, h.at, h.grade, h.reasons).order_by(h.at)
    for row in read.execute(query.where(h.mail_key.in_([mail.key for mail in mails])).limit(500)):
        found.setdefault(row.mail_key, []).append(Seen(row.kind, row.link, row.at, row.grade, tuple(row.reasons or ())))
    return found


def caught(read: Connection, keys: Sequence[str]) -> Mapping[str, int]:
    """By the key of each mail: where the catcher shows it."""
    m, c = tables.mails.c, tables.caught.c
    query = select(m.key, c.id).join_from(tables.mails, tables.caught, c.message_id == m.message_id)
    return {row.key: row.id for row in read.execute(query.where(m.key.in_(keys)).order_by(c.id))}
