"""What do leads walk? Versions: a flow with the mails and surveys that it names, frozen under the hash of its text.

A version's row never changes, so whatever was made from it may be kept for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from msgspec.structs import replace
from sqlalchemy import Connection, Row, bindparam, func, select, update

from kweek.errors import KweekError
from kweek.flow.plan import Plan
from kweek.leads.database import Database
from kweek.leads.rows import insert_once, upsert
from kweek.leads.tables import enrolments, flows, versions
from kweek.versions import plan_of, version_of

Source = Mapping[str, str]
"""path → text: the flow with the mails and surveys that it names."""

_PUBLISHED: Final = (
    select(flows, versions.c.number, versions.c.published_at, versions.c.published_by)
    .join(versions, versions.c.hash == flows.c.version)
    .order_by(flows.c.flow)
)
_VERSIONS: Final = select(flows.c.version).order_by(flows.c.flow)
PUBLISHED: Final = select(func.aggregate_strings(flows.c.version, ",")).scalar_subquery().label("published")
"""What is published now, as a column beside a lead's own, for `published_with`: that costs no question of its own."""
_PAUSED: Final = select(flows.c.paused_at).where(flows.c.flow == bindparam("flow"))

_MOST_PLANS: Final = 500
_plans: Final[dict[str, Plan]] = {}


class NoSuchVersionError(KweekError):
    """No version has this hash."""


@dataclass(frozen=True, slots=True)
class Version:
    """fresh: nobody had published this very text before."""

    hash: str
    number: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """How the workspace differs from what is published, in one flow."""

    flow: str
    what: Literal["new", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Standing:
    """So many leads are at this step of this version, and stay on it."""

    number: int
    version: str
    step: str
    leads: int
    current: bool


def publish(db: Database, source: Source, flow: str, by: str, at: datetime) -> Version:
    """From now on, leads that enter the flow walk this text. The same text again changes nothing.

    BrokenSourceError: it cannot be walked. Whether it is sound as well, the linter says.
    """
    with db.write() as tx:
        return publish_in(tx, source, flow, by, at)


def publish_in(tx: Connection, source: Source, flow: str, by: str, at: datetime) -> Version:
    """The same, in a transaction with other flows: all are published, or none."""
    name = plan_of(source).version
    if tx.dialect.name == "postgresql":  # two who publish at once must not give out one number twice
        tx.exec_driver_sql("LOCK TABLE flows IN SHARE ROW EXCLUSIVE MODE")
    query = select(func.coalesce(func.max(versions.c.number), 0) + 1).where(versions.c.flow == flow)
    row = {
        "hash": name, "flow": flow, "number": tx.execute(query).scalar_one(), "source": dict(source),
        "published_at": at, "published_by": by,
    }  # fmt: skip
    fresh = insert_once(tx, versions, row, key="hash")
    upsert(tx, flows, {"flow": flow, "version": name})  # whether it is paused stays as it is
    number = tx.execute(select(versions.c.number).where(versions.c.hash == name)).scalar_one()
    return Version(name, number, fresh)


def published(tx: Connection) -> list[Row[Any]]:
    """What is published now, by flow: flow, version (hash), paused_at, number, published_at, published_by."""
    return list(tx.execute(_PUBLISHED))


def versions_now(tx: Connection) -> list[str]:
    """The versions that whoever enters a flow now walks."""
    return list(tx.execute(_VERSIONS).scalars())


def published_with(row: Row[Any]) -> list[str]:
    """The same, of a row that was read with `PUBLISHED`."""
    return row.published.split(",") if row.published else []


def walked(tx: Connection) -> set[str]:
    """The versions that are published, and those that a lead still walks."""
    walking = select(enrolments.c.version).where(enrolments.c.ended_at.is_(None)).distinct()
    return {*versions_now(tx), *tx.execute(walking).scalars()}


def drift(tx: Connection, drafts: Mapping[str, Source]) -> list[Drift]:
    """Where files differ from what is published. drafts: flow → its source now."""
    known = {row.flow: row.version for row in published(tx)}
    found: list[Drift] = []
    for flow in sorted({*known, *drafts}):
        if flow not in known:
            found.append(Drift(flow, "new"))
        elif flow not in drafts:
            found.append(Drift(flow, "gone"))
        elif version_of(drafts[flow]) != known[flow]:
            found.append(Drift(flow, "changed"))
    return found


def standing(tx: Connection, flow: str) -> list[Standing]:
    """Who is where, by version, the newest first."""
    e, v = enrolments.c, versions.c
    query = (
        select(v.number, v.hash, e.step, func.count(), func.max(flows.c.version) == v.hash)
        .join(versions, v.hash == e.version)
        .join(flows, flows.c.flow == e.flow)
        .where(e.flow == flow, e.step.is_not(None))
        .group_by(v.number, v.hash, e.step)
        .order_by(v.number.desc(), e.step)
    )
    return [Standing(*row[:4], current=bool(row[4])) for row in tx.execute(query)]


def sources(tx: Connection, flow: str) -> dict[int, Source]:
    """The texts of all versions of a flow, by number."""
    query = select(versions.c.number, versions.c.source).where(versions.c.flow == flow).order_by(versions.c.number)
    return {row.number: row.source for row in tx.execute(query)}


# --- plans ------------------------------------------------------------------------------------------


def plan(db: Database, version: str) -> Plan:
    """A version, ready to run; compiled once in each process. NoSuchVersionError."""
    known = _plans.get(version)
    if known is not None:
        return known
    with db.read() as tx:
        return plan_in(tx, version)


def plan_in(tx: Connection, version: str) -> Plan:
    """The same, within a transaction."""
    known = _plans.get(version)
    if known is None:
        source = tx.execute(select(versions.c.source).where(versions.c.hash == version)).scalar_one_or_none()
        if source is None:
            raise NoSuchVersionError(f"There is no version {version}; was the database put back from a backup?")
        # by the name in the row: a release that named versions otherwise must not rename what leads walk
        known = replace(plan_of(source), version=version)
        if len(_plans) >= _MOST_PLANS:
            _plans.pop(next(iter(_plans)), None)
        _plans[version] = known
    return known


# --- pause ------------------------------------------------------------------------------------------


def pause(tx: Connection, flow: str, at: datetime | None) -> bool:
    """Every send of this flow waits from now on; at None: it goes on. False: there is no such flow."""
    return tx.execute(update(flows).where(flows.c.flow == flow).values(paused_at=at)).rowcount == 1


def paused(tx: Connection, flow: str) -> bool:
    return tx.execute(_PAUSED, {"flow": flow}).scalar_one_or_none() is not None
