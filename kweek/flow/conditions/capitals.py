"""What is meant where a text is made small before it is compared? `lead.job_title.lower() == "director"`."""

from __future__ import annotations

from kweek.flow.conditions.tree import Ask, Compare, Constant, Field


def whatever_its_capitals(tree: Compare, side: Ask) -> str:
    """`lead.job_title.lower() == "director"`, `lower(lead.job_title)`; empty: it is no such thing."""
    of, _, function = side.function.rpartition(".")
    field = side.arguments[0].path if side.arguments and isinstance(side.arguments[0], Field) else of
    if function.lower() not in ("lower", "upper", "casefold", "strip", "trim") or "." not in field:
        return ""
    match tree:
        case Compare(operators=("==" | "!=" as sign,), operands=(_, _) as operands):
            text = next((one.value for one in operands if isinstance(one, Constant)), None)
            no = "not " if sign == "!=" else ""
            return f'matches(…) ignores capitals: write {no}matches({field}, "{text}")' if isinstance(text, str) else ""
        case _:
            return f"write the field alone: {field}"
