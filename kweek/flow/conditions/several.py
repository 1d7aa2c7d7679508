"""What is wrong with a list, behind `in`? One slip is one message, however many of its constants have it."""

from __future__ import annotations

from collections.abc import Sequence

from kweek.flow.conditions.codes import CODES, code_meant
from kweek.flow.conditions.constants import STARRED, Finding, fits_bounds, shown, text_wanted
from kweek.flow.conditions.globs import BEGINS, globs_meant
from kweek.flow.conditions.numbers import comparison_meant
from kweek.flow.conditions.schema import FieldType, fits
from kweek.flow.conditions.tree import Constant, Node
from kweek.flow.problems import nearest


def unfit_list(sign: str, name: str, kind: FieldType, items: Sequence[Node]) -> Finding | None:
    """What all of it, or several of its constants, have. name, kind: of what is looked for in it."""
    return (
        (_starred(name, sign, items) if kind.kind == "text" else None)
        or _quotes_of_all(sign, name, kind, items)
        or _misspelt(name, kind, items)
        or _out_of_bounds(name, kind, items)
    )


def _starred(path: str, sign: str, items: Sequence[Node]) -> Finding | None:
    """`lead.grade in ["A*", "B1"]`: a glob is asked by a function."""
    texts = [item for item in items if isinstance(item, Constant) and isinstance(item.value, str)]
    globs = [item for item in texts if STARRED.fullmatch(str(item.value)) or str(item.value).startswith(BEGINS)]
    if not globs or len(texts) < len(items):
        return None
    denied = "not " * (sign == "not in")
    said = {item: next(iter(globs_meant(str(item.value))), item.value) for item in globs}
    parts = [f'{denied}matches({path}, "{glob}")' for glob in said.values()]
    if others := ", ".join(shown(item.value) for item in texts if item not in globs):
        parts.append(f"{path} {sign} [{others}]")
    whole = f" {'and' if denied else 'or'} ".join(parts)
    fix = f"write {f'({whole})' if parts[1:] else whole}, instead of the list"
    starred = "*" in str(globs[0].value)
    what = "in a list the * is only a star" if starred else "in a list a text is the whole text"
    return globs[0].offset, what, fix


def _quotes_of_all(sign: str, name: str, kind: FieldType, items: Sequence[Node]) -> Finding | None:
    """Several that have quotes though they are numbers, or none though they are texts: one slip."""
    values = [item.value for item in items if isinstance(item, Constant)]
    if len(values) < max(2, len(items)):
        return None
    if kind.kind == "number" and all(isinstance(value, str) for value in values):
        what, fix = "a number, and these are texts", f"write them without quotes: [{', '.join(map(str, values))}]"
        if not all(fits(kind, str(value)) for value in values):
            each = [comparison_meant(name, "==", str(value), kind.holds) for value in values]
            span = f" from {kind.least} to {kind.most}" if kind.most is not None else ""
            fix = f"write numbers{span}, without quotes"
            if all(each):
                fix = f"write {'not ' * (sign == 'not in')}({' or '.join(each)}), instead of the list"
    elif kind.kind == "text" and not any(isinstance(value, bool | str) for value in values):
        shown = ", ".join(f'"{value}"' for value in values)
        what, fix = "a text, and these are numbers", f"write them in quotes: [{shown}]"
        odd = [value for value in values if kind.choices and str(value) not in kind.choices]
        if odd or name in CODES:
            fix = text_wanted(name, kind, (*odd, *values)[0])
    else:
        return None
    return items[0].offset, f"{name} is {what}", fix


def _misspelt(name: str, kind: FieldType, items: Sequence[Node]) -> Finding | None:
    """`lead.grade in ["a2", "b1"]`: one slip, however many have it."""
    choices = kind.choices
    values = [item.value for item in items if isinstance(item, Constant) and isinstance(item.value, str)]
    if len(values) < len(items):
        return None
    if name in CODES:
        wrong = [value for value in values if not CODES[name][0].fullmatch(value)]
        right_ones = [code_meant(name, value) if value in wrong else value for value in values]
    else:
        wrong = [value for value in values if choices and value not in choices]
        right_ones = [value if value in choices else nearest(value, choices) for value in values]
    if len(wrong) < 2:
        return None
    if None in right_ones or len(set(right_ones)) < len(values):
        return None
    at = next(item.offset for item in items if isinstance(item, Constant) and item.value == wrong[0])
    shown = ", ".join(f'"{value}"' for value in right_ones)
    return at, f"{name} is never {', nor '.join(f'“{value}”' for value in wrong)}", f"write [{shown}]"


def _out_of_bounds(name: str, kind: FieldType, items: Sequence[Node]) -> Finding | None:
    """`survey.fair.grade in [8, 9]`, of a scale from 1 to 5: one slip, however many have it."""
    wrong = [item for item in items if isinstance(item, Constant) and not fits_bounds(kind, item.value)]
    if kind.most is None or len(wrong) < 2:
        return None
    what = f"{name} is never {', nor '.join(str(item.value) for item in wrong)}"
    return wrong[0].offset, what, f"write numbers from {kind.least} to {kind.most}"
