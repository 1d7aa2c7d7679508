"""What has moved in the lists of the first page? Their order, and only the rows that a page does not have yet."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from kweek.web.board import Snapshot
from kweek.web.queries import Listed
from kweek.web.render import macros
from kweek.words import Tongue


def stamp(lists: Mapping[str, Listed]) -> str:
    """The same for the same rows: a page that has just been made has them already."""
    return f"{zlib.crc32(repr(sorted((name, listed.rows) for name, listed in lists.items())).encode()):08x}"


@dataclass(slots=True)
class Lists:
    """Those that one page shows; at first as its stamp says. rows: by list and key, as they were sent last."""

    say: Tongue
    zone: Any
    stamp: str
    rows: dict[str, dict[str, Row[Any]]] = field(default_factory=dict[str, dict[str, Row[Any]]])

    def moved(self, snapshot: Snapshot) -> Mapping[str, object]:
        """list → its keys in order, and the HTML of each row that is new or other than it was."""
        first, found = not self.rows, dict[str, object]()
        lists = {name: {row.key: row for row in listed.rows} for name, listed in snapshot.lists.items()}
        was, self.rows = self.rows, lists
        if first and self.stamp == stamp(snapshot.lists):
            return found
        made = macros("_lists.html", self.say, self.zone)
        for name, now in lists.items():
            known = was.get(name, {})
            if first or list(known.items()) != list(now.items()):
                rows = {
                    key: getattr(made, name)(row, snapshot.now) for key, row in now.items() if known.get(key) != row
                }
                found[name] = {"order": list(now), "rows": rows}
        return found
