"""Which sections has the reference, in which order?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, cast, get_args

from kweek.flow.load.steps import OPTIONS
from kweek.flow.model import AnyStep
from kweek.flow.schema import KINDS
from kweek.flow.schema.pieces import Schema
from kweek.flow.schema.steps import step_schemas
from kweek.flow.words import BUILT_IN, IMMEDIATE, WHENEVER_DEFAULTS
from kweek.reference.conditions import about_conditions
from kweek.reference.forms import form, pieces, title
from kweek.reference.section import Section, code, plainly
from kweek.reference.tables import keys_of

BEGINNING: Final = """\
# The language, word by word

Every word that may stand in a file of a workspace, and what it may hold. `kweek reference` prints this page, and
`kweek reference send` one section of it. What the words are for, [the other pages](index.md) tell.
"""
_CLASSES: Final = {kind.verb: kind for kind in get_args(AnyStep)}
_TOLD_ELSEWHERE: Final = ("step", "steps", "at-once", "flow")


def page() -> str:
    """All of it, as Markdown."""
    return BEGINNING + "".join(f"\n{section}\n" for section in sections())


def sections() -> Iterator[Section]:
    yield _file("flow", 2)
    yield Section("steps", "Steps", 2, f"A list of steps runs downwards, and each has one verb: {_listed(OPTIONS)}.")
    yield from map(_verb, OPTIONS)
    yield Section("forms", "How it is said", 2, "What the words above and below hold.")
    yield from (_piece(name, one) for name, one in pieces().items() if name not in {*OPTIONS, *_TOLD_ELSEWHERE})
    yield Section("what happens", "What happens", 2, _events())
    yield from about_conditions()
    yield Section("files", "The other files", 2, "What stands beside the flows.")
    yield from (_file(kind, 3) for kind in KINDS if kind != "flow")


def _file(kind: str, level: int) -> Section:
    schema = KINDS[kind]()
    return Section(kind, str(schema["title"]), level, f"{plainly(schema['description'])}\n\n{keys_of(schema)}")


# --- steps ----------------------------------------------------------------------------------------


def _verb(verb: str) -> Section:
    known = cast("Mapping[str, Schema]", step_schemas()[verb]["properties"])
    does, _, _ = (_CLASSES[verb].__doc__ or "").partition("\n")
    does, holds = f"{does.partition('. ')[0].rstrip('.')}.", known[verb]
    said = "" if holds.get("description") == _CLASSES[verb].__doc__ else plainly(holds.get("description", ""))
    body = [f"{does} `{verb}:` {form(holds)}. {said}".rstrip(), keys_of(step_schemas()[verb], but=verb), *_heard(known)]
    return Section(verb, verb, 3, "\n\n".join(body))


def _heard(known: Mapping[str, Schema]) -> Iterator[str]:
    """Its events and states."""
    if (when := known.get("when")) is not None:
        events: Mapping[str, Schema] = when["properties"]
        ends = [event for event, leads in events.items() if "$ref" in leads and event != "else"]
        stays = [event for event in events if event not in ends and event != "else"]
        yield f"`when` hears {_listed(ends) + ', ' if ends else ''}your own events, and `else`." + (
            f" The lead stays at {_listed(stays)}." if stays else ""
        )
    if (otherwise := known.get("otherwise")) is not None:
        yield f"`otherwise` asks {_listed(otherwise['anyOf'][1]['properties'])}."


# --- small texts, and what happens ----------------------------------------------------------------


def _piece(name: str, schema: Schema) -> Section:
    ways = [one for one in (schema, *schema.get("anyOf", [])) if "properties" in one]
    said = plainly(str(schema.get("description", "")))
    if len(ways) > 1:
        said = "One of these."
    held = "" if ways or form(schema) == "a text" else f"{form(schema)[0].upper()}{form(schema)[1:]}."
    body = [f"{said} {held}".strip(), *map(keys_of, ways)]
    return Section(name, title(name), 3, "\n\n".join(part for part in body if part))


def _events() -> str:
    return "\n\n".join(
        (
            f"What Kweek itself records, and conditions may count: {_listed(BUILT_IN)}.",
            "Your own are declared in `rules/events.yaml`.",
            f"In every `whenever`, without being written: {_listed(WHENEVER_DEFAULTS)}.",
            f"Where the lead stays, a list of these is done at once: {_listed(IMMEDIATE)} (without `within`).",
        )
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(map(code, words))
