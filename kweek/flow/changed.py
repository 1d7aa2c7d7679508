"""How is a frozen value changed? Into another one, the same but for some fields, faster than `dataclasses.replace`.

An advance changes an enrolment and its token a few times, and most of its time went there: a frozen `__init__` pays
for every field by name. Here the fields are copied by their slots.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class _Slots:
    values: Callable[[object], tuple[object, ...]]
    setters: tuple[Callable[[object, object], None], ...]
    by_name: Mapping[str, Callable[[object, object], None]]


def changed(one: Kept, **changes: object) -> Kept:
    """The same, but for these fields. For dataclasses with slots, frozen or not, that compute nothing of their own.
    KeyError: there is no such field."""
    kind = type(one)
    slots = _slots_of(kind)
    other = object.__new__(kind)
    for put, value in zip(slots.setters, slots.values(one), strict=True):
        put(other, value)
    for name, value in changes.items():
        slots.by_name[name](other, value)
    return other


@cache
def _slots_of(kind: type[Any]) -> _Slots:
    setters = {one.name: kind.__dict__[one.name].__set__ for one in fields(kind)}
    return _Slots(attrgetter(*setters), tuple(setters.values()), setters)
