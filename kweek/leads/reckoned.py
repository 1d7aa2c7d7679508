"""What do the rules give these leads? Read for many at once: what each ledger lacks, and the sums that it then has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final, cast, get_args

from sqlalchemy import ColumnElement, Connection, Row, bindparam, case, func, select

from kweek.flow.conditions.schema import FieldType
from kweek.flow.facts import Facts
from kweek.leads.facts import RowFacts, Rules
from kweek.leads.failing import why_failed
from kweek.leads.tables import answers, campaigns, companies, events, leads, points, tags
from kweek.rules.grades import Axis, Grades, Points
from kweek.rules.matrix import Matrix
from kweek.rules.scoring import Ask, Did, Rule, RuleFailed, reckon
from kweek.rules.scoring import Row as Wanted
from kweek.rules.wall import zone

_NOTHING: Final = (0, 0, "")
These = Callable[[ColumnElement[str]], ColumnElement[bool]]


class _Queries:
    """What is read of some leads. these: which, by a column with their ids."""

    def __init__(self, these: These) -> None:
        self.leads: Final = select(leads).where(these(leads.c.id), leads.c.merged_into.is_(None)).order_by(leads.c.id)
        # what came with an event is read only where a rule asks for it
        data = case((events.c.kind.in_(bindparam("asked", expanding=True)), events.c.data)).label("data")
        self.events: Final = select(events.c.lead_id, events.c.id, events.c.kind, events.c.at, data).where(
            these(events.c.lead_id), events.c.kind.in_(bindparam("kinds", expanding=True))
        )
        self.written: Final = (
            select(
                points.c.lead_id,
                points.c.rule,
                points.c.about,
                points.c.axis,
                func.sum(points.c.points).label("given"),
                func.count().label("rows"),
                func.max(points.c.because).label("because"),
            )
            .where(these(points.c.lead_id))
            .group_by(points.c.lead_id, points.c.rule, points.c.about, points.c.axis)
        )
        self.tags: Final = select(tags.c.lead_id, tags.c.tag).where(these(tags.c.lead_id))
        self.answers: Final = select(answers).where(these(answers.c.lead_id))
        self.companies: Final = (
            select(leads.c.id.label("lead_id"), companies)
            .join(companies, companies.c.id == leads.c.company_id)
            .where(these(leads.c.id))
        )
        self.channels: Final = (
            select(leads.c.id.label("lead_id"), campaigns.c.channel)
            .join(campaigns, campaigns.c.id == leads.c.campaign)
            .where(these(leads.c.id))
        )


_BETWEEN: Final = _Queries(lambda column: column.between(bindparam("first"), bindparam("last")))
_AMONG: Final = _Queries(lambda column: column.in_(bindparam("leads", expanding=True)))


@dataclass(frozen=True)
class Scores:
    """The rules that are in force. timezone: whose Mondays and days count. types: what fields hold. matrix: what
    follows from a grade. events: event → what the fields of its data hold."""

    rules: tuple[Rule, ...] = ()
    grades: Grades = field(default_factory=Grades)
    timezone: str = "UTC"
    types: Mapping[str, FieldType] = field(default_factory=dict[str, FieldType])
    matrix: Matrix = field(default_factory=dict[str, str])
    events: Mapping[str, Mapping[str, FieldType]] = field(default_factory=dict[str, Mapping[str, FieldType]])

    @cached_property
    def heard(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules by the event that they are about."""
        kinds = dict.fromkeys(rule.event for rule in self.rules if rule.event is not None)
        return {kind: tuple(rule for rule in self.rules if rule.event == kind) for kind in kinds}

    @cached_property
    def asked_of_events(self) -> tuple[str, ...]:
        """Of these events rules ask what came with them (`event.…`)."""
        names = [(rule.event, rule.condition.names) for rule in self.rules if rule.event and rule.condition]
        return tuple(dict.fromkeys(kind for kind, asked in names if any(name.startswith("event.") for name in asked)))

    @cached_property
    def _seen(self) -> Mapping[str, Rules]:
        own = {kind: {f"event.{name}": one for name, one in data.items()} for kind, data in self.events.items()}
        return {kind: Rules(self.grades, types={**self.types, **types}) for kind, types in own.items()}

    @cached_property
    def _seen_now(self) -> Rules:
        return Rules(self.grades, types=self.types)

    def seen_from(self, did: Did | None) -> Rules:
        """What facts depend on: with the fields of this event, which are read as they are declared today."""
        return self._seen.get(did.kind, self._seen_now) if did else self._seen_now

    def seen_as(self, kind: str, name: str) -> str | None:
        """What a field of an event (`event.<name>`) holds."""
        declared = self.events.get(kind, {}).get(name.removeprefix("event."))
        return declared.kind if declared else None

    @cached_property
    def stamp(self) -> str:
        """The same for the same rules, grades and days, and as long as what they ask of an event is read alike."""
        asked = [(one.event or "", name) for one in self.rules if one.condition for name in sorted(one.condition.names)]
        read = [(kind, name, self.seen_as(kind, name)) for kind, name in asked if name.startswith("event.")]
        said = repr((self.rules, self.grades, self.timezone, *read))
        return blake2b(said.encode(), digest_size=8).hexdigest()

    @cached_property
    def asked(self) -> frozenset[str]:
        """The fields and functions of their conditions."""
        conditions = [rule.condition for rule in self.rules if rule.condition is not None]
        return frozenset(name for one in conditions for name in (*one.names, *one.functions))

    def asks(self, root: str) -> frozenset[str]:
        """Those of them that begin with this, such as `company.`"""
        return frozenset(name for name in self.asked if name.startswith(root))


