"""What is known of a company? What it is and part of what, who of it is a lead, and who decides there about buying."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row, select
from starlette.requests import Request
from starlette.responses import Response

from kweek.intake.buying import FACTS, PARTS, change_company, change_parts, company_near, written
from kweek.intake.outcomes import OutcomeError, Said
from kweek.intake.values import longest_of
from kweek.leads import tables
from kweek.leads.calling import LEGAL_FORMS
from kweek.leads.hierarchy import above, parts_of
from kweek.leads.replaced import of_company
from kweek.web.acting import Tried, act, acting, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.queries import WHO, Listed, listed
from kweek.web.render import page, reader_tongue
from kweek.web.typed import Input, Sent
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

_PART: Final = "part."
_WAS: Final = "was."
_MAKES: Final = "makes"  # the name of a parent that is not there yet, and shall be
_UNKNOWN: Final = "parent.unknown"
_REPLACED: Final = 20  # the last that were
_MOST_FIELDS: Final = 2_000  # of a hundred leads, each box as it is and as it was
_TYPES: Final = {"size": "count"}
_NOTHING: Final = Tried("", {})


@dataclass(frozen=True, slots=True)
class Parts:
    """Of one lead: what colleagues said of it, each with who did, and what it said itself in a survey or a call."""

    said: Mapping[str, str]
    own: str | None


@dataclass(frozen=True, slots=True)
class Boxes:
    """Of one lead: those that are ticked on the page. now: what the books say since another one changed it, in words;
    None: nobody did."""

    ticked: set[str]
    now: str | None = None


@router.get("/companies/{company_id}")
def show_company(company_id: str, request: Request, house: HouseOf) -> Response:
    return _show(company_id, request, house)


@router.post("/companies/{company_id}")
def act_on_company(company_id: str, request: Request, body: Body, house: HouseOf) -> Response:
    """All that stands on the page is saved at once: what it is, and who decides there; or nothing of it."""
    given = read_fields(body, _MOST_FIELDS)

    def do(said: Said) -> None:
        if given.get("action") != "save":
            raise OutcomeError("Say save.", ("save",), "action")
        was = {name: given.get(f"{_WAS}{name}", "") for name in FACTS}
        becomes = {name: given.get(name, "") for name in FACTS}
        change_company(house.db, company_id, was, becomes, said, house.rules.ears, given.get(_MAKES, ""))
        now, before = _pairs(given, _PART), _pairs(given, f"{_WAS}{_PART}")
        change_parts(house.db, company_id, now - before, before - now, said.by, said.at)

    with house.db.read() as read:
        _row(read, company_id)
    tried = act(request, house, acting(request, house), given, do)
    return tried if isinstance(tried, Response) else _show(company_id, request, house, tried)


def _pairs(given: Mapping[str, str], start: str) -> set[tuple[str, str]]:
    """`part.<lead>.<part>`: a lead's id may hold a dot, a part does not."""
    keys = [name.removeprefix(start).rpartition(".") for name in given if name.startswith(start)]
    return {(lead, part) for lead, _, part in keys}


def _show(company_id: str, request: Request, house: House, tried: Tried | None = None) -> Response:
    say = reader_tongue(request)
    with house.db.read() as read:
        row = _row(read, company_id)
        leads = _leads(read, company_id)
        parts = parts_of_leads(read, company_id, [lead.id for lead in leads.rows])
        replaced = of_company(read, company_id, _REPLACED)
        unknown = tried.given.get("parent", "") if tried and _UNKNOWN in tried.faults else None
        near = company_near(read, unknown, company_id) if unknown else None
        known = {name: written(read, row, name) for name in FACTS}
        facts: dict[str, Any] = {
            "row": row,
            "leads": leads,
            "parts": parts,
            "boxes": _boxes(say, parts, tried),
            "above": above(read, row)[::-1],
            "below": parts_of(read, company_id),
            "inputs": list(_inputs(say, known, replaced, tried, near)),
            "unknown": unknown,
            "replaced": replaced,
        }
    done = request.query_params.get("done", "")
    return page(
        request, "company.html", status=tried.status if tried else 200, **facts, kinds=PARTS, forms=LEGAL_FORMS,
        tried=tried, acting=acting(request, house), done=done == "save",
    )  # fmt: skip


