"""Which list was meant, where a constant stands by itself? `lead.profile == "A" or "B"`, `event.seats > 4 or 5`."""

from __future__ import annotations

from itertools import takewhile

from kweek.flow.conditions.refused import ConditionError
from kweek.flow.conditions.tree import Ask, Compare, Constant, Field, Items, Join, Node, Not, as_written


def alone(word: Constant, above: Node | None, behind: tuple[Node, ...] = ()) -> ConditionError:
    """above: what stands before it, `… == "A" or "B"`. behind: what stands behind it, `or "C"`."""
    what, of_text = f"“{word.value}” by itself is neither true nor false", isinstance(word.value, str)
    values = (_value_of(one, of_text=of_text) for one in behind)
    more = list(takewhile(lambda value: value is not None, values))
    above = above.parts[-1] if isinstance(above, Join) else above
    denied = isinstance(above, Not)
    match above.part if isinstance(above, Not) else above:
        case Compare(
            operators=(("==" | "!=") as sign,),
            operands=(Field() | Ask() as left, Constant(value=first) | Field(path=first)),
        ):
            said, denied = [first], denied != (sign == "!=")
        case Compare(operators=(("in" | "not in") as sign,), operands=(Field() | Ask() as left, Items(items=items))):
            said, denied = [one.value for one in items if isinstance(one, Constant)], denied != (sign == "not in")
        case Compare(operators=(sign,), operands=(Field() | Ask() as left, Constant())) if not of_text:
            return ConditionError(
                what,
                word.offset,
                f"write each comparison in full: {'not ' * denied}{as_written(left)} {sign} {word.value}",
            )
        case _ if of_text:
            left, said = Field(0, "lead.profile"), ["A"]
        case _:
            return ConditionError("this by itself is neither true nor false", word.offset, "compare it with something")
    shown = ", ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in (*said, word.value, *more))
    fix = f"write each comparison in full, or a list: {as_written(left)} {'not ' * denied}in [{shown}]"
    return ConditionError(what, word.offset, fix)


def _value_of(node: Node, *, of_text: bool) -> str | float | None:
    """Among texts a word without a point is one, too, that has lost its quotes. None: it is none."""
    match node:
        case Constant(value=value) if isinstance(value, str) == of_text and not isinstance(value, bool):
            return value
        case Field(path=path) if of_text and "." not in path:
            return path
        case _:
            return None
