"""What was meant by a field that there is not? One of another name or owner, a tag, a text without its quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Final

from kweek.flow.conditions.codes import CODES
from kweek.flow.conditions.constants import Finding
from kweek.flow.conditions.pieces import TAGS
from kweek.flow.conditions.schema import FieldType, Schema
from kweek.flow.conditions.shape import FUNCTIONS
from kweek.flow.conditions.tree import Compare, Constant, Field, Items, Join, Node, Not
from kweek.flow.meant import meant
from kweek.flow.problems import did_you_mean, nearest
from kweek.flow.words import MAIL

_TODAY: Final = ("today", "now", "vandaag", "nu")


def instead(path: str, fields: Mapping[str, FieldType]) -> str:
    """What to write for a field that there is not."""
    root, _, last = path.partition(".")
    if last in fields:  # `lead.handover.reason`
        return f"Did you mean “{last}”?"
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
    if last in MAIL and root == "lead":
        return f'what happened, a function is asked: happened("{last}"), or how often: count("{last}") > 1'
    if last in TAGS and root == "lead":
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
    if word.lower() in _TODAY:
        return "Did you mean “today”?"
    short = {name.rpartition(".")[2]: name for name in fields}
    if near := nearest(word, short):
        return f"Did you mean “{short[near]}”?"
    return f'if it is a text, put it in quotes: "{word}"'


def asked_bare(field: Field, node: Compare, schema: Schema) -> tuple[int, str, str] | None:
    """Place, what is wrong and fix of `tagged != "rival"`: a function is asked in parentheses. None: it is no such
    thing."""
    function = FUNCTIONS.get(field.path)
    texts = _texts_of(node)
    if function is None or function.gives != "yes/no" or function.needs != 1 or field.path in schema.fields:
        return None
    if function.takes[0] in ("field", "date field", "text field") or not texts:
        return None
    mails = {text: next((mail for mail, links in schema.mails.items() if text in links), None) for text in texts}
    of_link = {text: f'"{mail}", ' for text, mail in mails.items() if mail and field.path == "clicked"}
    asked = " or ".join(f'{field.path}({of_link.get(text, "")}"{text}")' for text in texts)
    denied = "not " * (node.operators[0] in ("!=", "not in"))
    right = f"{denied}{f'({asked})' if texts[1:] else asked}"
    return field.offset, f"“{field.path}” asks in parentheses", f"write {right}"


def _texts_of(node: Compare) -> list[str]:
    """Those with which something is compared."""
    sides = (part for side in node.operands for part in (side.items if isinstance(side, Items) else (side,)))
    return [side.value for side in sides if isinstance(side, Constant) and isinstance(side.value, str)]


def question_meant(field: Field, node: Compare, schema: Schema) -> tuple[int, str, str] | None:
    """`survey.wish == "call"`, `answered == "call"`: of which survey? The one that has this answer; where several have,
    the author must say. None: it is no such thing."""
    root, _, last = field.path.partition(".")
    if field.path in schema.fields or not (root in ("survey", "surveys") if last else root in _ANSWERED):
        return None
    texts = _texts_of(node)
    asked = [name for name in schema.fields if name.startswith("survey.") and name.endswith(f".{last}" * bool(last))]
    fits = [name for name in asked if texts and set(texts) <= set(schema.fields[name].choices)]
    what = f"there is no field {field.path}"
    if not last:
        what = f"“{field.path}” does not say which question of which survey"
    if len(fits or asked) == 1:
        return field.offset, what, f"Did you mean “{(fits or asked)[0]}”?"
    if last and not asked:
        return None
    shown = ", ".join(fits or asked) if len(fits or asked) <= _MOST else "survey.<survey>.<question>"
    return field.offset, what, f"name one of these: {shown}" if "<" not in shown else f"write {shown}"


_ANSWERED: Final = ("answered", "answer", "answers")
_MOST: Final = 8


def tags_asked(field: Field, node: Compare, schema: Schema) -> tuple[int, str, str] | None:
    """Place, what is wrong and fix of `lead.tags == "rival"`: tags are no field. None: it is no such thing."""
    root, _, last = field.path.partition(".")
    if root not in ("lead", "tags", "tag") or (last or root) not in TAGS or field.path in schema.fields:
        return None
    tags = _texts_of(node)
    asked = " or ".join(f'tagged("{tag}")' for tag in tags) or 'tagged("…")'
    denied = "not " * (node.operators[0] in ("!=", "not in"))
    return field.offset, "tags are no field", f"write {denied}{f'({asked})' if tags[1:] else asked}"


def of_itself(word: Field, node: Compare, schema: Schema) -> tuple[int, str, str] | None:
    """Place, what is wrong and fix of `event.urgent == urgent`, of a yes or no. None: it is no such thing."""
    match node:
        case Compare(operators=("==" | "!=" as sign,), operands=(Field(path=path), Field())) if (
            node.operands[1] is word
            and "." not in word.path
            and path in schema.fields
            and schema.fields[path].kind == "yes/no"
            and meant(word.path.lower(), ("true", "false")) is None
        ):
            fix = f"write {path} by itself, or not {path}"
            if word.path == path.rpartition(".")[2]:
                fix = f"write {'not ' * (sign == '!=')}{path}"
            return word.offset, f"{path} is a yes or no, and is asked by itself", fix
        case _:
            return None


def asked_nothing(word: Field, node: Compare, schema: Schema) -> tuple[int, str, str] | None:
    """`lead.phone != unknown`, where that is none of its choices."""
    match node:
        case Compare(operators=("==" | "!=" as sign,), operands=(Field(path=path), Field(path=nothing))) if (
            node.operands[1] is word and nothing.lower() in _NOTHING and path in schema.fields
        ):
            if nothing.lower() in schema.fields[path].choices:
                return None
            right = f"known({path})" if sign == "!=" else f"not known({path})"
            return word.offset, f"“{nothing}” is no word of conditions", f"write {right}"
        case _:
            return None


_NOTHING: Final = ("unknown", "empty", "blank", "missing", "undefined", "nothing")


def unquoted(word: Field, node: Compare, schema: Schema) -> tuple[int, str, str] | None:
    """`survey.visit.day == monday`: a word beside a text, or beside one of its choices, is rather a text than a
    field."""
    if "." in word.path or word.path == "today":
        return None
    fields = (side for side in node.operands if isinstance(side, Field) and side.path in schema.fields)
    beside = next((schema.fields[side.path] for side in fields if schema.fields[side.path].kind == "text"), None)
    if beside is None or (beside.choices and nearest(word.path, beside.choices) is None):
        return None
    if node.operators[-1] in ("in", "not in") and node.operands[-1] is word:  # `in (NL)`
        return word.offset, "a list stands in square brackets", f'write ["{word.path}"]'
    return word.offset, f"there is no field {word.path}", f'if it is a text, put it in quotes: "{word.path}"'


def flat(join: Join) -> list[Node]:
    """All that it joins, whether by `and` or by `or`."""
    return [one for part in join.parts for one in (flat(part) if isinstance(part, Join) else [part])]


def several_meant(parts: Sequence[Node], schema: Schema) -> list[tuple[Finding, list[Node]]]:
    """`lead.profile == A or B`: a comparison, and behind it words that can only be more texts; with the parts of which
    that is all that can be said."""
    found: list[tuple[Finding, list[Node]]] = []
    for number, part in enumerate(parts):
        denied = isinstance(part, Not)
        match part.part if isinstance(part, Not) else part:
            case Compare(operators=("==" | "!=" | "in" | "not in" as sign,), operands=(Field(path=path), right)) if (
                path in schema.fields and schema.fields[path].kind == "text"
            ):
                first = list(right.items) if isinstance(right, Items) else [right]
            case _:
                continue
        behind = list(takewhile(lambda one, path=path: _bare_text(one, path, schema), parts[number + 1 :]))
        words = [_text_of(one) for one in (*first, *behind)]
        if not behind or None in words or not all(_text_of(one, path, schema) for one in first):
            continue
        at = next(one.offset for one in (*first, *behind) if isinstance(one, Field))
        listed = ", ".join(f'"{word}"' for word in words)
        right = f"{path} {'not ' * (denied != (sign in ('!=', 'not in')))}in [{listed}]"
        found.append(((at, "several texts stand in a list, each in quotes", f"write {right}"), [part, *behind]))
    return found


def _bare_text(node: Node, path: str, schema: Schema) -> bool:
    return isinstance(node, Field) and _text_of(node, path, schema) is not None


def _text_of(node: Node, path: str = "", schema: Schema | None = None) -> str | None:
    """path: with what it is compared; a bare word that may be something else is no text then."""
    match node:
        case Constant(value=str(text)):
            return text
        case Field(path=word) if "." not in word and word != "today":
            if schema is None:
                return word
            choices = schema.fields[path].choices
            named = any(name.rpartition(".")[2] == word for name in schema.fields)
            fits = word in choices if choices else not named and (path not in CODES or CODES[path][0].fullmatch(word))
            return word if fits and word not in FUNCTIONS and word not in schema.events else None
        case _:
            return None
