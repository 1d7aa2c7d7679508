"""Which list was meant, where a text stands by itself? `lead.profile == "A" or "B"`."""

from __future__ import annotations

from itertools import takewhile

from kweek.flow.conditions.refused import ConditionError
from kweek.flow.conditions.tree import Compare, Constant, Field, Items, Join, Node, Not


def alone(word: Constant, above: Node | None, behind: tuple[Node, ...] = ()) -> ConditionError:
    """above: what stands before it, `… == "A" or "B"`. behind: what stands behind it, `or "C"`."""
    more = [_text_of(one) for one in takewhile(_text_of, behind)]
    above = above.parts[-1] if isinstance(above, Join) else above
    denied = isinstance(above, Not)
    match above.part if isinstance(above, Not) else above:
        case Compare(
            operators=(("==" | "!=") as sign,),
            operands=(Field(path=path), Constant(value=str(first)) | Field(path=first)),
        ):
            said, denied = [first], denied != (sign == "!=")
        case Compare(operators=(("in" | "not in") as sign,), operands=(Field(path=path), Items(items=items))):
            said, denied = [one.value for one in items if isinstance(one, Constant)], denied != (sign == "not in")
        case _:
            path, said = "lead.profile", ["A"]
    shown = ", ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in (*said, word.value, *more))
    fix = f"write each comparison in full, or a list: {path} {'not ' * denied}in [{shown}]"
    return ConditionError(f"“{word.value}” by itself is neither true nor false", word.offset, fix)


def _text_of(node: Node) -> str:
    """A word without a point is one, too, that has lost its quotes; empty: it is none."""
    match node:
        case Constant(value=str(text)):
            return text
        case Field(path=path) if "." not in path:
            return path
        case _:
            return ""
