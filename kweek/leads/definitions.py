"""By which definition of sales ready was a handover judged? Each has a number; what it said stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select

from kweek.flow.catalogue import SalesReadyLines
from kweek.leads.rows import insert_once
from kweek.leads.tables import definitions

_LAST: Final = select(func.coalesce(func.max(definitions.c.number), 0))
_BY_HASH: Final = select(definitions).where(definitions.c.hash == bindparam("hash"))


def number_of(tx: Connection, lines: SalesReadyLines, now: datetime) -> int:
    """Its number; one that never judged before gets the next."""
    while (known := found(tx, lines)) is None:  # of two at once, one looks again
        source, number = _source(lines), tx.execute(_LAST).scalar_one() + 1
        insert_once(tx, definitions, {"number": number, "hash": _hash(source), "source": source, "at": now})
    return known.number


def found(read: Connection, lines: SalesReadyLines) -> Row[Any] | None:
    """Its row; None: no handover was judged by it yet."""
    return read.execute(_BY_HASH, {"hash": _hash(_source(lines))}).one_or_none()


def _source(lines: SalesReadyLines) -> Mapping[str, object]:
    """What it means, whatever its remarks and titles say."""
    return {
        "facts": {
            name: {"values": list(fact.values), "holds": {value: str(term) for value, term in fact.holds.items()}}
            for name, fact in lines.facts.items()
        },
        "needs": [[line.word.value, line.condition.value] for line in lines.needs],
        "disqualified": [[line.word.value, line.condition.value] for line in lines.disqualified],
    }


def _hash(source: Mapping[str, object]) -> str:
    return sha256(json.dumps(source, sort_keys=True).encode()).hexdigest()[:16]
