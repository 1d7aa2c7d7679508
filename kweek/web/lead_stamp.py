"""Has anything become of a lead since a page about it was made? A stamp, which is another one as soon as it has."""

from __future__ import annotations

import zlib
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from kweek.leads import tables

_l, _m, _h, _e = tables.leads.c, tables.mails.c, tables.hits.c, tables.effects.c
_d = tables.survey_drafts.c


def _of_it(column: Any) -> Any:
    return column == bindparam("lead")


def _one(what: Any, *which: Any) -> Any:
    return select(what).where(*which).scalar_subquery()


_LOOKS: Final = _h.mail_key.in_(select(_m.key).where(_of_it(_m.lead_id)))  # hits are found by their mails
_TO_DO: Final = (_of_it(_e.lead_id), _e.status == "pending")
_STAMP: Final = select(
    _l.seq, _l.seen, _l.turn, _l.held, _l.stage, _l.owner, _l.merged_into, tables.worth,
    _one(func.count(_e.key), *_TO_DO), _one(func.max(_e.due_at), *_TO_DO),
    _one(func.count(_m.key), _of_it(_m.lead_id)),
    _one(func.count(_m.key), _of_it(_m.lead_id), _m.status.in_(("claimed", "held"))),
    _one(func.max(_d.at), _d.mail_key.in_(select(_m.key).where(_of_it(_m.lead_id)))),
    _one(func.count(_h.id), _LOOKS), _one(func.count(_h.grade), _LOOKS),
).where(_of_it(_l.id))  # fmt: skip
"""Every event and turn of it, what it is worth, what is still to be done for it, its mails, the looks at them,
and what it filled in of a survey."""


def lead_stamp(read: Connection, lead_id: str) -> str:
    """One question, of rows that are found by the lead."""
    seen = read.execute(_STAMP, {"lead": lead_id}).one_or_none()
    return f"{zlib.crc32(repr(seen and tuple(seen)).encode()):08x}"
