"""One person, or two? Both leads side by side, what would be kept of each, and the way back where it was a mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.exc import NoResultFound
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek.intake.merging.merge import (
    heard_of_last,
    holder,
    last_merge,
    merge,
    merge_of,
    tell_apart,
    which_stays,
    why_it_stays,
)
from kweek.intake.merging.united import Word, words_of
from kweek.intake.merging.unmerge import in_the_way, unmerge
from kweek.intake.outcomes import OutcomeError, Said
from kweek.leads import tables
from kweek.leads.database import NoSuchLead
from kweek.leads.duplicates import of_pair
from kweek.leads.merged import living
from kweek.web import queries, same_as, story
from kweek.web.acting import Tried, act, acting, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.render import page

router = APIRouter(dependencies=[Depends(staff_only)])

_PICK: Final = "pick."  # before the name of what is chosen
_MOST_MERGES: Final = 20
_COUNTED: Final = {
    "events": select(func.count()).where(tables.events.c.lead_id == bindparam("lead")),
    "mails": select(func.count()).where(tables.mails.c.lead_id == bindparam("lead"), tables.mails.c.audience == "lead"),
    "answers": select(func.count()).where(tables.answers.c.lead_id == bindparam("lead")),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. counts: how many rows there are of it. open: what lies on a desk for it, in one word each."""

    lead: Row[Any]
    counts: Mapping[str, int]
    open: Sequence[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing on which they differ, or that only one of them says. words: what each says, by their ids. settled: by
    the open handover."""

    name: str
    words: Mapping[str, str]
    wins: str
    differ: bool
    settled: bool


@router.get("/duplicates")
def show_duplicates(request: Request, house: HouseOf) -> Response:
    with house.db.read() as read:
        pairs = same_as.open_pairs(read)
        merges = same_as.last_merges(read, _MOST_MERGES)
        ids = {id for row in pairs.rows for id in (row.first_id, row.second_id)}
        names = same_as.named(read, [*ids, *(row.kept_id for row in merges)])
    return page(request, "duplicates.html", pairs=pairs, merges=merges, names=names)


@router.get("/duplicates/find")
def find_other(request: Request, house: HouseOf, lead: str = "", other: str = "") -> Response:
    """From a lead's page, with the address of whom it may be as well."""
    with house.db.read() as read:
        one = story.living_who(read, lead)
        found = same_as.find(read, other.strip()) if other.strip() else None
    if found is not None and found != one.id:
        return RedirectResponse(_address(one.id, found), 303)
    fault = "wrong.same.missing" if not other.strip() else "wrong.same.none" if found is None else "wrong.same.itself"
    return page(request, "find_other.html", status=422, lead=one, other=other, fault=fault)


@router.get("/duplicates/{one}/{other}")
def show_pair(one: str, other: str, request: Request, house: HouseOf) -> Response:
    return _show(one, other, request, house)


@router.post("/duplicates/{one}/{other}")
def decide(one: str, other: str, request: Request, body: Body, house: HouseOf) -> Response:
    """`merge`, `different` or `undo`."""
    given = read_fields(body)
    action = given.get("action", "")

    def do(said: Said) -> None:
        match action:
            case "merge":
                chosen = {name.removeprefix(_PICK): id for name, id in given.items() if name.startswith(_PICK)}
                merge(house.db, one, other, chosen, said.by, said.at, house.rules.ears, house.address_key)
            case "different":
                tell_apart(house.db, one, other, said.by, said.at)
            case "undo":
                unmerge(house.db, _merge(house, one, other), said.by, said.at, house.rules.ears)
            case _:
                raise OutcomeError("Say merge, different or undo.", ("merge", "different", "undo"), "action")

    tried = act(request, house, acting(request, house), given, do)
    return tried if isinstance(tried, Response) else _show(one, other, request, house, tried)


def _merge(house: House, one: str, other: str) -> int:
    with house.db.read() as read:
        row = merge_of(read, one, other)
    if row is None:
        raise OutcomeError("They are not merged.", field="undo")
    return row.id


def _show(one: str, other: str, request: Request, house: House, tried: Tried | None = None) -> Response:
    done = request.query_params.get("done", "")
    with house.db.read() as read:
        now_one, now_other = living(read, one), living(read, other)
        merged = merge_of(read, one, other)
        if merged is not None:
            way = in_the_way(read, merged)
            names = same_as.named(read, [one, other, *([way.kept_id, way.gone_id] if way is not None else [])])
            facts: dict[str, Any] = {"merged": merged, "way": way, "names": names}
        elif tried is not None and (now_one, now_other) != (one, other):
            return _too_late(read, request, (one, other), (now_one, now_other))
        elif now_one == now_other:
            return RedirectResponse(f"/leads/{quote(now_one)}", 303)
        elif (now_one, now_other) != (one, other):
            return RedirectResponse(_address(now_one, now_other), 303)
        else:
            facts = {"merged": None, **_beside(read, one, other, tried.given if tried else {})}
        facts["asked"] = of_pair(read, one, other)
    return page(
        request, "duplicate.html", status=tried.status if tried else 200, now=house.now(), tried=tried,
        done=done if done in ("merge", "different", "undo") else "", acting=acting(request, house), **facts,
    )  # fmt: skip


def _too_late(read: Connection, request: Request, pair: tuple[str, str], now: tuple[str, str]) -> Response:
    """Somebody pressed a button for two of whom one was merged with a third: who did that, and who they are now."""
    merges = [row for lead in pair if (row := last_merge(read, lead)) is not None]
    names = same_as.named(read, [id for row in merges for id in (row.kept_id, row.gone_id)])
    address = f"/leads/{quote(now[0])}" if now[0] == now[1] else _address(*now)
    return page(request, "duplicate_gone.html", status=409, merges=merges, names=names, address=address)


def _beside(read: Connection, one: str, other: str, given: Mapping[str, str]) -> dict[str, Any]:
    kept, gone = (_side(read, lead) for lead in _which(read, one, other))
    later = heard_of_last(read, kept.lead, gone.lead)
    chosen = {name.removeprefix(_PICK): id for name, id in given.items() if name.startswith(_PICK)}
    words = words_of(kept.lead, gone.lead, later, chosen, holder(read, kept.lead.id))
    companies = {side.lead.company_id: side.lead.company for side in (kept, gone)}
    choices = [_choice(word, kept.lead.id, gone.lead.id, companies) for word in words]
    return {"sides": (kept, gone), "choices": choices, "stays": why_it_stays(read, kept.lead.id, gone.lead.id)}


def _which(read: Connection, one: str, other: str) -> tuple[str, str]:
    try:
        return which_stays(read, one, other)
    except NoResultFound:
        raise NoSuchLead("One of these leads is not there.") from None


def _side(read: Connection, lead_id: str) -> Side:
    lists = (queries.open_handovers, queries.open_calls, queries.open_tasks)
    lie = [name for name, ask in zip(("handover", "call", "task"), lists, strict=True) if ask(read, lead_id).rows]
    counts = {name: read.execute(count, {"lead": lead_id}).scalar_one() for name, count in _COUNTED.items()}
    return Side(story.who(read, lead_id), counts, lie)


def _choice(word: Word, kept: str, gone: str, companies: Mapping[str | None, str | None]) -> Choice:
    words = {kept: _said(word.name, word.kept, companies), gone: _said(word.name, word.gone, companies)}
    return Choice(word.name, words, gone if word.of_gone else kept, word.differ, word.settled)


def _said(name: str, values: tuple[Any, ...], companies: Mapping[str | None, str | None]) -> str:
    if name == "company":
        return companies.get(values[0]) or ""
    if name == "name":
        whole, first, last = values
        return whole or " ".join(filter(None, (first, last)))
    return "" if values[0] is None else str(values[0])


def _address(one: str, other: str) -> str:
    return f"/duplicates/{quote(one, safe='')}/{quote(other, safe='')}"
