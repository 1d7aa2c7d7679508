"""What was meant by a field that there is not? One of another name or owner, a tag, a text without its quotes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kweek.flow.conditions.schema import FieldType, Schema
from kweek.flow.conditions.shape import FUNCTIONS
from kweek.flow.conditions.tree import Compare, Constant, Field, Items
from kweek.flow.problems import did_you_mean, nearest

_TAGS: Final = ("tag", "tags", "label", "labels")


def instead(path: str, fields: Mapping[str, FieldType]) -> str:
    """What to write for a field that there is not."""
    root, _, last = path.partition(".")
    siblings = [name for name in fields if name.startswith(f"{root}.")]
    if len(within := [name for name in fields if name.startswith(f"{path}.")]) > 1 and last:
        return f"name one of these: {', '.join(within)}"
    if not last:
        ends = sorted((name for name in fields if name.rpartition(".")[2] == path), key=_likeliest)
        return f"Did you mean “{ends[0]}”?" if ends else _bare(path, fields)
    if root == "event" and not siblings:
        return (
            "what starts this flow carries nothing; start it by an event with data (rules/events.yaml), or ask of lead"
        )
    if last in _TAGS and root == "lead":
        return f"tags are asked by a function: {FUNCTIONS['tagged'].example}"
    near = nearest(path, siblings or fields)
    elsewhere = [name for name in fields if name.rpartition(".")[2] == last]
    if root == "event":  # what a start carries, nobody has answered yet
        elsewhere = [name for name in elsewhere if not name.startswith("survey.")]
    alike = _alike(path, near)
    declared = " Or declare it below fields in rules/workspace.yaml" if root == "lead" and not alike else ""
    if len(elsewhere) == 1 and not alike and (near is None or near.rpartition(".")[2] != last):
        return f"Did you mean “{elsewhere[0]}”?" + (declared if elsewhere[0].startswith("survey.") else "")
    if near:
        return f"Did you mean “{near}”?{declared}"
    if siblings:
        return did_you_mean(path, siblings) + declared
    roots = sorted({name.partition(".")[0] for name in fields})
    return f"names begin with {', '.join(roots)}"


def _likeliest(name: str) -> int:
    """What came with the event is asked before what is known of the lead, and that before all else."""
    root = name.partition(".")[0]
    return ("event", "lead").index(root) if root in ("event", "lead") else 2


def _alike(path: str, near: str | None) -> bool:
    """Is it rather a letter or two than another word?"""
    from difflib import SequenceMatcher  # only when somebody mistyped

    return near is not None and SequenceMatcher(None, path.partition(".")[2], near.partition(".")[2]).ratio() > 0.75


def _bare(word: str, fields: Mapping[str, FieldType]) -> str:
    if word in FUNCTIONS:
        return f"it is a function: {FUNCTIONS[word].example}"
    short = {name.rpartition(".")[2]: name for name in fields}
    if near := nearest(word, short):
        return f"Did you mean “{short[near]}”?"
    return f'if it is a text, put it in quotes: "{word}"'


def tags_asked(field: Field, node: Compare, schema: Schema) -> tuple[int, str, str] | None:
    """Place, what is wrong and fix of `lead.tags == "rival"`: tags are no field. None: it is no such thing."""
    root, _, last = field.path.partition(".")
    if root not in ("lead", "tags", "tag") or (last or root) not in _TAGS or field.path in schema.fields:
        return None
    sides = (part for side in node.operands for part in (side.items if isinstance(side, Items) else (side,)))
    tags = [side.value for side in sides if isinstance(side, Constant) and isinstance(side.value, str)]
    asked = " or ".join(f'tagged("{tag}")' for tag in tags) or 'tagged("…")'
    denied = "not " * (node.operators[0] in ("!=", "not in"))
    return field.offset, "tags are no field", f"write {denied}{f'({asked})' if tags[1:] else asked}"
