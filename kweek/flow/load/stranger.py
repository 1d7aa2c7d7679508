"""For which key that is missing does an unknown one stand? Where one is missing, they are one slip, and told as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from kweek.flow.duration import NUMBERS
from kweek.flow.meant import meant
from kweek.flow.problems import nearest
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

_WORD: Final = re.compile(r"[\w .-]+")
_FOR_PEOPLE: Final = ("title", "about", "because", "name", "id")
"""Words with which one may call anything: for one of them, `name` or `description` may stand."""


def stands_for(pairs: Iterable[Pair], words: Sequence[str], needs: Collection[str]) -> tuple[Pair, str] | None:
    """The one unknown key whose value would suit the one key of `needs` that is missing, and that key."""
    pairs = tuple(pairs)
    there = {pair.key.value for pair in pairs}
    lacks = [word for word in needs if word not in there]
    strangers = [pair for pair in pairs if pair.key.value not in words and _WORD.fullmatch(pair.key.value)]
    if len(lacks) != 1 or not strangers:
        return None
    free = [word for word in words if word not in there]
    found = [pair for pair in strangers if suits(lacks[0], pair.value) and not _is_another(pair, lacks[0], free)]
    return (found[0], lacks[0]) if len(found) == 1 else None


def value_alone(pairs: Sequence[Pair], words: Sequence[str], needs: Collection[str]) -> str | None:
    """`- a bounce stops it:`: the key of which the first of these lines is the value. None: it is no such thing."""
    first = pairs[0] if pairs else None
    alone = first is not None and isinstance(first.value, Text) and first.value.empty and " " in first.key.value
    there = {pair.key.value for pair in pairs}
    lacks = [word for word in needs if word not in there and word in _FOR_PEOPLE]
    return lacks[0] if alone and len(lacks) == 1 and pairs[0].key.value not in words else None


def _is_another(pair: Pair, lack: str, free: Sequence[str]) -> bool:
    """Is it rather another key that is not there? free: these keys."""
    word = pair.key.value
    near = nearest(word, free)
    if near is None or near == lack:
        return False
    by_meaning = meant(word.lower().strip(), free) == near
    return not (by_meaning and (lack in _SHAPES or near in _FOR_PEOPLE))


def suits(word: str, value: Node) -> bool:
    """May that be the value of this key? Of most, any that is there."""
    shape = _SHAPES.get(word)
    return shape(value) if shape else not (isinstance(value, Text) and value.empty)


def is_time(value: Node) -> bool:
    """`6 days`, `two weeks`"""
    first = value.value.partition(" ")[0].lower() if isinstance(value, Text) else ""
    return first[:1].isdigit() or first in NUMBERS


def _is_list(value: Node) -> bool:
    return isinstance(value, Items)


_SHAPES: Final[Mapping[str, Callable[[Node], bool]]] = {
    "within": is_time,
    "after": is_time,
    "members": _is_list,
    "steps": _is_list,
    "tests": _is_list,
    "expect": lambda value: isinstance(value, Pairs),
}
"""What the values of some keys look like; a key with such a value is that key, whatever its word means elsewhere."""
