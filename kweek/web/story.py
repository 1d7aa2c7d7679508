"""What should a colleague know before acting on a lead? Who it is, why it is here now, and what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, or_, select
from sqlalchemy.exc import NoResultFound

from kweek.flow.plan import AnyStep, Call, Send, Task, Wait
from kweek.flow.surveys import Question, Survey, say
from kweek.flow.words import PAGE_VIEWED
from kweek.intake.surveys.submit import answer_in_words
from kweek.leads import publish, tables
from kweek.leads.database import NoSuchLead
from kweek.leads.merged import living
from kweek.web.queries import WHO
from kweek.web.rules import WorkspaceRules
from kweek.web.spoken import kept_words
from kweek.words import Tongue

_MOST_WORDS: Final = 50  # of the lead, and of colleagues
_SPOKEN: Final = ("subject", "message", "question", "remarks", "text", "note")  # data that people wrote themselves
_NEWEST: Final = (tables.events.c.at.desc(), tables.events.c.seq.desc())


@dataclass(frozen=True, slots=True)
class Why:
    """What brought the lead here: an event (or `goal`, or whose time was up), in a flow; about which mail of ours.

    words: what a state said at the end of the time (`opened`). mail: the ledger's row. step: that heard the event.
    """

    flow: str
    event: str | None = None
    words: str | None = None
    at: datetime | None = None
    mail: Row[Any] | None = None
    step: AnyStep | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of a survey, and what the lead answered. again: it stands in another survey as well."""

    question: str
    answer: str
    survey: str
    at: datetime
    again: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Words of a person. by: the colleague who wrote them down; None: the lead's own."""

    at: datetime
    words: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The last mail that a lead wrote back. caught: its id, where our own catcher has it; else it is in the mailbox."""

    at: datetime
    caught: int | None


def living_who(read: Connection, lead_id: str) -> Row[Any]:
    """The same of the lead that goes on in its place. NoSuchLead."""
    try:
        return who(read, living(read, lead_id))
    except NoResultFound:
        raise NoSuchLead(lead_id) from None


def who(read: Connection, lead_id: str) -> Row[Any]:
    """The lead's row, with `who` (the best name there is) and `company`."""
    leads, companies = tables.leads, tables.companies
    query = select(leads, WHO, companies.c.name.label("company"))
    joined = query.join_from(leads, companies, companies.c.id == leads.c.company_id, isouter=True)
    return read.execute(joined.where(leads.c.id == lead_id)).one()


# --- why now --------------------------------------------------------------------------------------


def why(read: Connection, key: str, enrolment_id: str) -> Why:
    """By the enrolment's own journal: what it reacted to last before it put this on a desk."""
    enrolments, journal = tables.enrolments.c, tables.journal.c
    version = read.execute(select(enrolments.version).where(enrolments.id == enrolment_id)).scalar_one_or_none()
    plan = publish.plan_in(read, version) if version else None
    flow = plan.title if plan else ""
    lead_id = enrolment_id.rpartition("-")[0]  # by which the journal is sought
    its = (journal.lead_id == lead_id, journal.enrolment_id == enrolment_id)
    lines = select(tables.journal).where(*its).order_by(journal.id)
    cause = _cause(read.execute(lines).all(), key)
    if cause is None:
        return Why(flow)
    match cause.kind:
        case "timed_out":
            step = plan.steps.get(cause.step) if plan else None
            return Why(flow, *_time_was_up(step, cause.detail.get("state")), cause.at)
        case "started":
            return Why(flow, str(cause.detail.get("by") or "manual"), None, cause.at)
        case _:
            event, step = str(cause.detail["event"]), plan.steps.get(cause.step) if plan else None
            return Why(flow, event, None, cause.at, _mail_of(read, cause), step)


def _time_was_up(step: AnyStep | None, state: str | None) -> tuple[str, str | None]:
    """Who left what undone, and what was known of it. A lead is not blamed for what a colleague did not do, nor for a
    mail that never came, nor for a wait that is over."""
    match step:
        case Send() if state == "undelivered":
            return state, None
        case Send():
            return "timed out mail", state
        case Call() if state == "attempted":
            return "timed out attempted", None
        case Call():
            return "timed out call", None
        case Task():
            return "timed out task", None
        case Wait():
            return "timed out wait", None
        case _:  # of a version that has no such step any more
            return "timed out", state


