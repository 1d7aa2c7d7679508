"""Which lists that are not of leads can be taken along as a file? Each as its page has it, but whole.

A number of it is a number in the file, an amount of money in whole units of it, and a moment as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kweek.intake.imports.file_row import Refusal
from kweek.intake.imports.refused import why_of
from kweek.leads import companies_listed, costs, imports
from kweek.leads.campaigns import all_campaigns
from kweek.leads.earned import Numbers, tree
from kweek.leads.formulas import Cell
from kweek.leads.looked_at import LISTS, whole
from kweek.leads.spreadsheet import moment_cell
from kweek.web import as_file, same_as
from kweek.web.campaign_forms import period_of
from kweek.web.companies_page import said
from kweek.web.guard import HouseOf, staff_only
from kweek.web.mails import caught_page
from kweek.web.problems import ProblemError
from kweek.web.render import reader_tongue
from kweek.web.spoken import refusal_words
from kweek.web.visitors_page import since

router = APIRouter(dependencies=[Depends(staff_only)])

_AT_ONCE: Final = 1_000
_COUNTED: Final = ("leads", "touched", "marketing", "sales", "ready", "now")
_BECAME: Final = ("made", "changed", "same", "refused", "waiting", "undone", "kept", "forgotten")

Lines = Iterator[Sequence[Cell]]


@router.get("/companies.csv")
def export_companies(request: Request, house: HouseOf, q: str = "") -> Response:
    as_file.refuse_slips(request, ("q",))
    heads = ("company", "parent", "sector", "size", "legal_form", "country", "leads")

    def lines() -> Lines:
        after: str | None = ""
        while after is not None:
            with house.db.read() as read:
                some = companies_listed.page(read, said(q), after, _AT_ONCE)
            for row in some.rows:
                yield row.name, row.parent, row.sector, row.size, row.legal_form, row.country, row.leads
            after = some.after

    return as_file.send_table(request, "companies", heads, lines())


@router.get("/campaigns.csv")
def export_campaigns(request: Request, house: HouseOf) -> Response:
    """Each with all below it, as on the page; the last line is of the leads of no campaign."""
    asked = period_of(request.query_params, house.rules.zone())
    as_file.refuse_slips(request, ("from", "until"), asked.faults)
    with house.db.read() as read:
        found = tree(read, asked.period)
    heads = (
        "campaign", "title", "parent", "channel", "norm_roi", "cost", *_COUNTED, "conversion", "cost_per_lead",
        "cost_per_ready",
    )  # fmt: skip
    rows = [(branch.row, branch.numbers) for top in found.tops for _, branch in top.walk()]
    lines = [
        (row.id, row.title, row.parent_id, row.channel, row.norm_roi, *_numbers(its))
        for row, its in rows
        if its.anything() or not asked.query
    ]
    none = [(None, None, None, None, None, *_numbers(found.without))] if found.without.leads else []
    return as_file.send_table(request, "campaigns", heads, [*lines, *none])


def _numbers(its: Numbers) -> Sequence[Cell]:
    counted: list[Cell] = [getattr(its, name) for name in _COUNTED]
    share = None if its.conversion is None else round(its.conversion, 4)
    return [_money(its.cost), *counted, share, _money(its.per_lead), _money(its.per_ready)]


def _money(cents: float | None) -> float | None:
    return None if cents is None else round(cents / 100, 2)


@router.get("/campaigns/{word}/costs.csv")
def export_costs(word: str, request: Request, house: HouseOf) -> Response:
    """Each entry, the last day first; `takes_back`: the entry that it takes off again."""
    as_file.refuse_slips(request, ())
    with house.db.read() as read:
        if all(row.id != word for row in all_campaigns(read)):
            raise ProblemError(404, "There is no such campaign.", told=("campaigns.absent", {}))
        rows = costs.all_entries(read, word)
    lines = (
        (
            row.id, row.on.isoformat(), _money(row.cents), row.words, row.by,
            moment_cell(row.at, house.rules.zone()), row.takes_back,
        )
        for row in rows
    )  # fmt: skip
    heads = ("entry", "day", "cost", "words", "by", "at", "takes_back")
    return as_file.send_table(request, f"{word} costs", heads, lines)


@router.get("/visitors/{name}.csv")
def export_looks(name: str, request: Request, house: HouseOf) -> Response:
    """`pages`, `topics`, `downloads` or `sources`, of the days of the page."""
    if name not in LISTS:
        raise ProblemError(404, f"What is looked at is listed by {', '.join(LISTS)}.")
    as_file.refuse_slips(request, ("days",))
    with house.db.read() as read:
        heads, rows = whole(read, name, since(request, house)[1])
    return as_file.send_table(request, name, heads, (tuple(map(_rounded, row)) for row in rows))


def _rounded(value: Any) -> Cell:
    """A mean: a number of PostgreSQL's own is one for no spreadsheet."""
    return value if value is None or isinstance(value, str | int) else round(float(value), 1)


