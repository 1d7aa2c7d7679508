"""Is a lead sales ready, asks a program, and what was found out of it? The checklist of its page, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from kweek.leads import bant
from kweek.web.house import House
from kweek.web.ready import Checked, checklist
from kweek.words import Tongue

FACT: Final = ("value", "how", "by", "source", "evidence", "at", "expires_at")


def qualified(read: Connection, house: House, say: Tongue, lead_id: str) -> Mapping[str, object]:
    """As of now. say: the words are the reader's, the keys those of rules/sales-ready.yaml."""
    now, ready = house.now(), checklist(read, house, say, lead_id)
    return {
        "sales_ready": ready.ready,
        "checklist": [_need(need) for need in ready.needs],
        "disqualified": [{"key": key, "words": words} for key, words in ready.out.items()],
        "facts": [_fact(row, now) for _, row in sorted(bant.of_lead(read, lead_id).items())],
    }


def _need(need: Checked) -> Mapping[str, object]:
    return {
        "key": need.key,
        "words": need.title,
        "condition": need.condition,
        "state": need.state,
        "asked_by": list(need.asked_by),
    }


def _fact(row: Row[Any], now: datetime) -> Mapping[str, object]:
    told = {name: getattr(row, name) for name in FACT}
    dates = {name: value.isoformat() for name, value in told.items() if isinstance(value, datetime)}
    return {"name": row.fact, **told, **dates, "holds": bant.holds(row, now)}
