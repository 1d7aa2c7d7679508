"""What would a spreadsheet run? Such a cell leaves the house behind an apostrophe, and comes back as it was."""

from __future__ import annotations

import re
from typing import Final

Cell = str | int | float | None

_RUNS: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # with an apostrophe already: else nobody could tell it from ours
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?")
_PHONE: Final = re.compile(r"\+\d{1,3}( [\d -]+)?")


def harmless(cell: Cell) -> Cell:
    """With an apostrophe before a formula. A number, or a telephone number, is only what it says."""
    if not isinstance(cell, str) or _RUNS.match(cell) is None:
        return cell
    return cell if _NUMBER.fullmatch(cell) or _PHONE.fullmatch(cell) else f"'{cell}"


def as_it_was(cell: str) -> str:
    """What `harmless` made this of; all else as it stands."""
    rest = cell.removeprefix("'")
    return rest if rest != cell and harmless(rest) == cell else cell
