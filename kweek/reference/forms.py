"""What may a key hold, in a few words?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, cast

from kweek.flow.schema.pieces import PIECES, Schema
from kweek.flow.schema.steps import step_schemas
from kweek.reference.section import anchor, code

_PLAIN: Final = {"text": "a text", "yes": "`true` or `false`", "count": "a whole number", "points": "a whole number"}
"""Pieces that need no section of their own."""

_BELOW: Final = "the words below it"


def form(schema: Schema) -> str:
    """What is a piece of its own is a link to it; what has keys has rows of its own."""
    match schema:
        case {"$ref": str() as ref}:
            return _piece(piece_of(ref))
        case {"enum": words}:
            return _or(dict.fromkeys(code(_word(word)) for word in words))
        case {"const": word}:
            return code(_word(word))
        case {"properties": known, "additionalProperties": False} if known:
            return _BELOW
        case {"additionalProperties": each} if each:
            return f"names, each with {form(each)}"
        case {"type": "object"}:
            return _BELOW if schema.get("properties") else "names, each with a value"
        case {"allOf": [first, *_]}:
            return form(first)
        case {"anyOf": many}:
            return _either(many)
        case {"type": "array", "items": each}:
            return f"a list, each with {form(each)}"
        case {"examples": examples}:
            return f"such as {_or(code(_word(example)) for example in examples)}"
        case {"type": "null"}:
            return "nothing"
        case {"type": ["integer", "string"]}:
            return "a whole number"
        case _:
            return "a text"


def _piece(name: str) -> str:
    return _PLAIN.get(name) or f"[{title(name)}](#{anchor(title(name))})"


def _either(many: list[Schema]) -> str:
    match many:
        case [one, {"type": "array", "items": each}] if each == one:
            return f"{form(one)}, or a list of them"
        case _:
            return _or(dict.fromkeys(map(form, many)))


def _or(words: Any) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else str(last)


def _word(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return ", ".join(f"{key}: {_word(one)}" for key, one in cast("dict[str, object]", value).items())
        case _:
            return str(value)


# --- pieces ---------------------------------------------------------------------------------------


def title(piece: str) -> str:
    """Of the section about a piece."""
    return piece.replace("-", " ")


def piece_of(ref: object) -> str:
    return str(ref).removeprefix("#/$defs/")


@cache
def pieces() -> Mapping[str, Schema]:
    """Those with a section of their own, by name."""
    return {name: one for name, one in {**step_schemas(), **PIECES}.items() if name not in _PLAIN}
