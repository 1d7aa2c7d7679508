"""What may stand in a step? Every verb with its options, and where it may lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, get_args

from kweek.flow import model as m
from kweek.flow.kebab import NAME
from kweek.flow.load.choose import BRANCH
from kweek.flow.load.steps import OPTIONS
from kweek.flow.load.verbs import PREFER, PRIORITIES
from kweek.flow.schema.pieces import Schema, from_table, keys, like, many, named, one_of, ref, some, whole, words
from kweek.flow.words import CALL, HANDOVER, IMMEDIATE, MAIL_CLOSES, MAIL_SAYS, PASSING, RUNG, STATES
from kweek.rules.grades import Axis

_CLASSES: Final = {kind.verb: kind for kind in get_args(m.AnyStep)}
_TARGET: Final = rf"(?:flow )?(?:{NAME.pattern})"
_NO_JUMP: Final = [*m.ENDINGS, "next", "ignore", "else", "flow"]

_ARGUMENTS: Final[Mapping[str, Schema]] = {
    "wait": ref("until"),
    "send": {
        "anyOf": [
            {"allOf": [ref("name"), {"not": {"const": "nothing"}}]},
            named(ref("share"), NAME.pattern, description="An A/B test: shares that make 100%; `nothing` may be one."),
        ]
    },
    "call": ref("name", "A survey: it is the script."),
    "handover": words("A team of rules/teams.yaml.", "sales"),
    "task": words("Its title; Jinja may stand in it.", "Send {{ lead.first_name }} a sample"),
    "choose": many(ref("line")),
    "go": {
        **like(_TARGET, "A path, steps, or flow and its name.", "triage", "flow long-term"),
        "not": {"enum": _NO_JUMP},
    },
    "end": one_of(m.ENDINGS),
    "score": keys(dict.fromkeys(get_args(Axis), ref("points")), minProperties=1),
    "tag": some({**ref("text"), "not": {"pattern": ","}}),
    "untag": some({**ref("text"), "not": {"pattern": ","}}),
    "set": named({"anyOf": [ref("text"), {"type": "null"}]}, description="Field: a value, today, or event.<field>."),
    "tell": words("A person, owner, manager, a team, or a channel of rules/workspace.yaml.", "manager"),
    "webhook": words("A webhook of rules/workspace.yaml.", "crm"),
}
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {"call": ("within",), "task": ("within",)}
_MORE: Final[Mapping[str, Schema]] = {
    "send": {
        "dependentRequired": {"when": ["within"], "otherwise": ["within"]},
        "if": {"properties": {"send": {"type": "object"}}},
        "then": {"required": ["id"]},
    },
    "tell": {"not": {"required": ["text", "mail"]}},
}
_CLOSING: Final[Mapping[str, tuple[str, ...]]] = {
    "send": (*MAIL_CLOSES, *MAIL_SAYS),
    "call": CALL,
    "handover": HANDOVER,
    "task": (),
    "wait": (),
}
"""What the verb itself reports. Own events, outcomes of a script, and `clicked <link>` may stand beside them."""


def _when(verb: str) -> Schema:
    closing = dict.fromkeys((*_CLOSING[verb], "else"), ref("target"))
    passing = dict.fromkeys(PASSING.get(verb, ()), many(ref("at-once"), "The lead stays; these are done at once."))
    told = "It happens: act at once. Event: where to go."
    return {
        "type": "object", "description": told, "properties": {**closing, **passing},
        "additionalProperties": ref("target"), "minProperties": 1,
    }  # fmt: skip


def _otherwise(verb: str) -> Schema:
    states = keys(dict.fromkeys(STATES[verb], ref("target")), minProperties=1)
    return {"description": "Time is up: where to go; the first line that is true.", "anyOf": [ref("target"), states]}


_OPTIONS: Final[Mapping[str, Schema | Callable[[str], Schema]]] = {
    "id": {**ref("text", "The step's name in reports and for versions."), "pattern": r"^[^ ]+$"},
    "within": ref("duration", "How long it waits for a reaction."),
    "expires": ref("duration", "Not gone by then: it does not leave."),
    "when": _when,
    "otherwise": _otherwise,
    "queue": words("A call queue of rules/teams.yaml."),
    "priority": one_of(PRIORITIES, "Which call goes before others."),
    "attempts": ref("count", "How often it is tried."),
    "apart": ref("duration", "How long between two attempts."),
    "prefer": one_of(PREFER, "Who of the team gets it first."),
    "follow_up": ref("duration", "The promise: a contact attempt is logged by then."),
    "remind": ref("duration", "When who has it is reminded."),
    "escalate": many(ref("rung"), "What happens when nobody follows up."),
    "to": words("A person, owner, manager or a team."),
    "outcomes": some(ref("text"), "What can come of it; done, where nothing is said."),
    "at_most": ref("times"),
    "then": ref("target", "Where to go when that is used up, or the other flow refuses."),
    "because": words("The reason, for people and reports."),
    "text": words("What a colleague hears."),
    "mail": ref("name", "A mail that the colleague gets."),
}  # fmt: skip


@lru_cache(maxsize=1)
def step_schemas() -> Mapping[str, Schema]:
    """Steps, targets and lines, by the names under which they refer to each other."""
    verbs = {verb: _verb(verb) for verb in OPTIONS}
    at_once = [ref(verb) for verb in IMMEDIATE if verb != "send"]
    return {
        **verbs,
        "step": {"anyOf": [ref(verb) for verb in verbs]},
        "steps": many(ref("step")),
        "at-once": {"anyOf": [*at_once, {"allOf": [ref("send"), {"not": {"required": ["within"]}}]}]},
        "target": _target(),
        "rung": _rung(),
        "line": _line(),
    }  # fmt: skip


def _rung() -> Schema:
    said: dict[str, Schema] = {
        "after": ref("duration"),
        "every": ref("duration", "Again and again, so far apart."),
        "tell": words("A person, owner, manager, a team, or a channel."),
        "reassign": words("A team: another of it gets the lead."),
    }
    return keys(from_table(RUNG, said), ["after"], anyOf=[{"required": ["tell"]}, {"required": ["reassign"]}])


def _verb(verb: str) -> Schema:
    said = {option: _option(verb, option) for option in (*OPTIONS[verb], "id")}
    argument = {"description": _CLASSES[verb].__doc__ or "", **_ARGUMENTS[verb]}
    return keys({verb: argument, **said}, [verb, *_NEEDS.get(verb, ())], **_MORE.get(verb, {}))


def _option(verb: str, option: str) -> Schema:
    found = _OPTIONS[option]
    return found(verb) if callable(found) else found


def _target() -> Schema:
    named_one = {**like(_TARGET), "not": {"enum": ["else", "flow", "ignore"]}}
    told = "A path, steps, next, an ending, flow and its name, or a list of steps."
    known = {"enum": ["next", *m.ENDINGS]}
    return {"description": told, "anyOf": [known, named_one, ref("steps")]}


def _line() -> Schema:
    """Of `choose`."""
    said = from_table(
        BRANCH, {"if": ref("condition"), "share": ref("share"), "go": ref("target"), "else": ref("target")}
    )
    asks = [keys({word: said[word], "go": said["go"]}, [word, "go"]) for word in BRANCH if word not in ("go", "else")]
    return {"anyOf": [*asks, keys({"else": said["else"]}, ["else"])]}


def path_names() -> Schema:
    """What a path may be called."""
    return {"pattern": whole(NAME.pattern), "not": {"enum": list(m.RESERVED)}}
