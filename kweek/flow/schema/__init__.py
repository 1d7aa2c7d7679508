"""What may stand in a file? JSON Schema (draft 2020-12) for editors, which complete and check while one types.

Made from the tables that the loader itself reads by: its keys, verbs, options, words and patterns. What only the whole
workspace can tell (does this mail exist?) is the linter's.

- `pieces`: the small texts, each named once; `steps`: verbs, targets and clauses
- `flow`, `cases`, `survey`, `rules`, `mail`: one kind of file each
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kweek.flow.schema.cases import cases
from kweek.flow.schema.flow import flow
from kweek.flow.schema.mail import mail
from kweek.flow.schema.pieces import PIECES, Schema, refs_in
from kweek.flow.schema.rules import calendars, events, personas, sales_ready, scoring, teams, workspace
from kweek.flow.schema.steps import step_schemas
from kweek.flow.schema.survey import survey

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
KINDS: Final[Mapping[str, Callable[[], Schema]]] = {
    "flow": flow,
    "tests": cases,
    "survey": survey,
    "events": events,
    "calendars": calendars,
    "teams": teams,
    "scoring": scoring,
    "personas": personas,
    "sales-ready": sales_ready,
    "workspace": workspace,
    "mail": mail,
}
"""Kind of file → its schema."""


def schema_of(kind: str) -> Schema:
    """Whole: with all that it refers to. KeyError: there is no such kind."""
    body = KINDS[kind]()
    pieces, used = {**PIECES, **step_schemas()}, dict[str, Schema]()
    open_refs = set(refs_in(body))
    while open_refs:
        name = open_refs.pop()
        used[name] = pieces[name]
        open_refs |= set(refs_in(used[name])) - used.keys()
    return {"$schema": DRAFT, **body, **({"$defs": dict(sorted(used.items()))} if used else {})}
