"""What does each campaign bring, and what did it cost? The tree of them, one of them, and the leads behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, Final, cast, get_args
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import ColumnElement, Connection, Row, func, literal, select, tuple_
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek.leads import costs
from kweek.leads.campaigns import CircleError, MeanwhileError, all_campaigns, change_campaign, make_campaign
from kweek.leads.earned import Branch, Numbers, Which, behind, tree, words_below
from kweek.leads.export import Part
from kweek.leads.tables import Moment, companies, leads
from kweek.web import as_file
from kweek.web.acting import Acting, acting, back_to, read_fields
from kweek.web.behind import Found, bounds_of
from kweek.web.campaign_forms import (
    Asked,
    Faults,
    as_it_was,
    campaign_said,
    cost_said,
    name_of,
    period_of,
    touched,
    word_said,
)
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.queries import WHO, AnySelect
from kweek.web.render import page

router = APIRouter(dependencies=[Depends(staff_only)])

WITHOUT: Final = "-"
"""Stands in an address for leads of no campaign; no campaign is called so."""

MEANWHILE: Final = "campaigns.wrong.meanwhile"

_ROWS: Final = 500
_ENTRIES: Final = 200
_LEADS: Final = 50
_NOTED: Final = {"change": "campaigns.noted.change", "spend": "campaigns.noted.spend", "back": "campaigns.noted.back"}


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent and could not be kept; nothing of it is lost."""

    action: str = ""
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    faults: Faults = field(default_factory=Faults)

    @property
    def too_late(self) -> bool:
        """Somebody else changed the same meanwhile."""
        return MEANWHILE in self.faults.values()

    @property
    def status(self) -> int:
        return 409 if self.too_late else 422 if self.faults else 200


# --- all of them ------------------------------------------------------------------------------------------


@router.get("/campaigns")
def show_campaigns(request: Request, house: HouseOf) -> Response:
    return _show_all(request, house, Tried())


@router.post("/campaigns")
def add_campaign(request: Request, body: Body, house: HouseOf) -> Response:
    """A new one."""
    given = read_fields(body)
    with house.db.write() as tx:
        said, faults = campaign_said(given, {row.id for row in all_campaigns(tx)})
        word = word_said(given, faults)
        if not faults and not make_campaign(tx, word, said, house.now()):
            faults["word"] = "campaigns.wrong.known"
    if faults:
        return _show_all(request, house, Tried("make", given, faults))
    return RedirectResponse(_address(word), 303)


def _show_all(request: Request, house: House, tried: Tried) -> Response:
    asked = period_of(request.query_params, house.rules.zone())
    with house.db.read() as read:
        found = tree(read, asked.period)
    every = [(depth, one) for top in found.tops for depth, one in top.walk()]
    shown = [(depth, one) for depth, one in every if one.numbers.anything() or not asked.query]
    total = reduce(Numbers.with_child, (top.numbers for top in found.tops), found.without)
    return page(
        request, "campaigns.html", status=422 if asked.faults else tried.status, asked=asked, tried=tried,
        branches=shown[:_ROWS], more=len(shown) - _ROWS, without=found.without, total=total,
        others=_by_title(every), channels=_channels(every), WITHOUT=WITHOUT,
    )  # fmt: skip


# --- one of them ------------------------------------------------------------------------------------------


@router.get("/campaigns/{word}")
def show_campaign(word: str, request: Request, house: HouseOf) -> Response:
    return _show(word, request, house, Tried())


@router.post("/campaigns/{word}")
def act_on_campaign(word: str, request: Request, body: Body, house: HouseOf) -> Response:
    """One of the buttons; `action` says which."""
    given = read_fields(body)
    match action := given.get("action", ""):
        case "change":
            faults = _change(house, word, given)
        case "spend" | "back":
            faults = _book(house, word, given, acting(request, house))
        case _:
            raise ProblemError(400, "This page has no such button.")
    if faults:
        late = MEANWHILE in faults.values()
        return _show(word, request, house, Tried(action, touched(given) if late else given, faults))
    back = f"{_address(word)}?done={action}"
    return back_to(back, given["by"], house) if "by" in given else RedirectResponse(back, 303)


def _change(house: House, word: str, given: Mapping[str, str]) -> Faults:
    with house.db.write() as tx:
        known = {row.id for row in all_campaigns(tx)}
        if word not in known:
            raise _absent()
        said, faults = campaign_said(given, known)
        if not faults:
            try:
                changed = change_campaign(tx, word, as_it_was(given), said)
                if "channel" in changed:
                    house.rules.ears.changed_in_common(tx, "campaign", word, house.now())
            except CircleError:
                faults["parent"] = "campaigns.wrong.circle"
            except MeanwhileError as error:
                faults = dict.fromkeys(error.fields, MEANWHILE)
    return faults


def _book(house: House, word: str, given: Mapping[str, str], who: Acting) -> Faults:
    """A cost, or that one was none."""
    entry, faults = None, Faults()
    by = name_of(given, who, faults)
    if given["action"] == "spend":
        entry, wrong = cost_said(given, word, house.rules.currency(), by)
        faults |= wrong
    if faults:
        return faults
    with house.db.write() as tx:
        if all(row.id != word for row in all_campaigns(tx)):
            raise _absent()
        if entry is not None:
            costs.spend(tx, entry, house.now())
        else:
            _take_back(tx, word, given.get("entry", ""), by, house.now())
    return faults