@dataclass(frozen=True, slots=True)
class Reckoned:
    """lead: its row. missing: rows that the ledger lacks. points: the sums with them. failed: why nothing of this could
    be reckoned."""

    lead: Row[Any]
    missing: list[dict[str, object]]
    points: Points
    failed: str | None = None


def reckon_leads(tx: Connection, scores: Scores, first: str, last: str, now: datetime) -> Iterator[Reckoned]:
    """From the first to the last, by their ids; one that was merged is counted where it went. A rule that fails on one
    lead is no matter to the others."""
    yield from _reckon(tx, scores, _BETWEEN, {"first": first, "last": last}, now)


def reckon_these(tx: Connection, scores: Scores, ids: Sequence[str], now: datetime) -> Iterator[Reckoned]:
    """The same of these leads, wherever they are."""
    yield from _reckon(tx, scores, _AMONG, {"leads": ids}, now)


def _reckon(
    tx: Connection, scores: Scores, queries: _Queries, asked: Mapping[str, object], now: datetime
) -> Iterator[Reckoned]:
    kinds = {"kinds": list(scores.heard), "asked": list(scores.asked_of_events)}
    did = _did(tx.execute(queries.events, {**asked, **kinds}).all())
    written = _written(tx.execute(queries.written, asked).all())
    known, days = _Known(tx, scores, queries, asked), zone(scores.timezone)
    for lead in tx.execute(queries.leads, asked).all():
        ledger = written[lead.id]
        try:
            wanted = reckon(scores.rules, did.get(lead.id, ()), known.ask(lead, now), now, days)
        except RuleFailed as error:  # whatever it is: it is told, and this lead keeps what it has
            yield Reckoned(lead, [], Points(**ledger.sums), why_failed(error, days))
            continue
        missing = list(_missing(lead.id, wanted, ledger.by_rules, now))
        for row in missing:
            ledger.sums[row["axis"]] += row["points"]
        yield Reckoned(lead, missing, Points(**ledger.sums))


@dataclass(slots=True)
class _Written:
    """What stands in the ledger of a lead. by_rules: what rules gave, and for what, with how many rows."""

    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(get_args(Axis), 0))
    by_rules: dict[tuple[str, str, str], tuple[int, int, str]] = field(
        default_factory=dict[tuple[str, str, str], tuple[int, int, str]]
    )


