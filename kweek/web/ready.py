"""What makes a lead sales ready, and what is still to be found out, by whom? The checklist of a lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from kweek.draw.conditions import condition_words
from kweek.draw.say import field_words
from kweek.flow.catalogue import Line
from kweek.flow.conditions import parse_condition
from kweek.flow.facts import Facts
from kweek.flow.plan import Call
from kweek.flow.surveys import say as in_language
from kweek.leads import bant
from kweek.rulebook import InForce
from kweek.rules.qualification import State
from kweek.rules.said import ELSE, ROOT, FactType
from kweek.web.house import House
from kweek.web.spoken import value_words
from kweek.words import Tongue


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one of the things that a need asks for. value: in words; None: nothing is. row: of a fact, how
    it was found out. over: it holds no longer. fact: its name, where a colleague can write it down."""

    title: str
    value: str | None
    row: Row[Any] | None = None
    over: bool = False
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A need. key: its name in the definition. asked_by: who can find out what is not known."""

    key: str
    title: str
    condition: str
    state: State
    known: tuple[Known, ...]
    asked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """How a lead stands. out: what rules it out, by its name in the definition: in words."""

    ready: bool | None
    needs: tuple[Checked, ...]
    out: Mapping[str, str]


def checklist(read: Connection, house: House, say: Tongue, lead_id: str) -> Checklist:
    """As of now. For the pages of a lead and of its handovers."""
    now, book = house.now(), house.rules.in_force()
    facts, rows = book.facts_of(read, lead_id, now), bant.of_lead(read, lead_id)
    expired = {f"{ROOT}{fact}" for fact, row in rows.items() if not bant.holds(row, now)}
    definition, lines = book.world.sales_ready, book.rules.sales_ready
    verdict = definition.judge(facts)
    needs: list[Checked] = []
    for line, (_, state) in zip(lines.needs, definition.checklist(facts, expired), strict=True):
        paths = paths_of(line)
        known = tuple(_known(path, book, say, facts, rows, now) for path in paths)
        finders = tuple(asked_by(paths, book, say)) if state in ("unknown", "expired") else ()
        words = condition_words(say, line.condition.value)
        needs.append(Checked(line.word.value, title_of(line, say), words, state, known, finders))
    out = {line.word.value: title_of(line, say) for line in lines.disqualified}
    return Checklist(verdict.ready, tuple(needs), {key: out[key] for key in out if key in verdict.disqualified})


def paths_of(line: Line) -> list[str]:
    """The fields that it asks for."""
    return sorted(parse_condition(line.condition.value).names)


def title_of(line: Line, say: Tongue) -> str:
    """As its author calls it, else as the fact is called that has its name."""
    word = line.word.value
    title = in_language(line.title, say.language) if line.title else say.maybe(f"field.{ROOT}{word}", word)
    return title[:1].upper() + title[1:]


def _known(path: str, book: InForce, say: Tongue, facts: Facts, rows: Mapping[str, Row[Any]], now: datetime) -> Known:
    title = field_words(say, path)
    title = title[:1].upper() + title[1:]
    fact = path.removeprefix(ROOT)
    if not path.startswith(ROOT) or fact not in book.world.facts.types:
        value = facts.field(path)
        return Known(title, None if value is None else str(value))
    row = rows.get(fact)
    if row is None:
        return Known(title, None, fact=fact)
    return Known(title, value_words(say, fact, row.value), row, not bant.holds(row, now), fact)


def asked_by(paths: list[str], book: InForce, say: Tongue) -> Iterator[str]:
    """The surveys that ask for it, by mail and on the telephone; and sales, where the definition says so."""
    world = book.world
    mailed = set(world.surveys.values())
    called = {step.script for plan in world.plans.values() for step in plan.steps.values() if isinstance(step, Call)}
    for name in dict.fromkeys(survey for path in paths for survey in _surveys(path, book)):
        ways = [say(f"ready.by.{way}") for way, some in (("mail", mailed), ("call", called)) if name in some]
        title = in_language(world.asked[name].title, say.language)
        yield say("ready.by.survey", title=title, ways=", ".join(ways)) if ways else say("ready.by.title", title=title)
    types = (world.facts.types.get(path.removeprefix(ROOT)) for path in paths if path.startswith(ROOT))
    if any(fact is not None and "sales" in fact.found_by for fact in types):
        yield say("ready.by.sales")


def _surveys(path: str, book: InForce) -> Iterator[str]:
    """Those in which an answer says it."""
    for question, filled in book.world.fills.items():
        if path in (question, filled):
            yield question.split(".")[1]
    if path.startswith("survey.") and path not in book.world.fills:
        yield from (name for name in (path.split(".")[1],) if name in book.world.asked)


def terms(kind: FactType, say: Tongue) -> Iterator[str]:
    """For how long it holds, value by value where they differ."""
    for value, term in kind.holds.items():
        time = say(f"time.{term.unit}", count=term.amount)
        if value != ELSE:
            yield say("ready.holds", value=value_words(say, kind.name, value), time=time)
        else:
            yield say("ready.holds.all" if len(kind.holds) == 1 else "ready.holds.else", time=time)
