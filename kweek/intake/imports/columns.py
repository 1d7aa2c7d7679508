"""Which column is which field? Proposed by heading and content, each with the reason; a person decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, Protocol

import phonenumbers
from msgspec.structs import replace

from kweek.intake.check_lead import Vocabulary
from kweek.intake.countries import read_country
from kweek.intake.imports.cells import Order, date_order, decimal_sign, read_language
from kweek.intake.imports.csv_file import Line
from kweek.intake.imports.headings import TARGETS, Named, named, numbers, tidy
from kweek.intake.imports.how import Column, Why
from kweek.intake.imports.said import HowError
from kweek.intake.values import nearest
from kweek.leads.export import RECKONED, SINCE
from kweek.leads.imports import OWN

LEAVE_OUT: Final = "ignore"
NOTHING: Final = ("", "-", LEAVE_OUT)
"""A column that is told to be one of these is left out."""

_OUR_ID: Final = "kweek_id"

_LOOKED_AT: Final = 1_000  # rows by which a column is known
_MOST: Final = 0.9  # of its cells, for a column to be known by them alone
_FEW: Final = 0.2  # of its cells, for its heading not to be believed
_ADDRESS: Final = re.compile(r"[^@\s;,]+@[^@\s;,]+\.[^@\s;,]+")
_AGAIN: Final = re.compile(r" \(\d+\)$")  # as `csv_file` tells two of the same name apart
_OWN_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_SALUTATIONS: Final = (
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "dhr",
    "de heer",
    "mevr",
    "mevrouw",
    "mw",
    "drs",
    "ir",
)
_LANGUAGES: Final = ("nl", "en", "de", "fr", "es", "it", "pl", "pt", "da", "sv")


class Table(Protocol):
    """Rows with headings: a file, or an import that stores one."""

    @property
    def headings(self) -> tuple[str, ...]: ...

    def lines(self) -> Iterator[Line]: ...


def propose(sheet: Table, words: Vocabulary) -> tuple[Column, ...]:
    """For each column of the file."""
    looked_at = [line.cells for line in islice(sheet.lines(), _LOOKED_AT)]
    cells = {
        heading: [cell for row in looked_at if (cell := row[n].strip())] for n, heading in enumerate(sheet.headings)
    }
    found = {heading: _kept(heading, sheet.headings) or _named(heading, words) for heading in sheet.headings}
    found = {heading: one for heading, one in found.items() if one is not None and cells[heading]}
    columns = {heading: Column(heading, None, Why("column.reckoned")) for heading in _reckoned(sheet.headings, words)}
    found = {heading: one for heading, one in found.items() if heading not in columns}
    taken = dict[str, str]()
    for heading in sorted(
        found, key=lambda one: (found[one].less, found[one].near is not None)
    ):  # the exact ones first
        one = found[heading]
        columns[heading] = _by_name(heading, one, taken.get(one.target), cells[heading], words)
        if columns[heading].target is not None:
            taken[one.target] = heading
    for heading in sheet.headings:
        if heading not in columns:
            columns[heading] = _by_content(heading, cells[heading], taken, words)
            if (target := columns[heading].target) is not None:
                taken[target] = heading
    return tuple(columns[heading] for heading in sheet.headings)


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


def _by_name(heading: str, one: Named, already: str | None, cells: Sequence[str], words: Vocabulary) -> Column:
    if already is not None:
        return Column(heading, None, Why("column.taken", {"field": one.target, "column": already}))
    fits = _FITS.get(one.target)
    if fits is not None and _share(fits, cells, words) < _FEW:
        return Column(heading, None, Why("column.unlike", {"field": one.target}))
    why = Why("column.named") if one.near is None else Why("column.near", {"words": one.near})
    return Column(heading, one.target, why)


def _by_content(heading: str, cells: Sequence[str], taken: Mapping[str, str], words: Vocabulary) -> Column:
    if not cells:
        return Column(heading, None, Why("column.empty"))
    for target, fits in _LOOKS.items():
        if target not in taken and _share(fits, cells, words) >= _MOST:
            return Column(heading, target, Why("column.looks"))
    if numbers(heading):
        return Column(heading, None, Why("column.number", {"own": own_for(heading)}))
    return Column(heading, None, Why("column.unknown", {"own": own_for(heading)}))


def _share(fits: Callable[[str, Vocabulary], bool], cells: Sequence[str], words: Vocabulary) -> float:
    return sum(fits(cell, words) for cell in cells) / len(cells)


def _is_address(cell: str, words: Vocabulary) -> bool:
    return _ADDRESS.fullmatch(cell) is not None


def _is_phone(cell: str, words: Vocabulary) -> bool:
    """A number that is in use somewhere, with as many digits as one has."""
    if sum(one.isdecimal() for one in cell) < 9:
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(cell, words.country))
    except phonenumbers.NumberParseException:
        return False


def _is_country(cell: str, words: Vocabulary) -> bool:
    return (len(cell) > 3 or cell.isupper()) and read_country(cell) in phonenumbers.SUPPORTED_REGIONS


def _is_language(cell: str, words: Vocabulary) -> bool:
    return read_language(cell).split("-")[0] in _LANGUAGES


def _is_no_number(cell: str, words: Vocabulary) -> bool:
    """How often somebody was called is no campaign."""
    return not cell.replace(".", "").replace(",", "").isdecimal()


def _is_no_salutation(cell: str, words: Vocabulary) -> bool:
    """Whoever is called “Mr.” has no job by it."""
    return tidy(cell) not in _SALUTATIONS


_LOOKS: Final[Mapping[str, Callable[[str, Vocabulary], bool]]] = {
    "email": _is_address, "phone": _is_phone, "country": _is_country, "language": _is_language,
}  # fmt: skip
_FITS: Final = {**_LOOKS, "campaign": _is_no_number, "job_title": _is_no_salutation}
"""What a cell of such a column looks like, where its heading says what it is."""


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
