"""What may stand in a file of tests?"""

from __future__ import annotations

from typing import Final, get_args

from kweek.flow.cases.read import CASE, KEYS
from kweek.flow.cases.texts import AFTER, MOMENT, NUMBER, STARTS
from kweek.flow.schema.pieces import Schema, from_table, keys, many, named, ref, some, whole, words
from kweek.rules.grades import Axis

_HAPPENS: Final[Schema] = {"anyOf": [words(), {"type": "object", "minProperties": 1, "maxProperties": 1}]}
"""A word, or `{word: what it says}`."""


_KNOWN: Final = ("company", "bant", "campaign", "survey")


def cases() -> Schema:
    said: dict[str, Schema] = {
        "flow": ref("name", "The flow that is tested, which is this file's name too."),
        "tests": many(_case(), "What the flow promises, one after the other."),
    }
    return {
        "title": "Tests of a flow",
        "description": "flows/tests/<name>.yaml: what the flow promises, tried by kweek test.",
        **keys(from_table(KEYS, said), ["tests"]),
    }


def _case() -> Schema:
    said: dict[str, Schema] = {
        "name": words("What is promised."),
        "starts": {
            "type": "string", "pattern": whole(STARTS.pattern), "description": "When the lead enters.",
            "examples": ["monday 2026-03-02 09:00"],
        },
        "start": {"description": "By which event, where several begin the flow.", **_HAPPENS},
        "lead": _lead(),
        "events": named(
            some(_HAPPENS), MOMENT.pattern, description="What people do. Moment: what happens.",
            examples=[{"day 7 + 2 hours": "opened"}],
        ),
        "expect": _expect(),
        "leads": ref("count", "Many leads at once, who do what “mix” says."),
        "mix": named(ref("share"), description="Event: the share of leads to whom it happens."),
    }  # fmt: skip
    return keys(
        from_table(CASE, said), ["name", "expect"], dependentRequired={"leads": ["mix"], "mix": ["leads"]},
    )  # fmt: skip


def _lead() -> Schema:
    """Own fields have the workspace's names."""
    told = {
        "profile": {"enum": list("ABCD"), "description": "Its letter."},
        "engagement": {"enum": [1, 2, 3, 4, "1", "2", "3", "4"], "description": "Its digit."},
        "score": keys(dict.fromkeys(get_args(Axis), ref("points"))),
        "tags": some(ref("text"), "Those that it has."),
        "tracking": ref("yes", "May we see what it opens and clicks? true, if nobody says."),
        "consent": ref("yes", "Does it want our mail? true, if nobody says."),
        **{noun: {"type": "object", "description": f"What is known: {noun}.…"} for noun in _KNOWN},
    }
    return {"type": "object", "description": "Who it is.", "properties": told}


def _expect() -> Schema:
    count = {"type": ["integer", "string"], "pattern": whole(NUMBER.pattern)}
    told: Schema = {
        "type": "object",
        "description": "What shall happen.",
        "properties": {
            "ends": words("A day, a result, or both.", "day 7, discard"),
            "never": some(ref("text"), "What must not happen."),
        },
        "patternProperties": {
            r"^day \d{1,4}$": {
                "title": "day 7",
                **some(ref("text"), "What happens on this day: send survey, call brochure, …"),
            },
            whole(AFTER.pattern): {
                "title": "after 60 days",
                **named(count, description="How many leads: under way, discard, send survey, …"),
            },
        },
        "additionalProperties": False,
        "minProperties": 1,
    }
    return told
