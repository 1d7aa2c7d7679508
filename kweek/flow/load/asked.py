"""What does an `if` ask that is no text, but a list of conditions, or a field with its value behind a colon?"""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.moment import FIELD
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

_BARE: Final = re.compile(r"true|false|-?\d+(?:\.\d+)?")


def condition_meant(node: Node) -> str:
    """The one condition to write: all of them must be true. Empty: it is none of those."""
    match node:
        case Items(items=items):
            parts = [one.value if isinstance(one, Text) else condition_meant(one) for one in items]
        case Pairs(pairs=pairs):
            parts = [_compared(pair) for pair in pairs]
        case _:
            return ""
    if not parts or not all(parts):
        return ""
    return " and ".join(f"({part})" if parts[1:] and re.search(r"\bor\b", part) else part for part in parts)


def _compared(pair: Pair) -> str:
    """`handover.reason: too far`"""
    if not FIELD.fullmatch(pair.key.value):
        return ""
    match pair.value:
        case Text(value=value) if value:
            return f"{pair.key.value} == {_constant(value)}"
        case Items(items=items) if items and all(isinstance(one, Text) for one in items):
            among = ", ".join(_constant(one.value) for one in items if isinstance(one, Text))
            return f"{pair.key.value} in [{among}]"
        case _:
            return ""


def _constant(value: str) -> str:
    return value if _BARE.fullmatch(value) else f'"{value}"'
