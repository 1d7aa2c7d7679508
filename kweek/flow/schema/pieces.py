"""Which small texts are there? A duration, a name, a share: each once, by the pattern that the loader reads it with.

To Kweek every scalar is text. An editor's YAML has numbers and booleans besides, so wherever those can stand, they may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from kweek.flow.conditions.codes import LANGUAGE
from kweek.flow.duration import BUSINESS, ELAPSED
from kweek.flow.kebab import NAME
from kweek.flow.load import events, texts
from kweek.flow.moment import CLOCK, FIELD, WEEKDAYS

Schema = dict[str, Any]

_SCALAR: Final = ("string", "number", "boolean")
_WORDS: Final[Schema] = {"type": list(_SCALAR), "pattern": r"\S"}
_AMOUNT: Final = r"0*[1-9]\d{0,4} +"
_ELAPSED: Final = f"(?:{'|'.join(ELAPSED)})"
DURATION: Final = rf"{_AMOUNT}(?:business +(?:{'|'.join(BUSINESS)})|{_ELAPSED})s?"
SPAN: Final = f"{_AMOUNT}{_ELAPSED}s?"
"""A duration that needs no calendar."""
_DATE_FIELD: Final = FIELD.pattern
_WEEKLY: Final = rf"(?:(?:{'|'.join(WEEKDAYS)}) )?(?:{CLOCK.pattern})"
BESIDE_DATE: Final = rf"(?:(?:{DURATION}) (?:before|after) )?(?:{_DATE_FIELD})"


def ref(name: str, description: str = "") -> Schema:
    """A piece by its name."""
    return {"$ref": f"#/$defs/{name}", **({"description": description} if description else {})}


def like(pattern: str, description: str = "", *examples: str) -> Schema:
    """A text of this form, from its beginning to its end."""
    return _told({"type": "string", "pattern": whole(pattern)}, description, examples)


def words(description: str = "", *examples: str) -> Schema:
    """Any text."""
    return _told(dict(_WORDS), description, examples)


def one_of(choices: Iterable[str], description: str = "") -> Schema:
    return _told({"enum": list(choices)}, description, ())


def some(of: Schema, description: str = "") -> Schema:
    """One, or a list of them."""
    return _told({"anyOf": [of, {"type": "array", "items": of, "minItems": 1}]}, description, ())


def many(of: Schema, description: str = "") -> Schema:
    """A list with at least one."""
    return _told({"type": "array", "items": of, "minItems": 1}, description, ())


def keys(properties: Mapping[str, Schema], required: Sequence[str] = (), **more: Any) -> Schema:
    """These keys and no others."""
    wanted = {"required": list(required)} if required else {}
    return {"type": "object", "properties": dict(properties), **wanted, "additionalProperties": False, **more}


def named(of: Schema, names: str | None = None, **more: Any) -> Schema:
    """Keys that the author chooses (by a pattern), each with one of these."""
    which = {"propertyNames": {"pattern": whole(names)}} if names else {}
    return {"type": "object", "additionalProperties": of, "minProperties": 1, **which, **more}


def from_table(table: Iterable[str], known: Mapping[str, Schema]) -> dict[str, Schema]:
    """The loader's keys, each with what is said of it here. KeyError: this one was forgotten."""
    return {key: known[key] for key in table}


def whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _told(schema: Schema, description: str, examples: Sequence[str]) -> Schema:
    told: Schema = {"description": description} if description else {}
    return {**told, **schema, **({"examples": list(examples)} if examples else {})}


def refs_in(schema: object) -> Iterator[str]:
    """The pieces that it names."""
    match schema:
        case dict():
            for key, one in cast("dict[str, object]", schema).items():
                if key == "$ref" and isinstance(one, str):
                    yield one.removeprefix("#/$defs/")
                yield from refs_in(one)
        case list():
            for one in cast("list[object]", schema):
                yield from refs_in(one)
        case _:
            return


PIECES: Final[Mapping[str, Schema]] = {
    "text": words(),
    "name": {
        "type": ["string", "integer"], "pattern": whole(NAME.pattern),
        "description": "Small letters, digits and hyphens.",
    },
    "duration": like(DURATION, "How long: a number and a unit.", "20 minutes", "7 days", "3 business days"),
    "until": like(
        rf"{DURATION}|until (?:{_WEEKLY}|{BESIDE_DATE})", "For how long, or until when.",
        "7 days", "until monday 09:00", "until 3 days before lead.contract_end",
    ),
    "weekly": like(_WEEKLY, "A weekday and a time, or a time of every day.", "monday 09:00", "09:00"),
    "beside-date": like(BESIDE_DATE, "A date field, or so long beside it.", "90 days before lead.contract_end"),
    "condition": words("One line, true or not.", "lead.sales_ready", 'lead.profile in ["A", "B"]'),
    "event": like(events.EVENT.pattern, "An event of rules/events.yaml.", "brochure.requested"),
    "share": like(texts.SHARE.pattern, "Whole per cents.", "50%"),
    "count": {"type": ["integer", "string"], "minimum": 1, "pattern": whole(texts.COUNT.pattern)},
    "points": {
        "type": ["integer", "string"], "pattern": r"^[-+−]?\d{1,6}$", "description": "A whole number with its sign.",
        "examples": ["+5", "-30"],
    },
    "times": like(r"\d{1,6} times?", "At most so often.", "3 times"),
    "limit": like(rf"\d{{1,4}} mails? per (?:{DURATION})", "So many mails in so long a time.", "3 mails per 7 days"),
    "address": like(texts.ADDRESS.pattern, "An e-mail address.", "anna@example.com"),
    "language": like(LANGUAGE.pattern, "The two letters of a language.", "nl", "en"),
    "yes": {"enum": [True, False, "true", "false"]},
}  # fmt: skip