def _did(rows: Iterable[Any]) -> Mapping[str, list[Did]]:
    """By their leads."""
    found: defaultdict[str, list[Did]] = defaultdict(list)
    for lead, id, kind, at, data in rows:
        found[lead].append(Did(id, kind, at, {} if data is None else data))
    return found


def _written(rows: Iterable[Any]) -> Mapping[str, _Written]:
    found: defaultdict[str, _Written] = defaultdict(_Written)
    for lead, rule, about, axis, given, count, because in rows:
        ledger = found[lead]
        ledger.sums[axis] += int(given)
        if rule is not None:
            ledger.by_rules[rule, about, axis] = int(given), count, because
    return found


def asked_of(tx: Connection, scores: Scores, lead: Row[Any], now: datetime) -> Ask:
    """What conditions see of one lead, read as they ask for it. lead: its row."""
    remembered = dict[object, Any]()
    return lambda did: RowFacts(tx, lead, now, did.data if did else {}, scores.seen_from(did), remembered)


def row_of(lead_id: str, row: Wanted, more: int, count: int, now: datetime) -> dict[str, Any]:
    """As it stands in the ledger. more: points; count: so many rows are about the same already."""
    return {
        "lead_id": lead_id, "source": f"{lead_id}/{row.rule}/{row.about}/{count}", "axis": row.axis, "points": more,
        "because": row.because, "at": row.at or now, "rule": row.rule, "about": row.about,
    }  # fmt: skip


def is_anew(row: Row[Any]) -> bool:
    """Does this row of the ledger correct earlier ones about the same: other rules, or other things known?"""
    return row.rule is not None and row.source.rpartition("/")[2] != "0"


def _missing(
    lead_id: str, wanted: Iterable[Wanted], there: dict[tuple[str, str, str], tuple[int, int, str]], now: datetime
) -> Iterator[dict[str, Any]]:
    """The rows by which the ledger comes to what is wanted. there: what stands in it, of which nothing is left here."""
    for one in wanted:
        given, count, _ = there.pop((one.rule, one.about, one.axis), _NOTHING)
        if more := one.points - given:
            yield row_of(lead_id, one, more, count, now)
    for (rule, about, axis), (given, count, because) in there.items():
        if given:
            yield row_of(lead_id, Wanted(rule, about, cast("Axis", axis), 0, because, None), -given, count, now)


def _grouped(rows: Iterable[Any]) -> Mapping[str, list[Any]]:
    """By their leads."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.lead_id].append(row)
    return found


class _Known:
    """What conditions ask of these leads, read in a few queries where one each would be slow."""

    def __init__(self, tx: Connection, scores: Scores, queries: _Queries, asked: Mapping[str, object]) -> None:
        self._tx = tx
        self._seen_from = scores.seen_from
        self._unanswered = dict.fromkeys(scores.asks("survey."))
        self._answers = _grouped(tx.execute(queries.answers, asked) if self._unanswered else ())
        self._tags = _grouped(tx.execute(queries.tags, asked) if "tagged" in scores.asked else ())
        companies = tx.execute(queries.companies, asked) if scores.asks("company.") else ()
        self._companies = {row.lead_id: row for row in companies}
        channels = tx.execute(queries.channels, asked) if "campaign.channel" in scores.asked else ()
        self._channels = {row.lead_id: row.channel for row in channels}

    def ask(self, lead: Row[Any], now: datetime) -> Ask:
        said = {f"survey.{one.survey}.{one.question}": one.value for one in self._answers.get(lead.id, ())}
        remembered: dict[object, Any] = {**self._unanswered, **said}
        remembered["tags"] = {row.tag for row in self._tags.get(lead.id, ())}
        remembered["company"] = self._companies.get(lead.id)
        remembered["channel"] = self._channels.get(lead.id)

        def ask(did: Did | None) -> Facts:
            return RowFacts(self._tx, lead, now, did.data if did else {}, self._seen_from(did), remembered)

        return ask
