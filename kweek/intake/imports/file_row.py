"""Who is in this row? Its cells become a lead as any sender's, by the same checks; or what is wrong with which cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from kweek.intake.check_lead import LeadChecker, Vocabulary
from kweek.intake.countries import read_country
from kweek.intake.imports.cells import (
    WRITTEN,
    phones_in,
    read_date,
    read_language,
    read_moment,
    read_number,
    read_truth,
)
from kweek.intake.imports.columns import OWN
from kweek.intake.imports.csv_file import Line
from kweek.intake.imports.how import Column, How
from kweek.intake.imports.letters import LOST
from kweek.intake.incoming import ConsentIn, Fault, LeadIn, TouchIn
from kweek.intake.values import Checker
from kweek.leads.campaigns import LONGEST

_NOTHING: Final = ("-", "null", "n/a", "#n/a", "#n/b", "n.v.t.", "nvt", "none")
_NONE: Final = (*_NOTHING, "geen", "onbekend", "keine", "unbekannt", "unknown", "?")
_NO_TEXTS: Final = ("email", "phone", "country", "language", "timezone", "company.size", "company.country")
"""Where a word cannot be meant: a building may be called “geen”, no telephone is."""
_COMPANY: Final = "company."
_COMPANYS_NAME: Final = "company.name"
_OTHER_PHONES: Final = "other_phones"  # the text that keeps them
_ELSEWHERE: Final = ("infix", "campaign", "kweek_id")  # no field of the lead by itself


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with a cell, and what would be right. column: its heading; "": the row as a whole. sentence: in
    English, with places for the values."""

    column: str
    cell: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])

    def dump(self) -> dict[str, object]:
        said = {"sentence": self.sentence, "values": dict(self.values)} if self.values else {}
        return {"column": self.column, "cell": self.cell[:200], "words": self.words, **said}

    @staticmethod
    def load(kept: Mapping[str, Any]) -> Refusal:
        return Refusal(kept["column"], kept["cell"], kept.get("sentence", kept["words"]), kept.get("values", {}))

    @property
    def words(self) -> str:
        return self.sentence.format(**self.values) if self.values else self.sentence

    def told(self, words: str) -> str:
        """With the cell. words: what is wrong with it, in whatever language."""
        return f"{self.column} “{self.cell[:60]}”: {words}" if self.column else words

    def __str__(self) -> str:
        return self.told(self.words)


NOBODY: Final = Refusal("", "", "nobody can tell who this is: it needs an e-mail address or an external id")
HOMELESS: Final = "this is a company's, and the row names no company: name it, or leave this out"
BROKEN: Final = Refusal(
    "",
    "",
    "a quotation mark is opened here and not closed, or something follows the closed one: take it away, or close it",
)
WENT_WRONG: Final = Refusal("", "", "something went wrong here with this row; it was written down")


@dataclass(frozen=True, slots=True)
class Read:
    """lead: None where the row cannot be taken, and refusals say why."""

    number: int
    lead: LeadIn | None
    touch: TouchIn
    refusals: tuple[Refusal, ...] = ()

    @property
    def names_nobody(self) -> bool:
        """Nobody can be made of it: it has our id only, and nobody has it."""
        return self.lead is not None and not self.lead.email and not self.lead.external_id

    def refused(self, why: Refusal) -> Read:
        return replace(self, lead=None, refusals=(why,))


