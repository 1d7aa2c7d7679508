"""Which shape has what goes over the interface? JSON Schema of each, from the tables of whoever checks or writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from kweek.flow.words import LEAD_RECEIVED
from kweek.intake import sources
from kweek.intake.check import ENGINE_EVENTS, EVENT_KEYS
from kweek.intake.check_lead import (
    CHANNELS,
    COMPANY_KEYS,
    CONSENT_KEYS,
    CONSENT_MUST,
    LARGEST,
    LEAD_KEYS,
    MOST_CONSENTS,
    Vocabulary,
)
from kweek.intake.incoming import OWN_COLUMNS
from kweek.intake.received import RECEIVED_KEYS
from kweek.intake.values import LARGEST_NUMBER, LONGEST, LONGEST_TEXT, longest_of
from kweek.leads.calling import LEGAL_FORMS
from kweek.leads.campaigns import LONGEST as LONGEST_CAMPAIGN
from kweek.rules.grades import Axis
from kweek.rules.qualification import State
from kweek.web import known, qualified, why
from kweek.web.limits import MOST
from kweek.web.tasks import KEYS as DEED_KEYS

Shape = dict[str, Any]

PRINTABLE: Final = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
ONE_LINE: Final = r"^[^\u0000-\u001f\u007f]*$"
_SAID: Final = r"\S"  # blanks alone say nothing
_MOMENT_SENT: Final = r"^(197[1-9]|19[89]\d|[2-8]\d{3})-.*(Z|[+-]\d{2}:\d{2})$"  # from 1971 to 8999, with its offset
_DAY_SENT: Final = r"^(19|2[01])\d{2}-"  # from 1900 to 2199

_COLUMNS: Final[Mapping[str, Shape]] = {
    "email": {"format": "email"},
    "phone": {"description": "With its country, +31 …, or of the lead's country, or of the workspace's."},
    "language": {"pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "examples": ["nl", "en"]},
    "country": {"description": "Its two letters, or its name in Dutch or English.", "examples": ["NL", "BE"]},
    "timezone": {"examples": ["Europe/Amsterdam"]},
    "legal_form": {"description": f"One of {', '.join(LEGAL_FORMS)}.", "examples": list(LEGAL_FORMS[:2])},
    "channel": {"enum": list(CHANNELS)},
    "purpose": {"description": "For email one that a mail names; for the others it may be left out."},
    "words": {"description": "Exactly as they were shown."},
    "size": {"description": "How many people work there."},
}
"""What is to be said of a text besides that it is one."""


def ref(name: str) -> Shape:
    return {"$ref": f"#/components/schemas/{name}"}


def named(properties: Mapping[str, Shape], required: tuple[str, ...] | None = None) -> Shape:
    """An object that has no other keys. required: all of them, where nothing is said."""
    needed = list(properties if required is None else required)
    shape: Shape = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**shape, "required": needed} if needed else shape


def schemas(words: Vocabulary) -> Shape:
    """By name, those that this workspace has."""
    events = {**words.events, **ENGINE_EVENTS}
    return {
        **{f"Event.{kind}": _event(kind, data) for kind, data in events.items()},
        "Event": {
            "oneOf": [ref(f"Event.{kind}") for kind in events],
            "discriminator": {
                "propertyName": "type",
                "mapping": {kind: f"#/components/schemas/Event.{kind}" for kind in events},
            },
        },
        "ReceivedLead": _received(),
        "Source": {**_or_null(_source()), "description": "From where the lead came."},
        "LeadSent": _lead_sent(words),
        "CompanySent": _company_sent(),
        "ConsentSent": _consent_sent(),
        **_answered(),
    }


# --- what may be sent -------------------------------------------------------------------------------------


def _event(kind: str, data: Mapping[str, str]) -> Shape:
    must = ("flow",) if kind == "enrol" else ()
    fields = {name: _text(name, f"data.{name}") if of == "text" else _value(of, name) for name, of in data.items()}
    said = {
        "id": _must("id"),
        "type": {"const": kind},
        "at": _value("moment"),
        "lead": ref("LeadSent"),
        "data": _or_null(named(fields, must)),
        "source": ref("Source"),
    }
    if must:
        said["data"] = named({name: _must(name, f"data.{name}") for name in data}, must)
    return named({key: said[key] for key in EVENT_KEYS}, ("id", "type", "lead", *(("data",) if must else ())))


def _received() -> Shape:
    said = {
        "id": {**_text("id"), "description": "Yours; without one, the same said twice in a row is said once."},
        "at": _value("moment"),
        "lead": ref("LeadSent"),
        "source": ref("Source"),
        "flow": {**_text("flow"), "description": "A published flow that the lead shall enter."},
    }
    shape = named({key: said[key] for key in RECEIVED_KEYS}, ("lead",))
    return {**shape, "description": f"It stands in the lead's story as {LEAD_RECEIVED}."}


def _source() -> Shape:
    word = {"type": ["string", "null"], "maxLength": sources.MOST, "pattern": ONE_LINE}
    campaign = {"maxLength": LONGEST_CAMPAIGN, "description": "As links name it: spring-fair."}
    page = {"maxLength": LONGEST_TEXT, "description": "The page that led here, https://…"}
    return named({**dict.fromkeys(sources.KEYS, word), "campaign": word | campaign, "referrer": word | page}, ())


def _lead_sent(words: Vocabulary) -> Shape:
    own = {name: _says(_text(name)) if of == "text" else _value(of, name) for name, of in words.fields.items()}
    listed = {
        **{key: _says(_text(key)) for key in OWN_COLUMNS},
        "company": {"oneOf": [_must("company", "lead.company"), ref("CompanySent"), {"type": "null"}]},
        "consents": _or_null({"type": "array", "maxItems": MOST_CONSENTS, "items": ref("ConsentSent")}),
    }
    shape = named({**{key: listed.get(key) or _text(key) for key in LEAD_KEYS}, **own}, ())
    who = [{"required": [key], "properties": {key: _must(key)}} for key in ("email", "external_id")]
    taken_away = "null takes away what is known; of email, external_id, consents and bant it says nothing."
    return {**shape, "anyOf": who, "description": taken_away}


def _company_sent() -> Shape:
    size = {"anyOf": [{"type": "integer", "minimum": 0, "maximum": LARGEST}, {"type": "null"}]}
    said = {key: _text(key, f"company.{key}") for key in COMPANY_KEYS}
    said |= {"size": size, "name": _must("name", "company.name")}
    return named(said, ("name",))


def _consent_sent() -> Shape:
    said = {key: _must(key) if key in CONSENT_MUST else _text(key) for key in CONSENT_KEYS}
    shape = named({**said, "at": _value("moment"), "expires_at": _value("moment")}, CONSENT_MUST)
    for_mail: Shape = {
        "if": {"properties": {"channel": {"const": "email"}}},
        "then": {"required": ["purpose"], "properties": {"purpose": _must("purpose")}},
    }
    return {**shape, **for_mail}


def deed(verb: str) -> Shape:
    """What a desk sends that does this."""
    must = {"outcome": ("outcome",), "reject": ("reason",), "later": ("later_on",)}.get(verb, ())
    answer: Shape = {"type": ["string", "number", "null"]}
    said = {
        **{key: _text(key) for key in DEED_KEYS},
        "id": {"type": ["string", "null"], "pattern": r"^[^/\u0000-\u001f\u007f]*$", "maxLength": LONGEST["id"]},
        "call_back_at": _value("moment"),
        "later_on": _value("date"),
        "answers": {
            "type": ["object", "null"],
            "additionalProperties": {"anyOf": [answer, {"type": "array", "items": {"type": ["string", "number"]}}]},
        },
        "by": {**_must("by"), "description": "A colleague of rules/teams.yaml, or the name of the key itself."},
    }
    for key in must:
        said[key] = {"type": "string", "format": "date", "pattern": _DAY_SENT} if key == "later_on" else _must(key)
    return named(said, ("by", *must))


# --- values -----------------------------------------------------------------------------------------------


def _text(name: str, path: str = "") -> Shape:
    """One that may be left out. path: where it stands, if not at the top."""
    shape: Shape = {"type": ["string", "null"], "maxLength": longest_of(path or name), "pattern": _pattern(name)}
    return {**shape, **_COLUMNS.get(name, {})}


def _says(shape: Shape) -> Shape:
    """Where it is a text, more than blanks."""
    return {**shape, "allOf": [{"pattern": _SAID}]}


def _must(name: str, path: str = "") -> Shape:
    """One that may not."""
    return {**_says(_text(name, path)), "type": "string"}


def _pattern(name: str) -> str:
    return ONE_LINE if name in ("id", "external_id", "by") else PRINTABLE


def _value(kind: str, name: str = "") -> Shape:
    """A typed field of an event or of a lead."""
    match kind:
        case "number":
            number = {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER}
            return {"anyOf": [number, {"type": "string", "pattern": r"^-?\d{1,15}(\.\d{1,9})?$"}, {"type": "null"}]}
        case "yes/no":
            return {"enum": [True, False, "true", "false", "yes", "no", None]}
        case "date":
            return {"type": ["string", "null"], "format": "date", "pattern": _DAY_SENT}
        case "moment":
            return {"type": ["string", "null"], "format": "date-time", "pattern": _MOMENT_SENT}
        case _:
            return _text(name)


def _or_null(shape: Shape) -> Shape:
    return {"anyOf": [shape, {"type": "null"}]}


# --- what is answered -------------------------------------------------------------------------------------

_STRING: Final[Shape] = {"type": "string"}
_WHOLE: Final[Shape] = {"type": "integer"}
_MOMENT: Final[Shape] = {"type": "string", "format": "date-time"}
_MAYBE: Final[Shape] = {"type": ["string", "null"]}
_MERGED_FROM: Final[Shape] = {**_MAYBE, "description": "Who was asked for, where this lead took its place."}


def _answered() -> Shape:
    taken = {"id": _STRING, "lead_id": _STRING, "seq": _WHOLE}
    fault = named({"field": _STRING, "words": _STRING})
    refused = {"status": _WHOLE, "detail": _STRING, "errors": {"type": "array", "items": fault}}
    problem = {
        **refused, "type": _STRING, "title": _STRING, "scope": _STRING, "by": _MAYBE, "at": _MAYBE, "outcome": _MAYBE,
        "allowed": {"type": "array", "items": _STRING},
    }  # fmt: skip
    return {
        "Taken": named(taken),
        "TakenOfMany": {"oneOf": [named({"status": _WHOLE, **taken}), named(refused)]},
        "Done": named({"fresh": {"type": "boolean"}, "lead_id": _STRING, "seq": _WHOLE}, ("fresh",)),
        "Fault": fault,
        "Problem": named(problem, ("type", "title", "status", "detail")),
        "Lead": _lead(),
        "Why": _why(),
    }


def _lead() -> Shape:
    reason = named({"because": _STRING, "points": _WHOLE, "times": _WHOLE})
    column = named({"total": _WHOLE, "reasons": {"type": "array", "items": reason}})
    flow: dict[str, Shape] = dict.fromkeys(known.FLOW, _MAYBE)
    company: dict[str, Shape] = dict.fromkeys(known.COMPANY, _MAYBE)
    said: dict[str, Shape] = {
        "id": _STRING,
        **dict.fromkeys(known.COLUMNS, _MAYBE),
        "fields": {"type": "object"},
        "company": _or_null(named({**company, "name": _STRING, "size": {"type": ["integer", "null"]}})),
        "consents": {"type": "array", "items": named(dict.fromkeys(known.CONSENT, _MAYBE))},
        "grade": {"type": "string", "pattern": "^[A-D][1-4]$"},
        "points": named(dict.fromkeys(get_args(Axis), column), ()),
        "flows": {"type": "array", "items": named({**flow, "version": _WHOLE})},
        "created_at": _MOMENT,
        "merged_from": _MERGED_FROM,
        **_qualified(),
    }
    return named(said)


def _qualified() -> dict[str, Shape]:
    strings: Shape = {"type": "array", "items": _STRING}
    need = named({
        "key": _STRING, "words": _STRING, "condition": _STRING, "state": {"enum": list(get_args(State))},
        "asked_by": {**strings, "description": "Who can find it out, where it is unknown or expired."},
    })  # fmt: skip
    value: Shape = {"type": ["string", "number", "boolean", "array"], "items": _STRING}
    told: dict[str, Shape] = dict.fromkeys(qualified.FACT, _MAYBE)
    fact = named({"name": _STRING, **told, "value": value, "at": _MOMENT, "holds": {"type": "boolean"}})
    return {
        "sales_ready": {"type": ["boolean", "null"], "description": "null: something is to be found out yet."},
        "checklist": {"type": "array", "items": need},
        "disqualified": {"type": "array", "items": named({"key": _STRING, "words": _STRING})},
        "facts": {"type": "array", "items": fact},
    }


def _why() -> Shape:
    axis: Shape = {"type": "string", "enum": list(get_args(Axis))}
    row: dict[str, Shape] = dict.fromkeys(why.ROW, _MAYBE)
    said: Shape = named(
        {**row, "axis": axis, "points": _WHOLE, "because": _STRING, "at": _MOMENT, "anew": {"type": "boolean"}}
    )
    rows: Shape = {"type": "array", "maxItems": MOST, "items": said}
    older: Shape = {"type": ["integer", "null"]}
    return named({"lead_id": _STRING, "merged_from": _MERGED_FROM, "rows": rows, "older": older})
