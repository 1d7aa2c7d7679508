"""What was meant by a field that there is not? One of another name or owner, a tag, a text without its quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Final

from kweek.flow.conditions.codes import CODES
from kweek.flow.conditions.constants import Finding
from kweek.flow.conditions.pieces import TAGS
from kweek.flow.conditions.schema import FieldType, Schema
from kweek.flow.conditions.shape import FUNCTIONS
from kweek.flow.conditions.tree import Compare, Constant, Field, Items, Join, Node, Not
from kweek.flow.denied import denied
from kweek.flow.meant import meant
from kweek.flow.problems import did_you_mean, nearest
from kweek.flow.words import MAIL

_TODAY: Final = ("today", "now", "vandaag", "nu")


def instead(path: str, schema: Schema) -> str:
    """What to write for a field that there is not."""
    fields = schema.fields
    if contrary := denied(path, fields):  # `lead.not_sales_ready`
        return f"write not {contrary}" if fields[contrary].kind == "yes/no" else f"write not known({contrary})"
    root, _, last = path.partition(".")
    if last in fields:  # `lead.handover.reason`
        return f"Did you mean “{last}”?"
    siblings = [name for name in fields if name.startswith(f"{root}.")]
    if len(within := [name for name in fields if name.startswith(f"{path}.")]) > 1 and last:
        return f"name one of these: {', '.join(within)}"
    if not last:
        return _bare(path, schema)
    if root in _SURVEY and (asked := [name for name in fields if _asks(name, last)]):  # of which?
        return one_of(_likeliest_of(asked, schema))
    if other := _of_another_owner(path, fields):
        return f"Did you mean “{other}”?"
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
    if root in _SURVEY:  # a question of another survey
        elsewhere = [name for name in fields if _asks(name, path.rpartition(".")[2])]
    elsewhere = _likeliest_of(elsewhere, schema)
    alike = _alike(path, near)
    declared = " Or declare it below fields in rules/workspace.yaml" if root == "lead" and not alike else ""
    if elsewhere and not alike and (near is None or near.rpartition(".")[2] != last):
        return one_of(elsewhere) + (declared if elsewhere[0].startswith("survey.") else "")
    if near:
        return f"Did you mean “{near}”?{declared}"
    if siblings:
        return did_you_mean(path, siblings) + declared
    roots = sorted({name.partition(".")[0] for name in fields})
    return f"names begin with {', '.join(roots)}"


def _of_another_owner(path: str, fields: Mapping[str, FieldType]) -> str | None:
    """`lead.company` is the company's name, `lead.company_size` its size."""
    root, owner, rest = re.split("[._]", f"{path}_", maxsplit=2)
    name = f"{owner}.{rest.removesuffix('_') or 'name'}"
    return name if root == "lead" and name in fields else None


_OWNERS: Final = ("event", "lead", "bant", "company", "campaign", "handover")


def _likeliest(name: str, schema: Schema) -> int:
    """A survey asks its own questions. Else what came with the event comes before what is known of the lead, and that
    before what somebody answered: in a survey of this flow, or in any other."""
    root, survey, *_ = name.split(".")
    if root != "survey":
        return _OWNERS.index(root)
    return -1 if survey == schema.own else len(_OWNERS) + (survey not in schema.asked)


def _alike(path: str, near: str | None) -> bool:
    """Is it rather a letter or two than another word?"""
    from difflib import SequenceMatcher  # only when somebody mistyped

    return near is not None and SequenceMatcher(None, path.partition(".")[2], near.partition(".")[2]).ratio() > 0.75


def _bare(word: str, schema: Schema) -> str:
    fields = schema.fields
    if ends := _likeliest_of([name for name in fields if name.rpartition(".")[2] == word], schema):
        return one_of(ends)
    if word in FUNCTIONS:
        return _asked_here(word, schema)
    if word.lower() in _TODAY:
        return "Did you mean “today”?"
    if f"{word}.name" in fields:
        return f"Did you mean “{word}.name”?"
    if near := nearest(word, {name.rpartition(".")[2]: None for name in fields}):
        return one_of(_likeliest_of([name for name in fields if name.rpartition(".")[2] == near], schema))
    return f'if it is a text, put it in quotes: "{word}"'


def _likeliest_of(names: Sequence[str], schema: Schema) -> list[str]:
    """Those of the likeliest owner."""
    ranks = {name: _likeliest(name, schema) for name in names}
    return [name for name, rank in ranks.items() if rank == min(ranks.values())]


def one_of(names: Sequence[str]) -> str:
    """The one that is meant, or those of which the author must choose."""
    if not names[1:]:
        return f"Did you mean “{names[0]}”?"
    return f"name one of these: {', '.join(names)}" if len(names) <= _MOST else "write survey.<survey>.<question>"


def _asked_here(function: str, schema: Schema) -> str:
    """With a mail that the flow sends; where none is sent, whether it happened at all."""
    example = FUNCTIONS[function].example
    if FUNCTIONS[function].takes[0] == "mail":
        if not schema.sent:
            return f'of any mail, ask happened("{function}")'
        example = f'{function}("{schema.sent[-1]}")'
    return f"it is a function: {example}"


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
    """`survey.wish == "call"`, `wish == "call"`, `answered == "call"`: of which survey? One that has this answer, and
    that this flow asks; where several are left, the author must say. None: it is no such thing."""
    root, _, last = field.path.partition(".")
    if field.path in schema.fields or (last and root not in _SURVEY):
        return None
    word, texts = last or (root if root not in _ANSWERED else ""), _texts_of(node)
    ends = [name for name in schema.fields if not word or name.rpartition(".")[2] == word]
    asked = [name for name in ends if _asks(name, word)]
    if not asked or (word and not last and len(asked) < len(ends)):  # of another owner first
        return None
    own = [name for name in asked if name.split(".")[1] in schema.asked and texts]
    some = [name for name in own if set(texts) & set(schema.fields[name].choices)]
    fits = [name for name in asked if texts and set(texts) <= set(schema.fields[name].choices)]
    best = [name for name in some if name in fits] or some or fits or asked
    what = f"there is no field {field.path}"
    if not word:
        what = f"“{field.path}” does not say which question of which survey"
    return field.offset, what, one_of(_likeliest_of(best, schema))


def _asks(name: str, question: str) -> bool:
    """Of a survey; without a name, any."""
    return name.startswith("survey.") and question in ("", name.rpartition(".")[2])


_SURVEY: Final = ("survey", "surveys")
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


def points_meant(field: Node, kind: FieldType, value: Constant, schema: Schema) -> Finding | None:
    """`lead.profile > 10`, where that is a letter, and lead.score.profile a number. None: it is no such thing."""
    number = isinstance(value.value, int | float) and not isinstance(value.value, bool)
    if not isinstance(field, Field) or kind.kind != "text" or not number:
        return None
    root, _, last = field.path.partition(".")
    inner = [name for name in schema.fields if name.startswith(f"{root}.") and name.endswith(f".{last}")]
    named = [name for name in inner if name != field.path and schema.fields[name].kind == "number"]
    what = f"{field.path} is a text, and is compared with a number"
    return (field.offset, what, f"Did you mean “{named[0]}”?") if len(named) == 1 else None


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
