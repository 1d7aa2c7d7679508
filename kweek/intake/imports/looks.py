"""What stands in a column, and what does it look like? Told by all of its cells: what is empty above may be filled
below, and a column of “none” may hold numbers after a thousand rows.

One pass, that ends where all columns have told enough; of none are more than its first cells kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import phonenumbers

from kweek.intake.check_lead import Vocabulary
from kweek.intake.countries import read_country
from kweek.intake.imports.cells import read_language
from kweek.intake.imports.csv_file import Line
from kweek.intake.imports.headings import tidy

_FIRST: Final = 1_000  # cells with something in them, by which a column is known that nobody named
_MOST: Final = 0.9  # of its cells, for a column to be known by them alone
_FEW: Final = 0.2  # of its cells, for its heading not to be believed
_SHORTEST: Final = 6  # digits of a telephone number, in small countries
_ADDRESS: Final = re.compile(r"[^@\s;,]+@[^@\s;,]+\.[^@\s;,]+")
_SALUTATIONS: Final = (
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "dhr", "de heer", "mevr", "mevrouw", "mw", "drs", "ir",
)  # fmt: skip
_LANGUAGES: Final = ("nl", "en", "de", "fr", "es", "it", "pl", "pt", "da", "sv")

Fits = Callable[[str, Vocabulary], bool]


class Table(Protocol):
    """Rows with headings: a file, or an import that stores one."""

    @property
    def headings(self) -> tuple[str, ...]: ...

    def lines(self) -> Iterator[Line]: ...


@dataclass(slots=True)
class Look:
    """named: the field that its heading names; "": none. first: its first cells with something in them. seen: how many
    cells were looked at, and how many of them look like that field."""

    named: str
    words: Vocabulary
    first: list[str] = field(default_factory=list[str])
    seen: int = 0
    like_it: int = 0

    @property
    def empty(self) -> bool:
        return not self.first

    @property
    def belied(self) -> bool:
        """Its heading cannot be meant. Where every row is asked whether its cell fits, one that does is enough."""
        if self.named in _ASKED:
            return not self.like_it
        return self.named in _UNASKED and self.like_it < self.seen * _FEW

    @property
    def doubtful(self) -> bool:
        """Few of its first cells look like what its heading says: another column may be it rather."""
        return self.named in _ASKED and self._share(_ASKED[self.named]) < _FEW

    @property
    def holds_addresses(self) -> bool:
        """Unmistakably, whatever stands above them."""
        return self._share(_is_address) >= _MOST

    def looks(self) -> Iterator[str]:
        """The fields that it may be by its cells alone, where its heading says nothing."""
        found = (target for target, fits in _LOOKS.items() if self._share(fits) >= _MOST)
        return (target for target in found if target != "country" or self._names_countries)

    @property
    def _names_countries(self) -> bool:
        """Two capitals may be anything (a province, a size, NO): our own country is one of them, or a whole name."""
        return any(len(cell) > 3 or read_country(cell) == self.words.country for cell in self.first)

    def take(self, cell: str) -> bool:
        """One that holds something. Is this enough?"""
        if len(self.first) < _FIRST:
            self.first.append(cell)
        if self.named in _UNASKED:
            self.seen += 1
            self.like_it += _UNASKED[self.named](cell, self.words)
            return False
        if self.named in _ASKED and not self.like_it:
            self.like_it += _ASKED[self.named](cell, self.words)
            return False
        if self.named and self.named not in _ASKED and not _is_address(cell, self.words):
            return True
        return len(self.first) == _FIRST

    def _share(self, fits: Fits) -> float:
        return sum(fits(cell, self.words) for cell in self.first) / len(self.first) if self.first else 0


def look_at(table: Table, named: Sequence[str], words: Vocabulary) -> list[Look]:
    """Each of its columns. named: the field that each heading names; "": none."""
    looks = [Look(one, words) for one in named]
    left = list(enumerate(looks))
    for line in table.lines():
        done = [n for n, look in left if (cell := line.cells[n].strip()) and look.take(cell)]
        if done:
            left = [(n, look) for n, look in left if n not in done]
        if not left:
            break
    return looks


# --- one cell ---------------------------------------------------------------------------------------------


def _is_address(cell: str, words: Vocabulary) -> bool:
    return _ADDRESS.fullmatch(cell) is not None


def _is_phone(cell: str, words: Vocabulary) -> bool:
    """A number that is in use somewhere, and written as one: with its country, in parts, or a mobile's. An amount and
    a number of a customer are often in use as well."""
    if sum(one.isdecimal() for one in cell) < 9 or not cell.startswith(("+", "(+", "0", "(0")):
        return False
    try:
        number = phonenumbers.parse(cell, words.country)
    except phonenumbers.NumberParseException:
        return False
    if not phonenumbers.is_valid_number(number):
        return False
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    return mobile or "+" in cell or not cell.isdecimal()


def _may_be_phone(cell: str, words: Vocabulary) -> bool:
    """Whether it is one, its row tells: by the country of that row, which need not be ours."""
    return sum(one.isdecimal() for one in cell) >= _SHORTEST


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


_LOOKS: Final[Mapping[str, Fits]] = {
    "email": _is_address, "phone": _is_phone, "country": _is_country, "language": _is_language,
}  # fmt: skip
_ASKED: Final[Mapping[str, Fits]] = {**_LOOKS, "phone": _may_be_phone}
"""Of which a row is refused whose cell is none."""
_UNASKED: Final[Mapping[str, Fits]] = {"campaign": _is_no_number, "job_title": _is_no_salutation}
"""Of which any text can be one: no row is refused for it."""
