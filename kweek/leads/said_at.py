"""When was it said, what is known of a lead? The last word counts by the moment at which it was said, not heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

SaidAt = Mapping[str, str]
"""Name of a field, or `company` → the moment (ISO 8601, UTC), as it stands in `leads.said_at`."""


def is_late(said: SaidAt | None, name: str, at: datetime) -> bool:
    """Was something said of it after this moment? Of what nobody knows when it was said, what is heard last counts."""
    last = (said or {}).get(name)
    return last is not None and at < datetime.fromisoformat(last)


def with_said(said: SaidAt | None, names: Iterable[str], at: datetime) -> dict[str, str]:
    """With these, which were said at this moment, none of them late."""
    return {**(said or {}), **dict.fromkeys(names, at.astimezone(UTC).isoformat())}


def without(said: SaidAt | None, names: Iterable[str]) -> dict[str, str] | None:
    """Of these nobody knows any more when they were said."""
    gone = set(names)
    return {name: moment for name, moment in (said or {}).items() if name not in gone} or None


def together(one: SaidAt | None, other: SaidAt | None) -> dict[str, str] | None:
    """Of two leads that are one: the later moment of each."""
    both = [said for said in (one, other) if said]
    names = dict.fromkeys(name for said in both for name in said)
    last = {name: max(said[name] for said in both if name in said) for name in names}
    return last or None
