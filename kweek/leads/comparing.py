"""Who looks like these leads? Each is compared with those that share one of its keys (`Person.keys`), never with all.

Many at once, as if one after the other: the first of two that are new has no other to be compared with, the second has
the first. So in whatever pieces they are looked at, the same pairs are found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Select, Text, bindparam, delete, select

from kweek.leads.bulk import insert_rows
from kweek.leads.likeness import ENOUGH, Person, likeness
from kweek.leads.tables import companies, leads, likeness_keys

COMPARED: Final = 200
"""Others with whom one lead is compared, at most: those that share the most keys with it."""

_AT_ONCE: Final = 500  # ids or keys in one question

_K: Final = likeness_keys.c
_THESE: Final = bindparam("these", expanding=True, type_=Text)
_PEOPLE: Final = (
    select(
        leads.c.id, leads.c.name, leads.c.first_name, leads.c.last_name, leads.c.phone, leads.c.email,
        companies.c.name.label("company"),
    )
    .join_from(leads, companies, companies.c.id == leads.c.company_id, isouter=True)
    .where(leads.c.merged_into.is_(None), leads.c.id.in_(_THESE))
)  # fmt: skip
_KEYS: Final = select(_K.lead_id, _K.key).where(_K.lead_id.in_(_THESE))
_WHO_HAS: Final = select(_K.key, _K.lead_id).where(_K.key.in_(_THESE))
_NO_KEYS: Final = delete(likeness_keys).where(_K.lead_id.in_(_THESE))


Keys = Mapping[str, Sequence[str]]
"""Lead → what it shares with whom it is compared with."""


@dataclass(frozen=True, slots=True)
class Alike:
    one: str
    other: str
    likeness: float
    why: str


@dataclass(frozen=True, slots=True)
class Looked:
    """keys: of each that is not what it was when it was compared last. alike: whoever looks like one of them."""

    keys: Keys
    alike: Sequence[Alike]


def look(read: Connection, ids: Sequence[str]) -> Looked:
    """At those of these leads that changed, in their order. Whoever was merged, or is not there, is nobody."""
    people, had = _people(read, ids), _keys(read, ids)
    now = {lead: people[lead].keys() for lead in ids if lead in people}
    fresh = {lead: keys for lead, keys in now.items() if set(keys) != had[lead]}
    beside = dict(_beside(read, fresh, had))
    people |= _people(read, list({other for others in beside.values() for other in others} - people.keys()))
    pairs = ((people[lead], people[other]) for lead, others in beside.items() for other in others if other in people)
    found = (Alike(one.id, other.id, *likeness(one, other)) for one, other in pairs)
    return Looked(fresh, [pair for pair in found if pair.likeness >= ENOUGH])


def keep_keys(tx: Connection, keys: Keys) -> None:
    """By these the leads are found from now on."""
    for some in _in_pieces(list(keys)):
        tx.execute(_NO_KEYS, {"these": some})
    insert_rows(tx, likeness_keys, [{"lead_id": lead, "key": key} for lead, its in keys.items() for key in its])


def _beside(read: Connection, fresh: Keys, had: Mapping[str, set[str]]) -> Iterator[tuple[str, Sequence[str]]]:
    """With whom each is compared: who had its keys before, or came before it and has them now."""
    holders = defaultdict[str, set[str]](set)
    for row in _asked(read, _WHO_HAS, sorted(set(chain.from_iterable(fresh.values())))):
        holders[row.key].add(row.lead_id)
    for lead, keys in fresh.items():
        shared = Counter(chain.from_iterable(holders[key] for key in keys))
        del shared[lead]
        yield lead, [other for _, other in nsmallest(COMPARED, ((-n, other) for other, n in shared.items()))]
        for key in had[lead]:
            holders[key].discard(lead)
        for key in keys:
            holders[key].add(lead)


def _people(read: Connection, ids: Sequence[str]) -> dict[str, Person]:
    return {row.id: Person(*row) for row in _asked(read, _PEOPLE, ids)}


def _keys(read: Connection, ids: Sequence[str]) -> Mapping[str, set[str]]:
    found = {lead: set[str]() for lead in ids}
    for row in _asked(read, _KEYS, ids):
        found[row.lead_id].add(row.key)
    return found


def _asked(read: Connection, query: Select[*tuple[Any, ...]], these: Sequence[str]) -> Iterator[Any]:
    for some in _in_pieces(these):
        yield from read.execute(query, {"these": some})


def _in_pieces(these: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(these), _AT_ONCE):
        yield these[begin : begin + _AT_ONCE]
