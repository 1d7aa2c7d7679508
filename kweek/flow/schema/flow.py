"""What may stand in a flow file?"""

from __future__ import annotations

from typing import Final

from kweek.flow.load import events
from kweek.flow.load.flow import GOAL_KEYS, KEYS, REQUIRED
from kweek.flow.load.starts import START_KEYS
from kweek.flow.moment import FIELD
from kweek.flow.schema.pieces import DURATION, Schema, from_table, keys, like, named, ref, some, words
from kweek.flow.schema.steps import path_names


def flow() -> Schema:
    return {
        "title": "A flow",
        "description": "flows/<name>.yaml: one nurture program.",
        **keys(from_table(KEYS, _SAID), [*REQUIRED, "steps"]),
    }


def _start() -> Schema:
    said = from_table(
        START_KEYS,
        {"event": ref("event"), "at": ref("beside-date"), "every": ref("weekly"), "if": ref("condition")},
    )
    forms = [
        keys({"event": said["event"], "if": said["if"]}, ["event"]),
        keys({"at": said["at"]}, ["at"]),
        keys({"every": said["every"], "if": said["if"]}, ["every"]),
    ]
    by_hand = {"const": "manual", "description": "By hand, by import, or by another flow."}
    return some({"anyOf": [by_hand, like(events.EVENT.pattern), *forms]}, "What brings a lead in; one or a list.")


_GOAL: Final = keys(from_table(GOAL_KEYS, {"if": ref("condition"), "go": ref("target")}), GOAL_KEYS)
_SAID: Final[dict[str, Schema]] = {
    "flow": ref("name", "Its name, which the file has too."),
    "title": words("For people."),
    "about": words("For people."),
    "start": _start(),
    "reentry": like(
        rf"never|always|after (?:{DURATION})|per (?:{FIELD.pattern})", "May a lead come back? never, if nobody says.",
        "never", "always", "after 30 days", "per event.webinar",
    ),
    "whenever": named(
        {"anyOf": [ref("target"), {"const": "ignore"}]}, description="Anywhere in the flow. Event: where to go.",
        propertyNames={"not": {"const": "else"}},
    ),
    "goal": {"description": "Judged whenever a score, grade or field changes; once an enrolment.", **_GOAL},
    "send_hours": words("A calendar of rules/calendars.yaml: marketing mail waits for it to open."),
    "timezone": words("lead, or a name such as Europe/Amsterdam."),
    "limit": ref("limit"),
    "pace": words("A call queue: mail leaves no faster than it can follow up."),
    "steps": ref("steps", "The way in."),
    "paths": named(ref("steps"), description="Named lists of steps.", propertyNames=path_names()),
    "moved": named(words(), description="Old step id: new step id, where a version cannot tell by itself."),
}  # fmt: skip
