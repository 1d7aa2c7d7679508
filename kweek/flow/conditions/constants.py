"""May a field be compared with this constant? Its type, its choices, the code or the date that it holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from kweek.flow.conditions.codes import CODES, code_meant
from kweek.flow.conditions.dates import date_meant
from kweek.flow.conditions.globs import BEGINS, globs_meant
from kweek.flow.conditions.numbers import comparison_meant
from kweek.flow.conditions.schema import FieldType, fits, is_date
from kweek.flow.conditions.tree import Constant
from kweek.flow.conditions.units import amount_in
from kweek.flow.meant import meant
from kweek.flow.problems import did_you_mean, nearest

Finding = tuple[int, str, str]
"""(offset in the condition, what is wrong, the fix)."""
EMAIL: Final = "lead.email"
STARRED: Final = re.compile(r"\*.+|.+\*")


def _choice_read(text: str, kind: FieldType) -> str | None:
    """The choice for which people read this, or nearly this."""
    folded = text.lower().strip()
    if folded in kind.titles or nearest(text, kind.choices):
        return kind.titles.get(folded)
    near = nearest(folded, kind.titles)
    return kind.titles[near] if near else None


def unfit(
    sign: str, name: str, kind: FieldType, constant: Constant, said: Collection[object] = ()
) -> Iterator[Finding]:
    """What is wrong with this comparison of the field of this name. said: what stands in the same list."""
    value, at = constant.value, constant.offset
    match kind.kind:
        case "number" if isinstance(value, bool) and name == "count(…)":
            yield at, f"{name} is a number, {shown(value)} is not", f"compare it with 0: {name} {_counted(sign, value)}"
        case "number" if isinstance(value, bool | str):
            number = isinstance(value, str) and fits(kind, value) and amount_in(value) == value
            fix = f"write {value} without quotes" if number else _number_wanted(sign, name, kind, value)
            yield at, f"{name} is a number, {shown(value)} is not", fix
        case "number" if sign in ("==", "!=") and isinstance(value, int | float) and not kind.holds(value):
            span = f"a number from {kind.least} to {kind.most}" if kind.most is not None else f"{kind.least} or more"
            yield at, f"{name} is never {shown(value)}", f"write {span}"
        case "text" if sign in ("<", "<=", ">", ">="):
            yield at, f"{name} is a text; “{sign}” compares numbers and dates", _of_texts(sign, name, kind, value)
        case "text" if value == "" and sign in ("==", "!="):
            right = f"{'not ' if sign == '==' else ''}known({name})"
            yield at, f'{name} is never ""; while it is empty, nothing is known of it', f"write {right}"
        case "text" if (
            sign in ("==", "!=") and isinstance(value, str) and (STARRED.fullmatch(value) or value.startswith(BEGINS))
        ):
            glob = next(iter(globs_meant(value)), value)
            right = f'{"not " if sign == "!=" else ""}matches({name}, "{glob}")'
            sign_said = f"“{sign}” the * is only a star" if "*" in value else f"“{sign}” a text is the whole text"
            yield at, f"with {sign_said}", f"write {right}"
        case "text" if not isinstance(value, str):
            yield at, f"{name} is a text, {shown(value)} is not", text_wanted(name, kind, value)
        case "text" if (several := _several_in(str(value), name, kind)) and isinstance(value, str):
            listed = ", ".join(f'"{one}"' for one in several)
            right = listed if said else f"{name} {'not in' if sign == '!=' else 'in'} [{listed}]"
            yield at, f"{name} is never “{value}”", f"write {right}"
        case "text" if name in CODES and isinstance(value, str) and not CODES[name][0].fullmatch(value):
            right = code_meant(name, value)
            yield at, f"{name} is never “{value}”", f'write "{right}"' if right else CODES[name][1]
        case "text" if name == EMAIL and sign in ("==", "!=") and not said and isinstance(value, str) and value:
            if right := next(iter(globs_meant(value)), of_addresses(value)):
                fix = f'write {"not " * (sign == "!=")}matches({name}, "{right}")'
                yield at, f"{name} is never “{value}”: it is a whole address", fix
        case "text" if kind.choices and value not in kind.choices:
            if (one := _choice_read(str(value), kind)) is not None:
                yield at, f"“{value}” is what people read for the answer “{one}”", f'write "{one}"'
                return
            others = [choice for choice in kind.choices if choice not in said]
            near = nearest(str(value), others)
            fix = f"Did you mean “{near}”?" if near else f"There are: {', '.join(kind.choices)}"
            yield at, f"{name} is never “{value}”", fix if said else did_you_mean(str(value), kind.choices)
        case "yes/no" if not isinstance(value, bool):
            truth = meant(str(value).lower(), ("true", "false")) or str(value).lower()
            fix = f"write {name} by itself, or not {name}"
            if truth in ("true", "false") and sign in ("==", "!="):
                fix = f"write {'not ' * ((truth == 'true') != (sign == '=='))}{name}"
            yield at, f"{name} is a yes or no, {shown(value)} is not", fix
        case "date" | "moment" if value in ("today", "now"):
            yield at, f"{name} is {kind}, and in quotes {shown(value)} is a text", f"write {value} without quotes"
        case "date" | "moment" if not (isinstance(value, str) and is_date(value)):
            yield at, f"{name} is {kind}, {shown(value)} is not", _date_meant(name, sign, value)
        case _:
            pass


def text_wanted(name: str, kind: FieldType, value: str | float | bool) -> str:
    """Instead of a number or a truth: in quotes, where it can be that."""
    if name in CODES:
        return CODES[name][1]
    if kind.choices and shown(value) not in kind.choices:
        return f"write one of these, in quotes: {', '.join(kind.choices)}"
    return f'write it in quotes: "{shown(value)}"'


def _several_in(value: str, name: str, kind: FieldType) -> list[str]:
    """`"A or B"`: several in one pair of quotes; empty: it is one."""
    parts = [part.strip() for part in _BETWEEN.split(value)]
    if not parts[1:] or value in kind.choices:
        return []
    code = CODES[name][0] if name in CODES else None
    fits = all(part in kind.choices or (code is not None and code.fullmatch(part)) for part in parts)
    return parts if fits else []


def of_addresses(text: str) -> str:
    """The glob for a part of e-mail addresses: `gmail.com`; empty: it may be a whole one, or is a glob."""
    if set(text) & set("*?[") or re.search(r".@.", text):
        return ""
    if text.endswith("@"):
        return f"{text}*"
    return f"*{'' if text.startswith('@') else '@'}{text}" if "." in text else f"*{text}*"


_BETWEEN: Final = re.compile(r"\s+(?:or|and|of)\s+|\s*[,/|;]\s*(?:or\s+)?")
_FEW: Final = 6  # choices that one reads at a glance
_LETTERS: Final = ("A", "B", "C", "D")  # the best first


def _of_texts(sign: str, name: str, kind: FieldType, value: object) -> str:
    """`lead.profile >= "B"`: B or better, and A is the best."""
    if name == "lead.profile" and value in _LETTERS:
        at = _LETTERS.index(str(value)) + (sign in ("<", ">="))  # “<” begins behind it, “>=” ends behind it
        fit = _LETTERS[:at] if sign.startswith(">") else _LETTERS[at:]
        shown = ", ".join(f'"{letter}"' for letter in fit)
        return f"write {name} in [{shown}]" if fit else f"{value} is the {'best' if at == 0 else 'last'} there is"
    if kind.choices and len(kind.choices) <= _FEW:
        shown = ", ".join(f'"{choice}"' for choice in kind.choices)
        return f"keep those that you mean of {name} in [{shown}]"
    if kind.choices:
        return f"name those that you mean, in a list behind “{name} in”"
    if sign in (">", ">=") and re.fullmatch("90+", str(value)):  # beyond it, all begin with a nine
        return f'a text is asked how it begins: matches({name}, "9*")'
    return f"a text is asked how it begins, with matches({name}, …), or name those that you mean behind “{name} in”"


def _counted(sign: str, value: bool) -> str:
    """`count("opened") == true`: it happened at all."""
    return "> 0" if value == (sign == "==") else "== 0"


def fits_bounds(kind: FieldType, value: str | float | bool) -> bool:
    return isinstance(value, bool | str) or kind.holds(value)


def _date_meant(name: str, sign: str, value: str | float | bool) -> str:
    if isinstance(value, str) and (right := date_meant(value)):
        return f'write the year first: "{right}"'
    if isinstance(value, int | float) and not isinstance(value, bool) and sign not in ("in", "not in"):
        return f'of days, ask days_until({name}) {sign} {value} — or write a date: "2026-12-31"'
    return 'write the date as "2026-12-31", or use days_until(…)'


def _number_wanted(sign: str, name: str, kind: FieldType, value: str | bool) -> str:
    """The comparison that a text says, as "50-100" does; else from where to where its numbers run."""
    if isinstance(value, str) and (right := comparison_meant(name, sign, value, kind.holds)):
        return f"write {right}"
    if kind.most is not None:
        return f"write a number from {kind.least} to {kind.most}, without quotes"
    return f"write a number, without quotes: {name} {sign} 3"


def shown(value: str | float | bool) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case _:
            return str(value)