@router.get("/duplicates.csv")
def export_pairs(request: Request, house: HouseOf) -> Response:
    as_file.refuse_slips(request, ())
    one = ("id", "who", "email", "company")
    heads = (*(f"one_{name}" for name in one), *(f"two_{name}" for name in one), "alike_by", "likeness", "found_at")

    def lines() -> Lines:
        with house.db.read() as read:
            pairs = same_as.all_pairs(read)
        for begin in range(0, len(pairs), _AT_ONCE):
            some = pairs[begin : begin + _AT_ONCE]
            with house.db.read() as read:
                named = same_as.named(read, list({id for row in some for id in (row.first_id, row.second_id)}))
            for row in some:
                both = [named.get(id) for id in (row.first_id, row.second_id)]
                if None not in both:  # forgotten meanwhile
                    cells = (getattr(lead, name) for lead in both for name in one)
                    yield *cells, row.why, row.likeness, moment_cell(row.at, house.rules.zone())

    return as_file.send_table(request, "duplicates", heads, lines())


@router.get("/imports.csv")
def export_imports(request: Request, house: HouseOf) -> Response:
    as_file.refuse_slips(request, ())
    with house.db.read() as read:
        found = [(row, imports.progress(read, row.id)) for row in imports.latest(read, None)]
    heads = ("import", "file", "status", "by", "at", "rows", *_BECAME)
    lines = (
        (
            row.id, row.file, row.status, row.by, moment_cell(row.at, house.rules.zone()), so_far.rows,
            *(so_far.counts.get(name, 0) for name in _BECAME),
        )
        for row, so_far in found
    )  # fmt: skip
    return as_file.send_table(request, "imports", heads, lines)


@router.get("/imports/{import_id}/kept.csv")
def export_kept(import_id: str, request: Request, house: HouseOf) -> Response:
    """The rows of which an undo could not take everything back, each with what stayed and why."""
    as_file.refuse_slips(request, ())
    say = reader_tongue(request)
    with house.db.read() as read:
        try:
            file = imports.one(read, import_id).file
        except imports.NoSuchImportError as error:
            raise ProblemError(404, str(error), told=("absent.import", {})) from None

    def worded(reason: Refusal) -> str:
        return reason.told(refusal_words(say, reason))

    def lines() -> Lines:
        after = 0
        while True:
            with house.db.read() as read:
                some = imports.left(read, import_id, _AT_ONCE, after)
            for row in some:
                yield row.number, row.lead_id, "; ".join(why_of(row, worded))
            if len(some) < _AT_ONCE:
                return
            after = some[-1].number

    return as_file.send_table(request, f"kept {file.removesuffix('.csv')}", ("row", "lead_id", "why"), lines())


@router.get("/mails.csv")
def export_mails(request: Request, house: HouseOf, lead: str = "", to: str = "") -> Response:
    """What the local catcher caught."""
    as_file.refuse_slips(request, ("lead", "to"))
    with house.db.read() as read:
        caught_page(read, lead, None, only=to == "leads")  # NoSuchLead: before a file is begun

    def lines() -> Lines:
        before: int | None = None
        while True:
            with house.db.read() as read:
                some = caught_page(read, lead, before, only=to == "leads")
            for row in some.rows:
                yield row.id, moment_cell(row.at, house.rules.zone()), row.recipient, row.subject
            before = some.older
            if before is None:
                return

    return as_file.send_table(request, "mails", ("mail", "at", "recipient", "subject"), lines())
