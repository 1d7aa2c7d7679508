"""By which rules do the points of all leads stand? Once the rules are others, nobody's points may be of both.

Until all leads are rescored, one that does something is reckoned anew as a whole.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from kweek.leads.tables import sound_rules

NEITHER: Final = ""
"""Some stand by these rules, and some by others."""

WHOLE_BY: Final = select(sound_rules.c.whole_by).limit(1).scalar_subquery().label("whole_by")
"""The stamp of those rules, as a column beside a lead's own: that costs no question of its own. None: they were never
others than they are."""


def stands_by(row: Row[Any], stamp: str) -> bool:
    """Do the points of this lead stand by the rules of this stamp, for sure? row: read with `WHOLE_BY`."""
    return row.whole_by is None or row.whole_by == stamp


def all_stand_by(tx: Connection, stamp: str) -> None:
    """Every lead was reckoned by these rules. Where others are in force by now, that is of no use."""
    tx.execute(update(sound_rules).where(sound_rules.c.scoring == stamp).values(whole_by=stamp))
