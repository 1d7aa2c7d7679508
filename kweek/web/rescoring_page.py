"""What do the rules of rules/scoring.yaml change, and have all leads been brought to them? Looked at first, then done.

A rule is in force as soon as its file is saved and sound. This page tells by which rules points are given now, what
they would make of every lead, and has all leads rescored by them; the worker does it, and may be left alone with it.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek import rulebook
from kweek.flow.problems import Problem
from kweek.flow.yaml import MOST_BYTES
from kweek.intake.outcomes import ClosedError, OutcomeError, Said
from kweek.leads import publish, rescorings
from kweek.leads.scores import failures
from kweek.leads.sound_rules import kept as rules_kept
from kweek.leads.sound_rules import scoring_kept
from kweek.leads.tables import leads
from kweek.rules.grades import ENGAGEMENTS, PROFILES
from kweek.web import same_as
from kweek.web.acting import Tried, act, acting, once, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.limits import RULES as PATH
from kweek.web.previewing import FAILURES, begin_preview, is_silent
from kweek.web.render import page
from kweek.web.uploads import read_upload
from kweek.workspace import read_workspace

router = APIRouter(dependencies=[Depends(staff_only)])

_SCORING: Final = "rules/scoring.yaml"
PATIENCE: Final = 1.5  # seconds in which a preview of few leads is done, and no page has to say that it is not


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
class Refused:
    """A file of which nothing is reckoned, and why; none: no file was chosen."""

    name: str
    wrong: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Going:
    """How far something is. rate: leads in a (real) second."""

    done: int
    of: int
    rate: float
    left: timedelta | None

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.of) if self.of else 0


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


@router.get(PATH)
def show_rules(request: Request, house: HouseOf) -> Response:
    return _show(request, house)


@router.post(PATH)
def decide(request: Request, body: Body, house: HouseOf) -> Response:
    """`look`, `begin` or `stop`; or a file, to look at another text."""
    who, kind = acting(request, house), request.headers.get("content-type", "")
    if kind.startswith("multipart/"):
        return _look_at(request, house, body, kind)
    given = read_fields(body)
    if given.get("action") == "look":
        return _look(begin_preview(house, who.name, once(given)))
    if given.get("action") == "begin" and _wrong(house):
        return _show(request, house, status=422)

    def do(said: Said) -> None:
        match given.get("action"):
            case "begin":
                with house.db.write() as tx:
                    done = rescorings.ask(tx, said.id or secrets.token_hex(6), said.by, said.at)
            case "stop":
                with house.db.write() as tx:
                    done = rescorings.stop(tx, said.at)
            case _:
                raise OutcomeError("Say look, begin or stop.", ("look", "begin", "stop"), "action")
        if not done:
            raise ClosedError("rescoring", None, None, None)

    tried = act(request, house, who, given, do, PATH)
    return tried if isinstance(tried, Response) else _show(request, house, tried)


def _look(thread: Thread | None) -> Response:
    if thread is not None:
        thread.join(PATIENCE)
    return RedirectResponse(PATH, 303)


def _look_at(request: Request, house: House, body: bytes, kind: str) -> Response:
    """What this text of rules/scoring.yaml would change, beside the workspace's other files as they are. It is kept
    nowhere."""
    given, name, data = read_upload(body, kind)
    if not name:
        return _show(request, house, status=422, refused=Refused(""))
    workspace = read_workspace(house.settings.workspace, {_SCORING: data[: MOST_BYTES + 1]})
    if wrong := rulebook.broken(workspace):
        return _show(request, house, status=422, refused=Refused(name, tuple(wrong)))
    this, scores = once({**given, "text": data.hex()}), rulebook.in_force(workspace).ears.scores
    return _look(begin_preview(house, acting(request, house).name, this, scores, name))


def _show(
    request: Request, house: House, tried: Tried | None = None, status: int = 200, refused: Refused | None = None
) -> Response:
    with house.db.read() as read:
        in_force = _in_force(read, house)
        last, looked = rescorings.last(read), rescorings.looked(read)
        running = next((row for row in last if row.status in rescorings.OPEN), None)
        brought = next((row for row in last if row.status == "done"), None)
        newest = next((row for row in last if row.rules is not None), None)
        failed = _failed(read, newest)
        others = "not" if last or _are_others(read, in_force) else ""
        found = (
            None
            if looked is None or not looked.found or "moves" not in looked.found
            else _found(read, looked, in_force, last)
        )
        names = same_as.named(read, [lead for lead, _ in [*failed, *(found.failed if found else [])]])
    looking = looked if looked is not None and looked.status == "running" else None
    silent = looking is not None and is_silent(looking)
    return page(
        request, "rescoring.html", status=tried.status if tried else status, tried=tried,
        acting=acting(request, house), in_force=in_force, last=last, running=running, newest=newest, failed=failed,
        going=None if running is None else _going(running), looked=looked, looking=looking, silent=silent,
        look_going=None if looking is None else _going(looking), found=found, names=names,
        brought="brought" if brought is not None and (brought.rules or "")[:8] == in_force.version else others,
        most=FAILURES, refused=refused, file=None if looked is None or not looked.found else looked.found.get("file"),
        digits=list(map(str, ENGAGEMENTS)), moves=running is not None or (looking is not None and not silent),
    )  # fmt: skip


# --- what is in force -------------------------------------------------------------------------------------


def _in_force(read: Connection, house: House) -> InForce:
    scores, kept = house.rules.in_force().ears.scores, scoring_kept(read)
    wrong = _wrong(house)
    since = None if kept is None else kept[1]
    later = not wrong and kept is not None and any(_text(house, path) != text for path, text in kept[0].items())
    return InForce(scores.stamp[:8], len(scores.rules), since, wrong, later)


def _are_others(read: Connection, in_force: InForce) -> bool:
    """Has any lead come before these rules?"""
    first = read.execute(select(leads.c.created_at).order_by(leads.c.created_at).limit(1)).scalar_one_or_none()
    return first is not None and (in_force.since is None or first < in_force.since)


def _wrong(house: House) -> tuple[Problem, ...]:
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


def _going(row: Row[Any]) -> Going:
    """By when it was heard of last: what is not told is not reckoned."""
    seconds = (row.told_real - row.since_real).total_seconds() if row.since_real else 0.0
    rate = row.leads / seconds if seconds > 0.5 else 0.0
    left = timedelta(seconds=max(0, row.of - row.leads) / rate) if rate else None
    return Going(row.leads, max(row.of, row.leads), rate, left)


def _failed(read: Connection, newest: Row[Any] | None) -> list[tuple[str, str]]:
    return failures(read, newest.rules, newest.at, FAILURES) if newest is not None and newest.failed else []


def _found(read: Connection, row: Row[Any], in_force: InForce, last: list[Row[Any]]) -> Found:
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