def _take_back(tx: Connection, word: str, entry: str, by: str, now: datetime) -> None:
    """Pressed twice is once."""
    try:
        costs.take_back(tx, word, int(entry) if entry.isdecimal() and len(entry) < 16 else 0, by, now)
    except costs.NoSuchEntryError:
        raise ProblemError(404, "There is no such entry that could be taken back.") from None


def _show(word: str, request: Request, house: House, tried: Tried) -> Response:
    asked = period_of(request.query_params, house.rules.zone())
    with house.db.read() as read:
        found = tree(read, asked.period, word)
        branch = found.find(word)
        if branch is None:
            raise _absent()
        entries, of = costs.entries(read, word, _ENTRIES)
    every = [(depth, one) for top in found.tops for depth, one in top.walk()]
    below = set(branch.words())
    return page(
        request, "campaign.html", status=422 if asked.faults else tried.status, asked=asked, tried=tried,
        branch=branch, parent=found.find(branch.row.parent_id) if branch.row.parent_id else None,
        entries=entries, of=of, taken={row.takes_back for row in entries}, acting=acting(request, house),
        others=_by_title([one for one in every if one[1].row.id not in below]), channels=_channels(every),
        day=house.now().astimezone(house.rules.zone()).date(), done=_NOTED.get(request.query_params.get("done", "")),
    )  # fmt: skip


# --- the leads behind a number ----------------------------------------------------------------------------


@router.get("/campaigns/{word}/leads")
def show_leads(word: str, request: Request, house: HouseOf) -> Response:
    """Exactly those that the number counts, the newest first."""
    with house.db.read() as read:
        number = _number(read, request, house, word)
        total = read.execute(select(func.count()).select_from(leads).where(*number.its)).scalar_one()
        found = _leads(read, number, request.query_params.get("after", ""), _LEADS)
    query = urlencode({"of": number.which, **{name: text for name, text in number.asked.given.items() if text}})
    return page(
        request, "campaign_leads.html", asked=number.asked, campaign=number.campaign, which=number.which, total=total,
        found=found, query=query, on=f"?{query}&{urlencode({'after': found.after})}" if found.after else None,
    )  # fmt: skip


@router.get("/campaigns/{word}/leads.csv")
def export_leads(word: str, request: Request, house: HouseOf) -> Response:
    """The same list, whole."""
    with house.db.read() as read:
        number = _number(read, request, house, word)
    as_file.refuse_slips(request, ("of", "from", "until", "after"), number.asked.faults, bounds_of)

    def part(read: Connection, after: str, most: int) -> Part:
        found = _leads(read, number, after, most)
        return Part([(row.lead_id, row.at) for row in found.rows], found.after)

    return as_file.send(request, house, f"{word} leads" if number.campaign else "leads", part, since=True)


@dataclass(frozen=True, slots=True)
class _Number:
    """One of a campaign's, as an address names it. campaign: None: of none. its: the leads that it counts."""

    campaign: Row[Any] | None
    which: Which
    asked: Asked
    its: list[ColumnElement[bool]]


def _number(read: Connection, request: Request, house: House, word: str) -> _Number:
    """ProblemError 404."""
    asked, of = period_of(request.query_params, house.rules.zone()), request.query_params.get("of", "leads")
    if of not in get_args(Which):
        raise ProblemError(404, "No number is called so.")
    rows = {row.id: row for row in all_campaigns(read)}
    if word not in (*rows, WITHOUT):
        raise _absent()
    which = cast("Which", of)
    its = behind(which, None if word == WITHOUT else words_below(rows.values(), word), asked.period)
    return _Number(rows.get(word), which, asked, its)


def _leads(read: Connection, number: _Number, after: str, most: int) -> Found:
    """By when they came from the campaign; of what it touched, and of no campaign, by when they were made."""
    lead, by_campaign = leads.c, number.which != "touched" and number.campaign is not None
    moment = lead.campaign_at if by_campaign else lead.created_at
    query: AnySelect = (
        select(lead.id.label("lead_id"), WHO, companies.c.name.label("company"), lead.stage, moment.label("at"))
        .select_from(leads)
        .join(companies, companies.c.id == lead.company_id, isouter=True)
        .where(*number.its)
    )
    if (bounds := bounds_of(after)) is not None:
        query = query.where(tuple_(moment, lead.id) < tuple_(literal(bounds[0], Moment()), bounds[1]))
    rows = list(read.execute(query.order_by(moment.desc(), lead.id.desc()).limit(most + 1)).all())
    last = rows[most - 1] if len(rows) > most else None
    return Found(rows[:most], None if last is None else f"{last.at.isoformat()}~{last.lead_id}")


def _address(word: str) -> str:
    return f"/campaigns/{quote(word, safe='')}"


def _absent() -> ProblemError:
    return ProblemError(404, "There is no such campaign.", told=("campaigns.absent", {}))


def _by_title(every: list[tuple[int, Branch]]) -> list[Any]:
    return sorted((one.row for _, one in every), key=lambda row: (row.title.casefold(), row.id))


def _channels(every: list[tuple[int, Branch]]) -> list[str]:
    """Those that are named already."""
    return sorted({one.row.channel for _, one in every if one.row.channel})