class RowReader:
    """One file's. file: its name. zone: in which its moments are said."""

    def __init__(self, how: How, file: str, words: Vocabulary, zone: ZoneInfo, now: datetime) -> None:
        self.how, self.file, self.words, self.zone, self.now = how, file, words, zone, now
        self._stem = file.rpartition(".")[0] or file
        self._headings = {column.target: column.heading for column in how.columns if column.target is not None}
        self._broken = frozenset(how.broken)
        self._mapped = [(n, column) for n, column in enumerate(how.columns) if column.target is not None]

    def read(self, line: Line) -> Read:
        if line.number in self._broken:
            return Read(line.number, None, TouchIn("import", None, source=self.file), (BROKEN,))
        cells = {
            column.target: cell
            for n, column in self._mapped
            if column.target is not None and (cell := line.cells[n].strip()) and not _is_nothing(column.target, cell)
        }
        checker = _RowChecker(self.words, self.now)
        raw = self._raw(cells, checker, line.number)
        for target, cell in cells.items():
            if LOST in cell:
                checker.fault(_path(target), "a letter of this could not be read; write it anew")
        lead = checker.lead(raw, known="kweek_id" in cells)
        if _COMPANYS_NAME not in cells:
            for target in cells:
                if target.startswith(_COMPANY):
                    checker.fault(_path(target), HOMELESS)
        campaign = checker.text(cells.get("campaign"), "lead.campaign", most=LONGEST) or self.how.campaign
        touch = TouchIn("import", campaign, source=self.file)
        own = {target: checker.text(cell, _path(target)) for target, cell in cells.items() if target.startswith(OWN)}
        if len(line.cells) > len(self.how.columns):
            more = "the row has {has} cells, and there are {columns} columns"
            quoted = "a cell that holds the separator must stand in quotes"
            checker.fault("row", f"{more}: {quoted}", has=len(line.cells), columns=len(self.how.columns))
        if checker.faults:
            return Read(line.number, None, touch, tuple(self._refusal(fault, cells) for fault in checker.faults))
        if checker.other_phones and self.words.fields.get(_OTHER_PHONES, "text") == "text":
            lead = replace(lead, fields={_OTHER_PHONES: checker.other_phones, **lead.fields})
        return Read(line.number, replace(self._whole(lead, own), id=cells.get("kweek_id")), touch)

    def _raw(self, cells: Mapping[str, str], checker: _RowChecker, number: int) -> dict[str, object]:
        """As a program would send it."""
        raw: dict[str, object] = {}
        company: dict[str, object] = {}
        for _, column in self._mapped:
            target = column.target or ""
            if (cell := cells.get(target)) is None or target.startswith(OWN) or target in _ELSEWHERE:
                continue
            value = self._value(column, cell, checker)
            if target.startswith(_COMPANY):
                company[target.removeprefix(_COMPANY)] = value
            else:
                raw[target] = value
        if infix := cells.get("infix"):
            raw["last_name"] = f"{infix} {raw.get('last_name', '')}".strip()
        if company:  # also without a name, which is told: all that is wrong is told at once
            raw["company"] = {"name": "?", **company}
        if self.how.row_ids:
            raw["external_id"] = f"{self._stem}-{number}"
        return raw

    def _value(self, column: Column, cell: str, checker: _RowChecker) -> object:
        """Typed, where cells are written in more ways than programs write."""
        target = column.target or ""
        match target:
            case "country" | "company.country":
                return read_country(cell)
            case "language":
                return read_language(cell)
            case "company.size":
                return self._typed("number", column, cell, checker)
            case _:
                return self._typed(self.words.fields.get(target, "text"), column, cell, checker)

    def _typed(self, kind: str, column: Column, cell: str, checker: _RowChecker) -> object:
        value: object
        match kind:
            case "number":
                value, right = read_number(cell, column.decimal), f"a number: 1{column.decimal}5"
            case "date":
                day = read_date(cell, column.dates)
                value, right = day and day.isoformat(), f"a day of this column: {WRITTEN[column.dates]}"
            case "moment":
                moment = read_moment(cell, column.dates, self.zone)
                value, right = moment and moment.isoformat(), f"a moment: {WRITTEN[column.dates]} 15:30"
            case "yes/no":
                value, right = read_truth(cell), "yes or no"
            case _:
                return cell
        if value is None:
            checker.fault(_path(column.target or ""), f"this is not {right}")
        return value

    def _whole(self, lead: LeadIn, own: Mapping[str, str | None]) -> LeadIn:
        """With the texts that nobody declared, and the permission that all in the file gave."""
        texts = {target.removeprefix(OWN): text for target, text in own.items() if text is not None}
        given = self.how.permission
        consents: tuple[ConsentIn, ...] = ()
        if given is not None:
            consents = (ConsentIn("email", given.purpose, given.words, source=f"import of {self.file}"),)
        return replace(lead, fields={**lead.fields, **texts}, consents=consents)

    def _refusal(self, fault: Fault, cells: Mapping[str, str]) -> Refusal:
        target = fault.field.removeprefix("lead.")
        if target == "lead":
            return NOBODY if not self.how.row_ids else Refusal("", "", fault.sentence, fault.values)
        if target in self._headings:
            return Refusal(self._headings[target], cells.get(target, ""), fault.sentence, fault.values)
        return Refusal("", "", fault.sentence, fault.values)


class _RowChecker(LeadChecker):
    """Of a cell that is wrong, its first fault is told; of several telephone numbers in one, the first is taken."""

    def __init__(self, words: Vocabulary, now: datetime) -> None:
        super().__init__(words, now)
        self.other_phones = ""

    def phone(self, raw: str, country: str | None) -> str | None:
        whole, (first, others) = _phone(raw, country), phones_in(raw)
        if whole is None and (number := _phone(first, country)):
            self.other_phones = others
            return number
        return whole or super().phone(raw, country)

    def fault(self, path: str, sentence: str, **values: object) -> None:
        if all(fault.field != path for fault in self.faults):
            super().fault(path, sentence, **values)


def _phone(text: str, country: str | None) -> str | None:
    return Checker().phone(text, country)


def _is_nothing(target: str, cell: str) -> bool:
    return cell.casefold() in (_NONE if target in _NO_TEXTS else _NOTHING)


def _path(target: str) -> str:
    return f"lead.{target}"
