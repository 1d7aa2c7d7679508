"""What does a file of costs say? A spreadsheet's CSV becomes entries, and a sentence for each line that is none."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from kweek.errors import KweekError
from kweek.intake.imports.letters import LOST, decoded
from kweek.intake.imports.records import Record, records
from kweek.intake.imports.said import FileError
from kweek.leads.campaigns import campaign_word
from kweek.leads.costs import CostIn
from kweek.leads.money import cents_of

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "campaign": ("campaign", "campagne"),
    "date": ("date", "datum", "day", "dag", "on"),
    "amount": ("amount", "bedrag", "cost", "costs", "kosten"),
    "words": ("words", "description", "omschrijving", "note", "notitie", "for", "voor"),
}
"""What a column may be called; the last may be missing."""

_DAY: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_YEARS: Final = range(2000, 2101)
_MOST: Final = 500  # characters of the words


class NoCostFileError(KweekError):
    """This file cannot be read as one of costs."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, and where it stands in the file."""

    number: int
    entry: CostIn


@dataclass(frozen=True, slots=True)
class WrongLine:
    number: int
    why: str


def read_costs(raw: bytes, currency: str, by: str) -> Iterator[Line | WrongLine]:
    """The lines in their order. The same line in another reading of the file is the same entry; two alike in one file
    are two. NoCostFileError: a column is missing, or it is no text."""
    text = _text(raw)
    head, _, _ = text.partition("\n")
    rows = records(text, max(";,\t", key=head.count))
    headings = next(rows, Record(())).cells
    places = _places(headings)
    alike = Counter[str]()
    for row in rows:
        number, cells = row.line, row.cells
        if not row.filled:
            continue
        if why := _unlike(row, len(headings)):
            yield WrongLine(number, why)
            continue
        said = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        entry, why = _entry(said, currency, by)
        if entry is None:
            yield WrongLine(number, why)
            continue
        mark = hashlib.sha256(repr((entry.campaign, entry.on, entry.cents, entry.words)).encode()).hexdigest()[:24]
        alike[mark] += 1
        once = f"file/{mark}/{alike[mark]}"
        yield Line(number, CostIn(entry.campaign, entry.on, entry.cents, entry.words, by, once))


def day_of(written: str) -> date | None:
    """`2026-03-02` or `2-3-2026`, which is the second of March; a day with slashes may be either, so only what can be
    one. None: it is no day of our times."""
    text = written.strip()
    try:
        if (found := _DAY.fullmatch(text)) is None:
            day = date.fromisoformat(text)
        else:
            first, second, year = (int(part) for part in found.groups())
            if "/" in text and first != second and first <= 12:  # the second of March, or the third of February?
                return None
            day = date(year, second, first)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _text(raw: bytes) -> str:
    """As spreadsheets write it: UTF-8, UTF-16, or what Windows had before."""
    try:
        return decoded(raw)[0]
    except FileError:
        raise NoCostFileError("this is not a text file; save it as CSV (UTF-8)") from None


def _unlike(row: Record, width: int) -> str | None:
    """Why it cannot be what its author meant."""
    cells = row.cells
    if row.broken:
        return 'a quote (") is opened and not closed, or something follows the closed one: take it away, or close it'
    if any(cell.strip() for cell in cells[width:]):
        has = f"it has {len(cells)} cells, and there are {width} columns"
        return f"{has}; an amount or words that hold the separator must stand in quotes"
    return "a letter of it could not be read; write it anew" if any(LOST in cell for cell in cells) else None


def _places(headings: Sequence[str]) -> dict[str, int]:
    """Which column says what."""
    plain = [heading.strip().casefold() for heading in headings]
    found = {name: plain.index(word) for name, words in HEADINGS.items() for word in words if word in plain}
    missing = [name for name in HEADINGS if name not in found and name != "words"]
    if missing:
        there = ", ".join(heading.strip()[:40] for heading in headings[:20]) or "nothing"
        raise NoCostFileError(
            f"the first line must name the columns campaign, date and amount (and words, if you like); "
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing. There is: {there}"
        )
    return found


def _entry(said: Mapping[str, str], currency: str, by: str) -> tuple[CostIn | None, str]:
    """The entry, or why it is none."""
    word, day, cents = campaign_word(said["campaign"]), day_of(said["date"]), cents_of(said["amount"], currency)
    words = " ".join(said.get("words", "").split()) or None
    wrong: list[str] = []
    if word is None:
        wrong.append("it names no campaign")
    if day is None:
        wrong.append(f"“{said['date'][:40]}” is not a day; write 2026-03-02 or 02-03-2026")
    if not cents:
        wrong.append(f"“{said['amount'][:40]}” is not a sum in {currency}; write 1250.00, 1.250,00 or 1,250.00")
    if words is not None and len(words) > _MOST:
        wrong.append(f"the words are too long: at most {_MOST} characters")
    if word is None or day is None or not cents or wrong:
        return None, "; ".join(wrong)
    return CostIn(word, day, cents, words, by), ""


def unknown(word: str, known: Sequence[str]) -> str:
    """What is said of a campaign that is not there."""
    near = get_close_matches(word, known, 1)
    meant = f" (did you mean “{near[0]}”?)" if near else ""
    return f"no campaign is called “{word}”{meant}"
