"""What did each campaign bring, and what did that cost? Counted in the database, a parent with all below it.

A lead is counted where it came from first. A period is one of days: leads by the moment of that first touch, touches
by their own, cost by its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, distinct, exists, func, or_, select

from kweek.leads.campaigns import all_campaigns, chain
from kweek.leads.tables import campaigns, costs, handovers, leads, touches
from kweek.rules.stages import STAGES

Which = Literal["leads", "touched", "marketing", "sales", "ready", "now"]
"""leads: that came from there first. marketing, sales: of those, how many came to be qualified, or further. ready: that
were handed over sales ready. now: of those, who are with sales. touched: that it reached, wherever they came from."""

AnySelect = Select[*tuple[Any, ...]]

_L: Final = leads.c
_STAGES: Final[Mapping[Which, tuple[str, ...]]] = {
    "marketing": STAGES[STAGES.index("marketing qualified") :],
    "sales": STAGES[STAGES.index("sales qualified") :],
}
_WITH_SALES: Final = ("open", "accepted")


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both of them in it; None: without an end on this side. zone: by whose clock a day begins."""

    zone: tzinfo
    first: date | None = None
    last: date | None = None

    def days(self, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        bounds = ((column.__ge__, self.first), (column.__le__, self.last))
        return [bound(day) for bound, day in bounds if day is not None]

    def moments(self, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        after = None if self.last is None else self.last + timedelta(days=1)
        bounds = ((column.__ge__, self.first), (column.__lt__, after))
        return [bound(datetime.combine(day, time(), self.zone)) for bound, day in bounds if day is not None]


@dataclass(frozen=True, slots=True)
class Numbers:
    """cost: cents; None: nothing was entered. The others: leads, as `Which` says."""

    cost: int | None = None
    leads: int = 0
    touched: int = 0
    marketing: int = 0
    sales: int = 0
    ready: int = 0
    now: int = 0

    def with_child(self, child: Numbers) -> Numbers:
        """Together, but for who was touched: by both, and it is one lead still."""
        cost = None if self.cost is None and child.cost is None else (self.cost or 0) + (child.cost or 0)
        return Numbers(
            cost, self.leads + child.leads, self.touched, self.marketing + child.marketing,
            self.sales + child.sales, self.ready + child.ready, self.now + child.now,
        )  # fmt: skip

    @property
    def conversion(self) -> float | None:
        """The share of its leads that were handed over sales ready."""
        return self.ready / self.leads if self.leads else None

    @property
    def per_lead(self) -> float | None:
        """Cents."""
        return self.cost / self.leads if self.cost is not None and self.leads else None

    @property
    def per_ready(self) -> float | None:
        return self.cost / self.ready if self.cost is not None and self.ready else None

    def anything(self) -> bool:
        return self.cost is not None or self.leads > 0 or self.touched > 0


@dataclass(frozen=True, slots=True)
class Branch:
    """A campaign with its numbers, all below it included."""

    row: Row[Any]
    numbers: Numbers
    below: tuple[Branch, ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Branch]]:
        """It, and all below it, with how deep they lie."""
        yield depth, self
        for one in self.below:
            yield from one.walk(depth + 1)

    def words(self) -> list[str]:
        """Of it, and of all below it."""
        return [branch.row.id for _, branch in self.walk()]


@dataclass(frozen=True, slots=True)
class Tree:
    """tops: those without a parent, that with most leads first. without: the leads that came from no campaign."""

    tops: tuple[Branch, ...]
    without: Numbers = field(default_factory=Numbers)

    def find(self, word: str) -> Branch | None:
        return next((branch for top in self.tops for _, branch in top.walk() if branch.row.id == word), None)


def tree(read: Connection, period: Period, word: str | None = None) -> Tree:
    """word: count for this campaign and what lies below it; for all others nothing then."""
    rows = all_campaigns(read)
    above = {row.id: row.parent_id for row in rows}
    words = None if word is None else words_below(rows, word)
    own, without = _own(read, period, words)
    touched = {row.top: row.leads for row in read.execute(_touched(period, words))}
    parents = {row.id: row.parent_id if row.id not in chain(above, row.parent_id) else None for row in rows}
    below: dict[str | None, list[Row[Any]]] = {}
    for row in rows:
        below.setdefault(parents[row.id], []).append(row)

    def grown(parent: str | None) -> tuple[Branch, ...]:
        branches = (_branch(row, own, touched, grown(row.id)) for row in below.get(parent, ()))
        return tuple(sorted(branches, key=lambda one: -one.numbers.leads))  # of as many, by title

    return Tree(grown(None), without)


def words_below(rows: Iterable[Row[Any]], word: str) -> list[str]:
    """Of the campaign and all below it. rows: all campaigns."""
    above = {row.id: row.parent_id for row in rows}
    return [one for one in above if word in chain(above, one)]


def _branch(
    row: Row[Any], own: Mapping[str | None, Numbers], touched: Mapping[str, int], below: tuple[Branch, ...]
) -> Branch:
    numbers = own.get(row.id, Numbers())
    for one in below:
        numbers = numbers.with_child(one.numbers)
    return Branch(row, replace(numbers, touched=touched.get(row.id, 0)), below)


def _own(read: Connection, period: Period, words: list[str] | None) -> tuple[dict[str | None, Numbers], Numbers]:
    """Of each campaign without those below it; and of no campaign."""
    found: dict[str | None, Numbers] = {}
    for row in read.execute(_first_touched(period).where(*_among(_L.campaign, words))):
        found[row.campaign] = Numbers(leads=row.leads, marketing=row.marketing or 0, sales=row.sales or 0)
    for row in read.execute(_handed_over(period).where(*_among(_L.campaign, words))):
        found[row.campaign] = replace(found.get(row.campaign, Numbers()), ready=row.ready, now=row.now)
    its = costs.c.campaign_id
    spent = select(its, func.sum(costs.c.cents).label("cents")).where(*period.days(costs.c.on), *_among(its, words))
    for row in read.execute(spent.group_by(its)):
        found[row.campaign_id] = replace(found.get(row.campaign_id, Numbers()), cost=int(row.cents))
    return found, found.pop(None, Numbers())


def came(period: Period) -> ColumnElement[bool]:
    """Leads that came in within the period; who came from no campaign, by when it was made."""
    first, made = period.moments(_L.campaign_at), period.moments(_L.created_at)
    there = _L.merged_into.is_(None)
    if not first:
        return there
    return and_(there, or_(and_(_L.campaign.is_not(None), *first), and_(_L.campaign.is_(None), *made)))


def _first_touched(period: Period) -> AnySelect:
    reached = {which: func.sum(case((_L.stage.in_(stages), 1), else_=0)) for which, stages in _STAGES.items()}
    columns = (_L.campaign, func.count().label("leads"), *(one.label(which) for which, one in reached.items()))
    return select(*columns).where(came(period)).group_by(_L.campaign)


def _handed_over(period: Period) -> AnySelect:
    h = handovers.c
    with_sales = case((h.status.in_(_WITH_SALES), h.lead_id))
    columns = (
        _L.campaign,
        func.count(distinct(h.lead_id)).label("ready"),
        func.count(distinct(with_sales)).label("now"),
    )
    joined = select(*columns).join_from(handovers, leads, _L.id == h.lead_id)
    return joined.where(h.sales_ready.is_(True), came(period)).group_by(_L.campaign)


def _touched(period: Period, words: list[str] | None) -> AnySelect:
    """top: a campaign; leads: how many it or one below it touched, each once."""
    t, c = touches.c, campaigns.c
    under = select(c.id.label("top"), c.id.label("id")).where(*_among(c.id, words)).cte("under", recursive=True)
    under = under.union(select(under.c.top, c.id).join(campaigns, c.parent_id == under.c.id))
    columns = (under.c.top, func.count(distinct(t.lead_id)).label("leads"))
    joined = select(*columns).join_from(under, touches, t.campaign == under.c.id)
    return joined.where(*period.moments(t.at)).group_by(under.c.top)


def _among(column: ColumnElement[Any], words: list[str] | None) -> list[ColumnElement[bool]]:
    return [] if words is None else [column.in_(words)]


def behind(which: Which, words: Iterable[str] | None, period: Period) -> list[ColumnElement[bool]]:
    """Which leads a number counts. words: of the campaign and all below it; None: from no campaign."""
    t, h = touches.c, handovers.c
    if which == "touched":
        its = select(t.lead_id).where(t.campaign.in_(list(words or ())), *period.moments(t.at))
        return [_L.id.in_(its)]  # with a lead that is merged, its touches go too
    found = [came(period), _L.campaign.is_(None) if words is None else _L.campaign.in_(list(words))]
    if which in _STAGES:
        found.append(_L.stage.in_(_STAGES[which]))
    if which in ("ready", "now"):
        open_ = (h.status.in_(_WITH_SALES),) if which == "now" else ()
        found.append(exists().where(h.lead_id == _L.id, h.sales_ready.is_(True), *open_))
    return found
