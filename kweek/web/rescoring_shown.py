"""How are the scoring rules shown? Which are in force, what others would change, and how far a rescoring is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from kweek import rulebook
from kweek.flow.problems import Problem
from kweek.leads import publish
from kweek.leads.scores import failures
from kweek.leads.sound_rules import kept as rules_kept
from kweek.leads.sound_rules import scoring_kept
from kweek.leads.tables import leads
from kweek.rules.grades import ENGAGEMENTS, PROFILES
from kweek.web.going import Going, going
from kweek.web.house import House
from kweek.web.previewing import FAILURES


@dataclass(frozen=True, slots=True)
class InForce:
    """version: of what gives points now. since: when it became so, where that is known. wrong: why the files do not
    hold. later: they say something else than the worker has taken over so far."""

    version: str
    rules: int
    since: datetime | None
    wrong: tuple[Problem, ...]
    later: bool


@dataclass(frozen=True, slots=True)
class Cell:
    grade: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a preview says. moved: how many change grade. gained, lost: how many become A1, and are it no more. flows:
    title → how many the matrix sends there. old: since then the rules changed, or leads were rescored. file: whose
    rules these are, which are not in force; in_force: by now they are."""

    moved: int
    gained: int
    lost: int
    points: int
    cells: list[tuple[str, list[Cell]]]
    flows: list[tuple[str, int]]
    failed: list[tuple[str, str]]
    old: bool
    file: str | None
    in_force: bool


# --- what is in force -------------------------------------------------------------------------------------


def rules_in_force(read: Connection, house: House) -> InForce:
    scores, kept = house.rules.in_force().ears.scores, scoring_kept(read)
    wrong = wrong_files(house)
    since = None if kept is None else kept[1]
    later = not wrong and kept is not None and any(_text(house, path) != text for path, text in kept[0].items())
    return InForce(scores.stamp[:8], len(scores.rules), since, wrong, later)


def are_others(read: Connection, in_force: InForce) -> bool:
    """Has any lead come before these rules?"""
    first = read.execute(select(leads.c.created_at).order_by(leads.c.created_at).limit(1)).scalar_one_or_none()
    return first is not None and (in_force.since is None or first < in_force.since)


def wrong_files(house: House) -> tuple[Problem, ...]:
    """With one of these in rules/, what is written there holds for nobody (as `kweek.rulebook` has it)."""
    wrong = [one for one in house.files.look().wrong if one.file.startswith("rules/") and one.code != "unknown-flow"]
    said, kept = {one.file for one in wrong}, rules_kept(house.db) or {}
    before = {path: text for path, text in kept.items() if path not in said}
    now = {path: text for path in before if (text := _text(house, path)) is not None}
    return (*wrong, *rulebook.gone(before, now))


def _text(house: House, path: str) -> str | None:
    try:
        return Path(house.settings.workspace, path).read_text("utf-8-sig")
    except (OSError, ValueError):
        return None


# --- how far it is, and what was found --------------------------------------------------------------------


def going_of(row: Row[Any]) -> Going:
    """By when it was heard of last: what is not told is not reckoned."""
    return going(row.leads, row.of, (row.told_real - row.since_real).total_seconds() if row.since_real else 0.0)


def failed_leads(read: Connection, newest: Row[Any] | None) -> list[tuple[str, str]]:
    return failures(read, newest.rules, newest.at, FAILURES) if newest is not None and newest.failed else []


def found_by(read: Connection, row: Row[Any], in_force: InForce, last: list[Row[Any]]) -> Found:
    kept: dict[str, Any] = row.found
    file, same = kept.get("file"), (row.rules or "")[:8] == in_force.version
    before, change, gained, lost = Counter[str](kept["before"]), Counter[str](), 0, 0
    for old, new, count in kept["moves"]:
        change[old] -= count
        change[new] += count
        gained += count if new == "A1" else 0
        lost += count if old == "A1" else 0

    def cell(grade: str) -> Cell:
        return Cell(grade, before[grade], before[grade] + change[grade])

    rescored = any(one.since_real is not None and one.since_real > row.since_real for one in last)
    titles: dict[str, str] = {
        one.flow: publish.plan_in(read, one.version).title or one.flow for one in publish.published(read)
    }
    return Found(
        moved=sum(count for _, _, count in kept["moves"]),
        gained=gained,
        lost=lost,
        points=kept["points"],
        cells=[(letter, [cell(f"{letter}{digit}") for digit in ENGAGEMENTS]) for letter in PROFILES],
        flows=[(titles.get(flow, flow), count) for flow, count in dict[str, int](kept["flows"]).items()],
        failed=[(lead, why) for lead, why in kept["failed"]],
        old=rescored or (file is None and not same),
        file=file,
        in_force=same,
    )
