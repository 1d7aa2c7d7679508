"""Of which known word does this one say the contrary? `unopened`, `not_clicked`: it is never meant by it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kweek.flow.meant import meant

_NO: Final = re.compile(r"(?:no[nt]|un|nicht|niet)[ _-]?(?=\w{3})|(?:no|never|nooit|geen|without)[ _-](?=\w{3})")


def denied(word: str, known: Iterable[str]) -> str | None:
    """The known word that is denied, which says nothing of that kind itself."""
    owner, dot, last = word.lower().strip().rpartition(".")
    found = _NO.match(last)
    if found is None:
        return None
    import difflib  # only when somebody mistyped

    said = owner + dot + last[found.end() :]
    by_folded = {name.lower(): name for name in known if not _NO.match(name.rpartition(".")[2])}
    if (other := meant(said, by_folded.values())) is not None:
        return other
    near = difflib.get_close_matches(said.replace("_", " "), by_folded, n=1, cutoff=0.75)
    return by_folded[near[0]] if near else None
