"""What does another program read? Ids, and of the lead what the webhook's `sends` names; nothing besides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row

from kweek.flow.catalogue import Hook
from kweek.flow.facts import Fact, Facts


def body(
    kind: str, at: datetime, where: Mapping[str, object], lead: Row[Any], hook: Hook, facts: Facts
) -> dict[str, Any]:
    """where: the ids of what it is about."""
    known: dict[str, Any] = {"lead": {"id": lead.id, "external_id": lead.external_id}}
    for path in hook.sends:
        _put(known, path.value, facts)
    return {"type": kind, "timestamp": at.astimezone(UTC).isoformat(), "data": {**where, **known}}


def text(said: Mapping[str, object]) -> str:
    """As it leaves: what is signed is these very characters."""
    return json.dumps(said, ensure_ascii=False)


def _put(known: dict[str, Any], path: str, facts: Facts) -> None:
    """`lead.score.intent` goes to where a program looks for it; what is not known is null."""
    *folders, name = path.split(".")
    for folder in folders:
        known = known.setdefault(folder, {})
    known[name] = _as_json(facts.field(path))


def _as_json(fact: Fact | None) -> object:
    match fact:
        case date():
            return fact.isoformat()
        case tuple():
            return list(fact)
        case _:
            return fact
