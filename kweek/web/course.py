"""What has become of a lead, line by line? What happened, which steps it went, and what colleagues made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from itertools import groupby
from typing import Any, Final, cast

from sqlalchemy import Connection, Row, Select, and_, case, func, or_, select, true

from kweek.flow.plan import Plan, Send
from kweek.flow.words import GRADE_CHANGED
from kweek.intake.by_hand import NOTED
from kweek.intake.correcting import CORRECTED
from kweek.leads import publish, tables
from kweek.leads.points import is_back
from kweek.leads.reckoned import is_anew
from kweek.rules.said import ROOT
from kweek.web import mail_titles
from kweek.web.caused import Caused, caused
from kweek.web.learned import differing, facts_of, replaced
from kweek.web.line_words import cause_words
from kweek.web.past import BEFORE, BROUGHT, DID, KNOWN, MOVED, THERE, Happened, Place, closing, rungs
from kweek.web.points import key_of
from kweek.web.rules import WorkspaceRules
from kweek.web.spoken import (
    event_words,
    field_words,
    mail_event,
    outcome_words,
    script_words,
    step_words,
    task_words,
    title_of_task,
    value_words,
    why_words,
)
from kweek.web.stretch import Page, Stretch, page_of, place_in
from kweek.words import Tongue

MOST: Final = 100  # lines of one lead on a page
SORTS: Final = ("did", "mails", "desk", "points", "flows")
"""What it did by itself; what came of its mails; what colleagues did; its points; the steps that it went."""


def of_lead(
    read: Connection,
    say: Tongue,
    lead_id: str,
    rules: WorkspaceRules,
    also: Sequence[str] = (),
    only: str | None = None,
    before: str = "",
) -> Page:
    """The newest first. Of one moment: what happened, what it was worth, what followed from that, where the lead went,
    who has it there. rules: of the workspace, with the zone of the moments that an event carries. also: leads that were
    merged into it, of whom the points are counted there. only: of this sort. before: `older` of the page above."""
    family = (lead_id, *also)
    since = {one: caused(read, one) for one in family}

    def told(stretch: Stretch) -> Iterator[Happened]:
        places = dict[str, Place]()
        for one in family:
            yield from _events(read, say, one, rules, only, places, stretch)
        if only in (None, "points"):
            yield from _points(read, say, lead_id, places, stretch)
        if only in (None, "did"):
            yield from replaced(read, say, lead_id, rules)
            for one in family:
                yield from differing(read, say, one)
        for one in family:
            if only in (None, "flows"):
                yield from _moves(read, say, one, since[one], stretch)
            if only in (None, "desk"):
                yield from _desk(read, say, one, since[one])

    return page_of(read, list(_moments(lead_id, family, only)), told, place_in(before), MOST)


def _moments(lead_id: str, family: Sequence[str], only: str | None) -> Iterator[Select[datetime]]:
    """Of what there may be much."""
    e, p, j = tables.events.c, tables.points.c, tables.journal.c
    if only not in ("points", "flows"):
        yield _told(only).with_only_columns(e.at).where(e.lead_id.in_(family))
    if only in (None, "points"):
        yield select(p.at).where(p.lead_id == lead_id)
    if only in (None, "flows"):
        yield select(j.at).where(j.lead_id.in_(family))


# --- what happened --------------------------------------------------------------------------------


def _told(only: str | None) -> Select[Any]:
    """Events, each with the mail or the task that it is about, and with its sort."""
    events, mails, tasks = tables.events.c, tables.mails.c, tables.tasks.c
    sort = case((mails.key.is_not(None), "mails"), (or_(events.ref.is_not(None), events.by.is_not(None)), "desk"))
    mail = (mails.key, mails.subject, mails.mail, mails.enrolment_id)
    query = (
        select(tables.events, *mail, tasks.outcomes, func.coalesce(sort, "did").label("sort"))
        .join_from(tables.events, tables.mails, mails.key == events.ref, isouter=True)
        .join(tables.tasks, tasks.key == events.ref, isouter=True)
    )
    return query if only is None else query.where(func.coalesce(sort, "did") == only)


def _events(
    read: Connection,
    say: Tongue,
    lead_id: str,
    rules: WorkspaceRules,
    only: str | None,
    places: dict[str, Place],
    stretch: Stretch,
) -> Iterator[Happened]:
    """places: is told where each of them stands, by its id."""
    e = tables.events.c
    newest = (e.at.desc(), e.seq.desc())  # what came with a merged lead is older than its number
    rows = read.execute(_told(only).where(e.lead_id == lead_id, *stretch.of(e.at)).order_by(*newest)).all()
    enrolled = [row for row in rows if row.kind == "enrol"]
    refused, titles, zone = _refused(read, lead_id, enrolled), _titles(read, enrolled), rules.zone()
    facts = facts_of(read, say, lead_id)
    called = mail_titles.titles(read, rules, [row for row in rows if row.key], say.language)
    for row, derived in _with_derived(rows):
        place = (_place_of(row), row.seq, 0)
        places |= dict.fromkeys((row.id, *(one.id for one in derived)), (*place[:2], 1))
        about = (*_about(say, row, called.get(row.key), zone, titles), *facts.get(row.id, ()))
        words = _words(say, row, refused)
        if derived:  # what it means is told, and below that what it was
            words, about = " · ".join(event_words(say, one.kind) for one in derived), (words, *about)
        yield Happened(row.at, words, row.by, about, sort=row.sort, place=place)


def _with_derived(rows: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], Sequence[Row[Any]]]]:
    """Each with the events that were made of it (`from:` in rules/events.yaml), which are not told again."""
    known = {row.id: row for row in rows}
    made = dict[str, list[Row[Any]]]()
    for row in sorted(rows, key=lambda row: row.seq):
        source = row
        while (before := _source(source, known)) is not None:
            source = before
        if source is row:
            made.setdefault(row.id, [])
        else:
            made.setdefault(source.id, []).append(row)
    return ((known[id], derived) for id, derived in made.items())


def _source(row: Row[Any], known: Mapping[str, Row[Any]]) -> Row[Any] | None:
    """What it was made of has the same moment and data, and the beginning of its id."""
    ending = f"/{row.kind}"
    source = known.get(row.id.removesuffix(ending)) if row.id.endswith(ending) else None
    return source if source is not None and (source.at, source.data) == (row.at, row.data) else None


def _place_of(row: Row[Any]) -> int:
    if row.kind == "opened":
        return BEFORE
    return BROUGHT if row.kind == GRADE_CHANGED or (row.kind == "enrol" and _data(row).get("grade")) else DID


def _data(row: Row[Any]) -> Mapping[str, Any]:
    """What came with it; nothing where that cannot be read."""
    return cast("Mapping[str, Any]", row.data) if isinstance(row.data, Mapping) else {}


def _words(say: Tongue, row: Row[Any], refused: set[int]) -> str:
    if row.seq in refused:
        return event_words(say, "enrol refused")
    if row.kind in (row.outcomes or ()):
        return task_words(say, row.kind)
    return event_words(say, mail_event(row.kind) if row.sort == "mails" else row.kind)


def _refused(read: Connection, lead_id: str, enrolled: Sequence[Row[Any]]) -> set[int]:
    """Who is put into a flow that he is in, or was in not long enough ago, is not taken in. enrolled: those that are
    asked of. Answers the numbers of the events that a turn has seen, and that began nothing."""
    if not enrolled:
        return set()
    j, e, leads = tables.journal.c, tables.enrolments.c, tables.leads.c
    seen = read.execute(select(leads.seen).where(leads.id == lead_id)).scalar_one()
    started = (j.lead_id == lead_id, j.kind == "started", j.detail["by"].as_string() == "enrol")
    query = select(e.state["since"].as_integer()).join_from(tables.journal, tables.enrolments, e.id == j.enrolment_id)
    began = set(read.execute(query.where(*started)).scalars())
    return {row.seq for row in enrolled if row.seq <= seen and row.seq not in began and not row.merged}


def _about(say: Tongue, row: Row[Any], mail: str | None, zone: tzinfo, titles: Mapping[str, str]) -> Iterator[str]:
    """The mail, or the flow, that it is about; and its data. titles: of the flows."""
    if row.kind == "enrol":
        flow = str(_data(row).get("flow") or "")
        yield say("now.flow", flow=titles.get(flow, flow))
        if grade := _data(row).get("grade"):
            yield say("past.by-grade", grade=grade)
        return
    if row.kind == "unenrol":
        return
    if mail:
        yield mail
    if said := [_fact(say, row.kind, name, value, zone) for name, value in _data(row).items()]:
        yield ", ".join(said)


def _titles(read: Connection, enrolled: Sequence[Row[Any]]) -> Mapping[str, str]:
    """Of the flows that they name, as far as they are published."""
    names = {_data(row).get("flow") for row in enrolled}
    rows = [row for row in publish.published(read) if row.flow in names] if names else []
    return {row.flow: publish.plan_in(read, row.version).title for row in rows}


def _fact(say: Tongue, kind: str, name: str, value: object, zone: tzinfo) -> str:
    if name == "grade":  # of a visit: not the one that a lead has
        return say("past.judged", by=say.maybe(f"grade.{value}", str(value)))
    if kind == CORRECTED:
        return ", ".join(field_words(say, f"lead.{field}") for field in str(value).split(", "))
    if kind == NOTED:
        return f"{field_words(say, ROOT + name)}: {value_words(say, name, value)}"
    if name == "reason" and isinstance(value, str) and "." not in kind:
        return f"{field_words(say, 'data.reason')}: {why_words(say, value)}"
    path = f"event.{kind}.{name}" if "." in kind else f"data.{name}"  # those without a dot are Kweek's own
    return f"{field_words(say, path)}: {_plain(say, value, zone)}"


def _plain(say: Tongue, value: object, zone: tzinfo) -> str:
    """A fact as it is kept: `{"moment": "2026-…"}` and `{"date": …}` are typed texts."""
    match value:
        case {"moment": str(text)}:
            return say.moment(datetime.fromisoformat(text).astimezone(zone))
        case {"date": str(text)}:
            return say.day(date.fromisoformat(text))
        case Mapping():
            return ", ".join(str(one) for one in cast("Mapping[str, object]", value).values())
        case _:
            return str(value)


def _points(
    read: Connection, say: Tongue, lead_id: str, places: Mapping[str, Place], stretch: Stretch
) -> Iterator[Happened]:
    """The ledger: how many of each kind, and why. places: of the events, by their ids."""
    p = tables.points.c
    query = select(tables.points).where(p.lead_id == lead_id, *stretch.of(p.at)).order_by(p.id)
    for _, given in groupby(read.execute(query), lambda row: (row.source, row.at)):
        rows = list(given)
        sums = ", ".join(f"{row.points:+} {say(f'picture.axis.{row.axis}')}" for row in rows)
        anew = "past.points.anew" if is_anew(rows[0]) else "past.points.last" if is_back(rows[0]) else None
        words = say.maybe(key_of(rows[0].rule, rows[0].because), rows[0].because)
        because = (words, say(anew)) if anew else (words,)
        place = places.get(rows[0].about or "", (KNOWN, rows[0].id, 0))
        yield Happened(rows[0].at, say("past.points", points=sums), None, because, place=place)


# --- where it went --------------------------------------------------------------------------------


def _moves(read: Connection, say: Tongue, lead_id: str, since: Caused, stretch: Stretch) -> Iterator[Happened]:
    """A line for each turn that moved it: why, by which steps, and how it left."""
    j, e = tables.journal.c, tables.enrolments.c
    query = select(tables.journal, e.version).join_from(tables.journal, tables.enrolments, e.id == j.enrolment_id)
    behind = j.turn.in_(sorted({turn for _, turn in since.turns}))  # these are told at a later moment than they have
    within = or_(and_(*stretch.of(j.at)), behind) if stretch.of(j.at) else true()
    turns: dict[tuple[str, int, datetime], list[Row[Any]]] = {}  # one turn moves several enrolments by turns
    for row in read.execute(query.where(j.lead_id == lead_id, within).order_by(j.id)):
        turns.setdefault((row.enrolment_id, row.turn, row.at), []).append(row)
    for of_turn in turns.values():
        plan, first = publish.plan_in(read, of_turn[0].version), of_turn[0]
        if words := " → ".join(_went(say, plan, of_turn)):
            at = since.turns.get((first.enrolment_id, first.turn), first.at)
            more = (*_caused(say, plan, of_turn), say("now.flow", flow=plan.title))
            yield Happened(at, words[:1].upper() + words[1:], None, more, place=(MOVED, first.id, 0))


def _caused(say: Tongue, plan: Plan, lines: Sequence[Row[Any]]) -> Iterator[str]:
    """By which events it was moved; what else sets a lead in motion, its words say."""
    events = {"started": "by", "reacted": "event"}
    causes = [
        words
        for line in lines
        if line.kind in events and line.detail.get("row") != "goal"
        for words in cause_words(
            say, line.kind, str(line.detail.get(events[line.kind]) or ""), plan.steps.get(line.step)
        )
    ]
    if causes:
        yield say("past.because", what=", ".join(f"“{words}”" for words in dict.fromkeys(causes)))


def _went(say: Tongue, plan: Plan, lines: Sequence[Row[Any]]) -> Iterable[str]:
    """Not the event that moved it: `_caused`."""
    passed: list[str] = []
    for line in lines:
        step = plan.steps.get(line.step or "")
        match line.kind:
            case "started":
                passed.append(say("past.began"))
            case "timed_out" | "held" | "released":
                passed += cause_words(say, line.kind, str(line.detail.get("state") or ""))
            case "reacted" if line.detail.get("row") == "goal":
                passed.append(event_words(say, "goal"))
            case "effect" if isinstance(step, Send):
                passed.append(step_words(say, step))
            case "entered":
                passed.append(step_words(say, step) if step else line.step)
            case "ended":
                result = str(line.detail.get("result") or "done")
                passed.append(say("stream.ended", result=say.maybe(f"result.{result}", result)))
            case _:
                pass
    return dict.fromkeys(passed)


# --- who has it -----------------------------------------------------------------------------------


def _desk(read: Connection, say: Tongue, lead_id: str, since: Caused) -> Iterator[Happened]:
    """Given to sales, with all that its clock brought about; put on a desk; and withdrawn from it."""
    handovers, calls, tasks = (
        read.execute(select(table).where(table.c.lead_id == lead_id)).all()
        for table in (tables.handovers, tables.call_tasks, tables.tasks)
    )
    place = (THERE, 0, 0)
    for row in handovers:
        given = since.effects.get(row.key, row.given_at)
        yield Happened(given, say("event.handed over", team=row.team), place=place)
        if row.outcome == "withdrawn":
            yield Happened(row.closed_at, outcome_words(say, "withdrawn"), None, closing(say, row), place=place)
    for row, what in (
        *((row, script_words(say, row.script)) for row in calls),
        *((row, title_of_task(say, row.title)) for row in tasks),
    ):
        yield Happened(since.effects.get(row.key, row.opened_at), say("event.asked"), None, (what,), place=place)
        if row.status == "withdrawn" and row.closed_at is not None:
            more = (what, *_because(say, row))
            yield Happened(row.closed_at, outcome_words(say, "withdrawn"), None, more, place=place)
    for line in rungs(read, say, lead_id, [row.key for row in (*handovers, *tasks)]):
        yield replace(line, place=place)


def _because(say: Tongue, row: Row[Any]) -> Iterator[str]:
    """What took it from the desk."""
    if row.outcome:
        yield event_words(say, row.outcome)
