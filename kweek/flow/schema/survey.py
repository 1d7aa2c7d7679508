"""What may stand in a survey?"""

from __future__ import annotations

from typing import Final, get_args

from kweek.flow.kebab import NAME
from kweek.flow.load.surveys import CHOSEN, FILLS, KEYS, ONLY_OF, QUESTION_KEYS, TYPES
from kweek.flow.schema.pieces import Schema, from_table, keys, like, many, named, one_of, ref
from kweek.rules.grades import Axis

_WORDS: Final[Schema] = {
    "type": "object", "additionalProperties": ref("text"), "minProperties": 1, "propertyNames": ref("language"),
    "description": "The text in every language of the workspace.",
}  # fmt: skip


def survey() -> Schema:
    said: dict[str, Schema] = {
        "survey": ref("name", "Its name, which the file has too."),
        "title": _WORDS,
        "intro": {**_WORDS, "description": "What the caller says first."},
        "questions": many(_question(), "What is asked, in this order."),
        "outcomes": named(_WORDS, description="Outcomes of the call that only this script has."),
        "thanks": {**_WORDS, "description": "What the page says at the end."},
    }
    return {
        "title": "A survey",
        "description": "surveys/<name>.yaml: a page on the web, and the script of a call.",
        **keys(from_table(KEYS, said), ["survey", "title"]),
        "anyOf": [{"required": ["questions"]}, {"required": ["intro"]}],
    }


def _question() -> Schema:
    whole = {"type": ["integer", "string"], "pattern": r"^-?\d{1,6}$"}
    said: dict[str, Schema] = {
        "ask": ref("name", "Its name in conditions: survey.<survey>.<question>."),
        "text": _WORDS,
        "type": one_of(TYPES, "How it is answered."),
        "options": named(_WORDS, NAME.pattern, description="What can be chosen."),
        "from": {**whole, "description": "Of a scale: the least that can be answered; 1, if nobody says."},
        "to": {**whole, "description": "Of a scale: the most; 5, if nobody says."},
        "required": ref("yes", "Is there no going on without an answer?"),
        "fills": like(FILLS.pattern, "What becomes known by the answer.", "bant.need", "lead.job_title"),
        "points": named(
            keys(dict.fromkeys(get_args(Axis), ref("points")), minProperties=1),
            description="Option: points that it gives.",
        ),
        "raises": named(ref("event"), description="Option: an event that the answer is."),
        "if": ref("condition", "Asked only where this is true."),
    }
    rules: list[Schema] = [
        {"if": {"required": [word]}, "then": {"properties": {"type": {"enum": list(types)}}}}
        for word, types in ONLY_OF.items()
    ]
    needs = {"properties": {"type": {"enum": list(CHOSEN)}}, "required": ["type"]}
    rules.append({"if": needs, "then": {"required": ["options"]}})
    return keys(from_table(QUESTION_KEYS, said), ["ask", "text", "type"], allOf=rules)