def _cause(lines: Sequence[Row[Any]], key: str) -> Row[Any] | None:
    found = None
    for line in lines:
        if line.kind == "effect" and line.detail.get("key") == key:
            break
        if line.kind in ("reacted", "timed_out", "started"):
            found = line
    return found


def _mail_of(read: Connection, cause: Row[Any]) -> Row[Any] | None:
    """The mail that the event is about, if it is about one."""
    events, mails = tables.events.c, tables.mails
    query = select(mails).join(tables.events, events.ref == mails.c.key)
    about = query.where(events.lead_id == cause.lead_id, events.seq == cause.detail.get("seq"))
    return read.execute(about).one_or_none()


# --- what was said --------------------------------------------------------------------------------


def answers(read: Connection, rules: WorkspaceRules, lead_id: str, language: str) -> list[Answer]:
    """In the words of the survey as it was published, in its own order; where it is gone, by their ids."""
    a = tables.answers.c
    rows = read.execute(select(tables.answers).where(a.lead_id == lead_id).order_by(a.survey, a.at, a.question)).all()
    found: list[Answer] = []
    for name in dict.fromkeys(row.survey for row in rows):
        given = {row.question: row for row in rows if row.survey == name}
        survey = rules.survey_in(read, next(iter(given.values())).source.rpartition("/")[0], name)
        found += _in_words(survey, given, language)
    times = Counter(one.question for one in found)
    return [replace(one, again=times[one.question] > 1) for one in found]


def _in_words(survey: Survey | None, given: Mapping[str, Row[Any]], language: str) -> Iterator[Answer]:
    asked = {question.name.value: question for question in survey.questions} if survey else {}
    title = say(survey.title, language) if survey else ""
    for name in sorted(given, key=lambda name: (list(asked).index(name) if name in asked else len(asked), name)):
        question, row = asked.get(name), given[name]
        text = say(question.text, language) if question else name
        yield Answer(text, answer_words(question, row.value, language), title or row.survey, row.at)


def answer_words(question: Question | None, value: object, language: str) -> str:
    """A day as this language writes it."""
    if question is not None and question.type == "date" and isinstance(value, str):
        return kept_words(Tongue(language), value, "date", UTC)
    return answer_in_words(question, value, language)


def last_reply(read: Connection, lead: Row[Any], mailbox: str | None) -> Reply | None:
    """mailbox: where answers go. We keep that it wrote, not what: its words are in that mailbox."""
    events = tables.events.c
    query = select(events.at).where(events.lead_id == lead.id, events.kind == "replied")
    at = read.execute(query.order_by(*_NEWEST).limit(1)).scalar_one_or_none()
    return None if at is None else Reply(at, caught_answer(read, lead.email, mailbox))


def caught_answer(read: Connection, sender: str | None, mailbox: str | None) -> int | None:
    """Where the mailbox is the catcher's, the last that this lead wrote to it."""
    caught = tables.caught.c
    query = select(caught.id).where(caught.sender == sender, caught.recipient == mailbox)
    return read.execute(query.order_by(caught.id.desc()).limit(1)).scalar_one_or_none()


def remarks(read: Connection, lead_id: str) -> list[Remark]:
    """What the lead wrote in forms, and what colleagues noted of it; the newest first. Each is sought by itself:
    neither a thousand pages that it looked at nor a colleague's many notes push out what it asked."""
    found = [*_of_forms(read, lead_id), *_of_colleagues(read, lead_id)]
    return sorted(found, key=lambda remark: remark.at, reverse=True)


def _of_forms(read: Connection, lead_id: str) -> Iterator[Remark]:
    events = tables.events.c
    wrote = or_(*(events.data[name].as_string() != "" for name in _SPOKEN))
    its = (events.lead_id == lead_id, events.ref.is_(None), events.kind != PAGE_VIEWED)  # most there is says no words
    query = select(events.at, events.data).where(*its, wrote)
    for row in read.execute(query.order_by(*_NEWEST).limit(_MOST_WORDS)):
        words = [row.data[name] for name in _SPOKEN if isinstance(row.data.get(name), str) and row.data[name]]
        if words:
            yield Remark(row.at, "\n".join(words))


def _of_colleagues(read: Connection, lead_id: str) -> Iterator[Remark]:
    """What they noted with whatever they did."""
    events = tables.events.c
    query = select(events.at, events.note, events.by).where(events.lead_id == lead_id, events.note.is_not(None))
    for row in read.execute(query.order_by(*_NEWEST).limit(_MOST_WORDS)):
        yield Remark(row.at, row.note, row.by)
