"""What does the interface look like to a program that reads descriptions? OpenAPI 3.1, from the checker's own tables.

What may be sent is generated from what the checker asks (`kweek.intake.check`) and from the workspace's own events and
fields, so that it is written once. A description cannot say everything: that a telephone number can exist, that a
moment has passed, that a flow is published. Of that the answer is 422, with the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kweek.intake.check_lead import Vocabulary
from kweek.intake.handovers import ACTIONS
from kweek.leads.scopes import SCOPES, Scope
from kweek.web import openapi_shapes as shapes
from kweek.web.limits import MOST
from kweek.web.openapi_shapes import Shape, named, ref
from kweek.web.why import BIGGEST

VERSION: Final = "1"  # of the interface, not of Kweek

_KEY: Final[Shape] = {
    "name": "key", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 300},
    "description": "Of the task: <lead>-<enrolment>/<effect>. Its slash is written as it is.",
}  # fmt: skip
_LEAD: Final[Shape] = {
    "name": "lead_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1},
}  # fmt: skip
_EXTRA: Final[Mapping[str, str]] = {
    "400": "No JSON, or a key that stands twice in one object.",
    "401": "No key that we know.",
    "403": "The key was not made for this; `scope` says what it lacks.",
    "404": "There is no such thing.",
    "409": "It is so no more: an id that was used for something else, a task that is closed or another's.",
    "413": "More than is taken at once.",
    "422": "`errors` names each field and what would be right; nothing was stored.",
    "503": "The lead database is away; nothing was accepted. Send it again after `Retry-After`.",
}
_WRITES: Final = ("400", "401", "403", "409", "413", "422", "503")


def openapi(words: Vocabulary, base_url: str) -> Shape:
    """Of this workspace. base_url: where it is served."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kweek",
            "version": VERSION,
            "description": "What programs may tell Kweek of leads, and ask. A key is made by `kweek key make`.",
        },
        "servers": [{"url": base_url}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": shapes.schemas(words),
            "responses": {f"Problem{status}": _problem(status, told) for status, told in _EXTRA.items()},
        },
    }


def _paths() -> Shape:
    work = {f"/api/{what}/{{key}}/{deed}": _work(what, deed) for what, deed in _deeds()}
    return {
        "/api/events": {"post": _intake("events:write", "Say what leads did", "Event")},
        "/api/leads": {
            "post": _intake("leads:write", "Send leads in of whom no event is told", "ReceivedLead"),
            "get": _find(),
        },
        "/api/leads/{lead_id}": {"get": _ask()},
        "/api/leads/{lead_id}/why": {"get": _why()},
        "/api/openapi.json": {"get": _describe()},
        **work,
    }


def _deeds() -> list[tuple[str, str]]:
    calls = [(what, deed) for what in ("calls", "tasks") for deed in ("take", "give-back", "outcome")]
    return [*calls, *(("handovers", action) for action in ACTIONS)]


def _intake(scope: Scope, summary: str, name: str) -> Shape:
    answers = {
        "200": _answer("It was here already, or the answers to a list, in its own order.", {
            "oneOf": [ref("Taken"), named({"results": {"type": "array", "items": ref("TakenOfMany")}})],
        }),
        "201": _answer("Recorded.", ref("Taken")),
    }  # fmt: skip
    many = {"type": "array", "maxItems": MOST, "items": ref(name), "description": "Each is answered by itself."}
    one_or_many = {"oneOf": [ref(name), many]}
    return _operation(scope, summary, answers, _WRITES, body=one_or_many)


def _find() -> Shape:
    told = {"email": "Its address.", "external_id": "Your own id. One of them, or both."}
    query: list[Shape] = [
        {"name": name, "in": "query", "required": False, "description": words, "schema": {"type": "string"}}
        for name, words in told.items()
    ]
    found = named({"leads": {"type": "array", "maxItems": 2, "items": ref("Lead")}})
    answers = {"200": _answer("Those with this address or id.", found)}
    return _operation("leads:read", "Look a lead up", answers, ("401", "403", "422", "503"), parameters=query)


def _ask() -> Shape:
    answers = {"200": _answer("All that is known of it.", ref("Lead"))}
    return _operation("leads:read", "Ask for a lead", answers, ("401", "403", "404", "503"), parameters=[_LEAD])


def _why() -> Shape:
    older = {"name": "before", "in": "query", "required": False, "description": "`older` of the answer before."}
    before: Shape = {**older, "schema": {"type": "integer", "minimum": 0, "maximum": BIGGEST}}
    answers = {"200": _answer("Its ledger of points, row by row, the last one written first.", ref("Why"))}
    problems = ("401", "403", "404", "422", "503")
    return _operation("leads:read", "Ask why a lead has its points", answers, problems, parameters=[_LEAD, before])


def _describe() -> Shape:
    answers = {"200": _answer("This description.", {"type": "object"})}
    return _operation(None, "Describe the interface", answers, ("401", "503"))


def _work(what: str, deed: str) -> Shape:
    body = shapes.deed(deed)
    answers = {"200": _answer("Done; `fresh` is false where it was so already.", ref("Done"))}
    post = _operation("work:write", f"{deed} ({what})", answers, (*_WRITES, "404"), body=body, parameters=[_KEY])
    return {"post": post}


def _operation(
    scope: Scope | None,
    summary: str,
    answers: Shape,
    problems: tuple[str, ...],
    *,
    body: Shape | None = None,
    parameters: list[Shape] | None = None,
) -> Shape:
    """scope: in the words of who makes a key, too; None: any key."""
    takes = f"Takes the scope `{scope}`: to {SCOPES[scope]}." if scope else "Takes any key."
    found: Shape = {
        "summary": summary,
        "description": takes,
        "responses": {
            **answers,
            **{status: {"$ref": f"#/components/responses/Problem{status}"} for status in problems},
        },
    }
    if parameters:
        found["parameters"] = parameters
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


def _answer(description: str, schema: Shape) -> Shape:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problem(status: str, description: str) -> Shape:
    schema = ref("Problem")
    headers: Shape = {"Retry-After": {"schema": {"type": "integer"}}} if status == "503" else {}
    more = {"headers": headers} if headers else {}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}, **more}
