"""Which column is which field? Proposed by heading and content, each with the reason; a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from msgspec.structs import replace

from kweek.intake.check_lead import Vocabulary
from kweek.intake.imports.cells import Order, date_order, decimal_sign
from kweek.intake.imports.headings import TARGETS, Named, named, numbers, says_nothing, tidy
from kweek.intake.imports.how import Column, Why
from kweek.intake.imports.looks import Look, Table, look_at
from kweek.intake.imports.said import HowError
from kweek.intake.values import nearest
from kweek.leads.export import RECKONED, SINCE
from kweek.leads.imports import OWN

LEAVE_OUT: Final = "ignore"
NOTHING: Final = ("", "-", LEAVE_OUT)
"""A column that is told to be one of these is left out."""

_OUR_ID: Final = "kweek_id"

_AGAIN: Final = re.compile(r" \(\d+\)$")  # as `csv_file` tells two of the same name apart
_OWN_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_EMAIL: Final = "email"
_MISNAMED: Final = ("name", "first_name", "last_name", "phone", "company.name")
"""In whose column addresses may stand."""
_COMPANY: Final = "company."
_COMPANYS_NAME: Final = "company.name"


def propose(sheet: Table, words: Vocabulary) -> tuple[Column, ...]:
    """For each column of the file."""
    reckoned = _reckoned(sheet.headings, words)
    named = {
        heading: None if heading in reckoned else _kept(heading, sheet.headings) or _named(heading, words)
        for heading in sheet.headings
    }
    looks = look_at(sheet, [one.target if (one := named[heading]) else "" for heading in sheet.headings], words)
    look = dict(zip(sheet.headings, looks, strict=True))
    found = {heading: one for heading, one in named.items() if one is not None and not look[heading].empty}
    columns = {heading: Column(heading, None, Why("column.reckoned")) for heading in reckoned}
    taken = dict[str, str]()
    if (heading := _of_addresses(found, look, reckoned)) is not None:
        found.pop(heading, None)
        columns[heading] = Column(heading, _EMAIL, Why("column.looks"))
        taken[_EMAIL] = heading
    for heading in sorted(found, key=lambda one: _doubt(found[one], look[one])):
        one = found[heading]
        columns[heading] = _by_name(heading, one, taken.get(one.target), look[heading])
        if columns[heading].target is not None:
            taken[one.target] = heading
    for heading in sheet.headings:
        if heading not in columns:
            columns[heading] = _by_content(heading, look[heading], taken)
            if (target := columns[heading].target) is not None:
                taken[target] = heading
    named_company = any(column.target == _COMPANYS_NAME for column in columns.values())
    return tuple(_at_home(columns[heading], named_company=named_company) for heading in sheet.headings)


def told(columns: Sequence[Column], says: Mapping[str, str], words: Vocabulary) -> tuple[Column, ...]:
    """As somebody wants it: heading → field. HowError."""
    headings = tuple(column.heading for column in columns)
    for heading in says:
        if heading not in headings:
            raise HowError("map", "import.wrong.column", column=heading[:60], near=nearest(heading, headings))
    targets = {heading: _target(says[heading].strip(), words) for heading in says}
    said = {target for target in targets.values() if target}
    changed = list[Column]()
    for column in columns:
        if column.heading in says:
            changed.append(Column(column.heading, targets[column.heading], Why("column.said")))
        elif column.target in said:  # somebody gave its field to another
            changed.append(Column(column.heading, None, Why("column.given")))
        else:
            changed.append(column)
    _each_once(changed)
    return tuple(changed)


def formed(
    sheet: Table, columns: Sequence[Column], words: Vocabulary, dates: Order | None = None
) -> tuple[Column, ...]:
    """With how their days and numbers are written, by all of their cells. dates: as somebody says."""
    kinds = {n: kind for n, column in enumerate(columns) if (kind := kind_of(column.target, words)) in _WRITTEN}
    cells: dict[int, list[str]] = {n: [] for n in kinds}
    for line in sheet.lines() if kinds else ():
        for n, found in cells.items():
            if line.cells[n]:
                found.append(line.cells[n])
    ours = any(column.target == _OUR_ID for column in columns)
    return tuple(
        _formed(column, kinds[n], cells[n], words.country, dates, ours=ours) if n in kinds else column
        for n, column in enumerate(columns)
    )


def fields(words: Vocabulary) -> tuple[str, ...]:
    """All that a column may fill."""
    return (*TARGETS, *(name for name in words.fields if name not in TARGETS))


def own_for(said: str) -> str:
    """What keeps such a column as a text that nobody declared: `own.woonplaats`."""
    name = "_".join(tidy(said.removeprefix(OWN)).split())[:60]
    return f"{OWN}{name if _OWN_NAME.fullmatch(name) else 'remark'}"


def _reckoned(headings: Sequence[str], words: Vocabulary) -> list[str]:
    """In a list that Kweek wrote: what it made of each lead."""
    ours = _OUR_ID in headings
    return [heading for heading in headings if ours and heading in (*RECKONED, SINCE) and heading not in words.fields]


def _kept(heading: str, headings: Sequence[str]) -> Named | None:
    """In a list that Kweek wrote: a text that nobody declared, under the name by which it is kept."""
    ours = _OUR_ID in headings and heading.startswith(OWN)
    return Named(heading) if ours and _OWN_NAME.fullmatch(heading.removeprefix(OWN)) else None


def _named(heading: str, words: Vocabulary) -> Named | None:
    """A heading that stands there twice names the same field twice."""
    found = named(heading, words.fields, words.titles)
    return found or named(_AGAIN.sub("", heading), words.fields, words.titles)


# --- by its name, by its cells ----------------------------------------------------------------------------


def _doubt(one: Named, look: Look) -> tuple[bool, bool, bool]:
    """The exact ones first, and before all whose cells agree."""
    return look.doubtful, one.less, one.near is not None


def _of_addresses(found: Mapping[str, Named], look: Mapping[str, Look], reckoned: Sequence[str]) -> str | None:
    """The column whose cells are addresses, where no heading names that of the e-mail: `Contact` may be it. Not one
    that somebody declared, nor an id."""
    if any(one.target == _EMAIL and not look[heading].belied for heading, one in found.items()):
        return None
    others = [heading for heading in look if look[heading].holds_addresses and heading not in reckoned]
    free = (heading for heading in others if heading not in found)
    misnamed = (heading for heading in others if heading in found and found[heading].target in _MISNAMED)
    return next(chain(free, misnamed), None)


def _by_name(heading: str, one: Named, already: str | None, look: Look) -> Column:
    if already is not None:
        return Column(heading, None, Why("column.taken", {"field": one.target, "column": already}))
    if look.belied:
        return Column(heading, None, Why("column.unlike", {"field": one.target}))
    why = Why("column.named") if one.near is None else Why("column.near", {"words": one.near})
    return Column(heading, one.target, why)


def _by_content(heading: str, look: Look, taken: Mapping[str, str]) -> Column:
    if look.empty:
        return Column(heading, None, Why("column.empty"))
    looks = look.looks() if says_nothing(heading) else ()
    if (target := next((one for one in looks if one not in taken), None)) is not None:
        return Column(heading, target, Why("column.looks"))
    if numbers(heading):
        return Column(heading, None, Why("column.number", {"own": own_for(heading)}))
    return Column(heading, None, Why("column.unknown", {"own": own_for(heading)}))


def _at_home(column: Column, *, named_company: bool) -> Column:
    """What is told of a company belongs to none where no column names it."""
    if named_company or column.target is None or not column.target.startswith(_COMPANY):
        return column
    return Column(column.heading, None, Why("column.no-company", {"field": column.target}))


# --- as somebody says -------------------------------------------------------------------------------------


def _target(said: str, words: Vocabulary) -> str | None:
    known = fields(words)
    if said in NOTHING:
        return None
    if said in known or (said.startswith(OWN) and _OWN_NAME.fullmatch(said.removeprefix(OWN))):
        return said
    near, own = nearest(said, known), own_for(said)
    raise HowError("map", "import.wrong.field", name=said[:60], near=near, own=own)


def _each_once(columns: Iterable[Column]) -> None:
    seen = dict[str, str]()
    for column in columns:
        if column.target is not None and column.target in seen:
            both = {"one": seen[column.target], "other": column.heading}
            raise HowError("map", "import.wrong.twice", target=column.target, **both)
        if column.target is not None:
            seen[column.target] = column.heading


# --- how it is written ------------------------------------------------------------------------------------

_WRITTEN: Final = ("date", "moment", "number")


def kind_of(target: str | None, words: Vocabulary) -> str:
    """What such a field holds."""
    return "number" if target == "company.size" else words.fields.get(target or "", "text")


def _formed(
    column: Column, kind: str, cells: Sequence[str], country: str | None, dates: Order | None, *, ours: bool
) -> Column:
    """ours: Kweek wrote the file, where neither 12.345 nor 12,345 is thousands, unless a spreadsheet wrote it anew."""
    if kind == "number":
        sign = decimal_sign(cells, None if ours else country)
        comma = ours and not sign.sure and any("," in cell for cell in cells)
        return replace(column, decimal="," if comma else sign.as_written, sure=sign.sure)
    order = date_order(cells, country)
    if dates is not None and order.as_written != "ymd":  # there is nothing to decide about 2026-12-31
        return replace(column, dates=dates, sure=True)
    return replace(column, dates=order.as_written, sure=order.sure)


def says_of(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """`Achternaam=last_name`, as options say it. HowError."""
    for text in texts:
        heading, sign, target = text.rpartition("=")
        if not sign or not heading.strip():
            raise HowError("map", "import.wrong.map", text=text[:60])
        yield heading.strip(), target.strip()
