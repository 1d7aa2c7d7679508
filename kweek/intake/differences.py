"""What does a form say of a lead that is known otherwise? As a sentence of the books, and read back for a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kweek.intake.companies import Differs

CODE: Final = "form differs"
CONSENT_BY_TELEPHONE: Final = "consent for the telephone"
"""In the place of a field: words of a consent that is not for the number that is known."""

_HEAD: Final = "A form says of this lead: "
_TAIL: Final = ". What was known is kept: anybody can send a form."
_ONE: Final = re.compile(r"([a-z][\w. ]*) “(.*?)” \(known: (.*?)\)(?:; |\Z)", re.DOTALL)
_NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """known: None: nothing, but others who work there may know."""

    name: str
    said: str
    known: str | None


def in_words(differs: Differs) -> str:
    lines = [
        f"{name} “{said}” (known: {_NOTHING if known is None else known})" for name, (said, known) in differs.items()
    ]
    return f"{_HEAD}{'; '.join(lines)}{_TAIL}"


def read_back(words: str) -> Sequence[Difference]:
    """Nothing where the sentence was too long to be kept whole."""
    body = words.removeprefix(_HEAD).removesuffix(_TAIL)
    found = list(_ONE.finditer(body))
    if len(words) != len(_HEAD) + len(body) + len(_TAIL) or sum(len(one[0]) for one in found) != len(body):
        return ()
    return [Difference(one[1], one[2], None if one[3] == _NOTHING else one[3]) for one in found]
