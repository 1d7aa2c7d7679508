"""What did one look at a part show?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["well", "attention", "away"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`do`: the remedy, in one sentence; empty where nothing is to be done."""

    part: str
    state: State
    words: str
    do: str = ""


def count(part: str, number: int, what: str, do: str, *, well: bool = False) -> Finding:
    """So many are in a state that asks for attention; none, or `well`: all is well."""
    if number == 0 or well:
        return Finding(part, "well", f"{number or 'none'} {what.partition(':')[0]}")
    return Finding(part, "attention", f"{number} {what}", do)
