"""Which keys are there? A row each, and those that stand inside another one below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from kweek.flow.schema.pieces import Schema
from kweek.reference.forms import form
from kweek.reference.section import code, plainly, table

_HEAD: Final = ("word", "holds", "")
_CLAUSES: Final = {
    "when": "events, each with [target](#target)",
    "otherwise": "[target](#target), or states, each with one",
}
"""Their keys are events and states, which are listed below the table."""


def keys_of(schema: Schema, but: str = "") -> str:
    """A table of the keys of this object, at any depth. but: leave this one out."""
    return table(_HEAD, (row for row in _rows(schema, "") if row[0] != code(but)))


def _rows(schema: Schema, path: str, *, one_of: bool = False) -> Iterator[tuple[str, str, str]]:
    """one_of: there are other ways to say it, so nobody needs these keys."""
    needed = () if one_of else cast("list[str]", schema.get("required", []))
    for key, one in _known(schema).items():
        if not one:  # a key that is only known to belong here
            continue
        said = plainly(str(one.get("description", "")))
        holds = _CLAUSES.get(key) or form(one)
        yield code(f"{path}{key}"), holds, f"Needed. {said}".rstrip() if key in needed else said
        if key not in _CLAUSES:
            yield from _inside(one, f"{path}{key}: ")
    yield from _each(schema, path)


def _known(schema: Schema) -> Mapping[str, Schema]:
    """Keys of which only the form is known have an example as their title."""
    patterns = cast("Mapping[str, Schema]", schema.get("patternProperties", {}))
    formed = {str(one.get("title", pattern)): one for pattern, one in patterns.items()}
    return {**cast("Mapping[str, Schema]", schema.get("properties", {})), **formed}


def _inside(schema: Schema, path: str) -> Iterator[tuple[str, str, str]]:
    match schema:
        case {"properties": _}:
            yield from _rows(schema, path)
        case {"type": "array", "items": each}:
            yield from _inside(each, path)
        case {"anyOf": many}:
            for one in cast("list[Schema]", many):
                yield from _rows(one, path, one_of=True) if "properties" in one else _inside(one, path)
        case _:
            yield from _each(schema, path)


def _each(schema: Schema, path: str) -> Iterator[tuple[str, str, str]]:
    """Where keys are names that the author chooses: what each of them holds."""
    each = schema.get("additionalProperties")
    if isinstance(each, dict) and "$ref" not in each:
        yield from _inside(cast("Schema", each), f"{path}<name>: ")