def _inputs(
    say: Tongue, known: Mapping[str, str], replaced: Sequence[Row[Any]], tried: Tried | None, near: str | None
) -> Iterator[Input]:
    """replaced: the latest first. near: a company that may be meant by a parent that nobody knows."""
    given, faults = (tried or _NOTHING).given, (tried or _NOTHING).faults
    for name in FACTS:
        now = known[name]
        sent = Sent(given.get(f"{_WAS}{name}", ""), given.get(name, ""))
        fault = faults.get(name)
        if name == "parent":
            fault = fault or faults.get("circle") or faults.get(_UNKNOWN)
        last = next((row for row in replaced if row.name == name), None)
        yield Input(
            name,
            say(f"company.{name}"),
            _TYPES.get(name, "text"),
            now,
            sent.value(now),
            longest_of(f"company.{name}"),
            fault=_fault(say, fault, near if name == "parent" else None),
            meanwhile=sent.meanwhile(now),
            now=now or None,
            by=None if last is None else last.by or last.said_by,
        )


def _fault(say: Tongue, fault: str | None, near: str | None) -> str | None:
    if fault is None:
        return None
    return say("company.parent.near", near=near) if near else say(fault)


def _boxes(say: Tongue, parts: Mapping[str, Parts], tried: Tried | None) -> Mapping[str, Boxes]:
    """By lead. A box that somebody pressed stays as he left it; any other is as it is known by now."""
    given = (tried or _NOTHING).given
    pressed, before = _pairs(given, _PART), _pairs(given, f"{_WAS}{_PART}")
    found: dict[str, Boxes] = {}
    for lead, its in parts.items():
        now, words = set(its.said), ", ".join(f"{say(f'company.part.{part}')} ({by})" for part, by in its.said.items())
        sent, was = ({part for of, part in pairs if of == lead} for pairs in (pressed, before))
        found[lead] = Boxes(now - was | sent - was | now & sent, words if now != was else None) if tried else Boxes(now)
    return found


def parts_of_leads(read: Connection, company_id: str, leads: list[str]) -> Mapping[str, Parts]:
    """What each of them has to do with buying there."""
    d, b = tables.deciders.c, tables.bant.c
    said: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in read.execute(
        select(d.lead_id, d.part, d.source).where(d.company_id == company_id, d.lead_id.in_(leads))
    ):
        said[row.lead_id][row.part] = row.source
    told = select(b.lead_id, b.value).where(b.fact == "authority", b.lead_id.in_(leads))
    own = {row.lead_id: row.value for row in read.execute(told) if row.value in PARTS}
    return {lead: Parts(said[lead], own.get(lead)) for lead in leads}


def _leads(read: Connection, company_id: str) -> Listed:
    lead = tables.leads.c
    columns = (lead.id, WHO, lead.job_title, lead.profile, lead.engagement, lead.stage)
    query = select(*columns).where(lead.company_id == company_id, lead.merged_into.is_(None))
    return listed(read, query.order_by(lead.created_at, lead.id))


def _row(read: Connection, company_id: str) -> Row[Any]:
    row = read.execute(select(tables.companies).where(tables.companies.c.id == company_id)).one_or_none()
    if row is None:
        raise ProblemError(404, "There is no such company.", told=("absent.company", {}))
    return row


# --- on the page of a lead ----------------------------------------------------------------------------


def of_lead(read: Connection, lead: Row[Any]) -> Mapping[str, Any] | None:
    """Its company, the ones above it, and what the lead has to do with buying there."""
    if lead.company_id is None:
        return None
    row = _row(read, lead.company_id)
    return {"row": row, "above": above(read, row)[::-1], "parts": parts_of_leads(read, row.id, [lead.id])[lead.id]}
