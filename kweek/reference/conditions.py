"""What may a condition name? Its fields and functions, with what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kweek.flow.conditions.schema import FieldType
from kweek.flow.conditions.shape import FUNCTIONS
from kweek.flow.lint.names import COMPUTED, PROFILE
from kweek.reference.section import Section, code, table

_TEXT: Final = """\
One line, true or not: `lead.profile in ["A", "B"] and count("clicked", "14 days") > 2`. Comparisons are `==`, `!=`,
`<`, `<=`, `>`, `>=`, `in` and `not in`; they are joined by `and`, `or` and `not`. Texts stand in quotes. What is not
known of a lead makes a comparison unknown, which is not true."""
_YOURS: Final = {
    "lead.<field>": "your own, by `fields` in `rules/workspace.yaml`",
    "bant.<fact>": "what was found out, by `facts` in `rules/sales-ready.yaml`; without any: `bant.budget`, "
    "`bant.authority`, `bant.need`, `bant.time`",
    "survey.<survey>.<question>": "what was answered",
    "event.<field>": "what the start event carried, by `rules/events.yaml`",
    "today": "a date",
}


def about_conditions() -> Iterator[Section]:
    yield Section("conditions", "Conditions", 2, _TEXT)
    yield Section("fields", "fields", 3, table(("field", "is"), _fields()))
    asked = ((code(name), ", ".join(_asked(name)), code(one.example)) for name, one in FUNCTIONS.items())
    yield Section("functions", "functions", 3, table(("function", "is asked", "as in"), asked))


def _fields() -> Iterator[tuple[str, str]]:
    known: Mapping[str, FieldType] = {**{f"lead.{name}": kind for name, kind in PROFILE.items()}, **COMPUTED}
    for name, kind in known.items():
        yield code(name), ", ".join(map(code, kind.choices)) or str(kind)
    for name, words in _YOURS.items():
        yield code(name), words


def _asked(function: str) -> Iterator[str]:
    one = FUNCTIONS[function]
    for number, argument in enumerate(one.takes):
        yield argument if number < one.needs else f"{argument} (may be left out)"
