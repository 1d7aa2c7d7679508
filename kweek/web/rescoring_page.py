"""What do the rules of rules/scoring.yaml change, and have all leads been brought to them? Looked at first, then done.

A rule is in force as soon as its file is saved and sound. This page tells by which rules points are given now, what
they would make of every lead, and has all leads rescored by them; the worker does it, and may be left alone with it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from threading import Thread
from typing import Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek import rulebook
from kweek.flow.problems import Problem
from kweek.flow.yaml import MOST_BYTES
from kweek.intake.outcomes import ClosedError, OutcomeError, Said
from kweek.leads import rescorings
from kweek.rules.grades import ENGAGEMENTS
from kweek.web import same_as
from kweek.web.acting import Tried, act, acting, once, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.limits import RULES as PATH
from kweek.web.previewing import FAILURES, begin_preview, is_silent
from kweek.web.render import page
from kweek.web.rescoring_shown import are_others, failed_leads, found_by, going_of, rules_in_force, wrong_files
from kweek.web.uploads import read_upload
from kweek.workspace import read_workspace

router = APIRouter(dependencies=[Depends(staff_only)])

_SCORING: Final = "rules/scoring.yaml"
PATIENCE: Final = 1.5  # seconds in which a preview of few leads is done, and no page has to say that it is not


@dataclass(frozen=True, slots=True)
class Refused:
    """A file of which nothing is reckoned, and why; none: no file was chosen."""

    name: str
    wrong: tuple[Problem, ...] = ()


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
    if given.get("action") == "begin" and wrong_files(house):
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
        in_force = rules_in_force(read, house)
        last, looked = rescorings.last(read), rescorings.looked(read)
        running = next((row for row in last if row.status in rescorings.OPEN), None)
        brought = next((row for row in last if row.status == "done"), None)
        newest = next((row for row in last if row.rules is not None), None)
        failed = failed_leads(read, newest)
        others = "not" if last or are_others(read, in_force) else ""
        found = (
            None
            if looked is None or not looked.found or "moves" not in looked.found
            else found_by(read, looked, in_force, last)
        )
        names = same_as.named(read, [lead for lead, _ in [*failed, *(found.failed if found else [])]])
    looking = looked if looked is not None and looked.status == "running" else None
    silent = looking is not None and is_silent(looking)
    return page(
        request, "rescoring.html", status=tried.status if tried else status, tried=tried,
        acting=acting(request, house), in_force=in_force, last=last, running=running, newest=newest, failed=failed,
        going=None if running is None else going_of(running), looked=looked, looking=looking, silent=silent,
        look_going=None if looking is None else going_of(looking), found=found, names=names,
        brought="brought" if brought is not None and (brought.rules or "")[:8] == in_force.version else others,
        most=FAILURES, refused=refused, file=None if looked is None or not looked.found else looked.found.get("file"),
        digits=list(map(str, ENGAGEMENTS)), moves=running is not None or (looking is not None and not silent),
    )  # fmt: skip
