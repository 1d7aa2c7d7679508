"""What was learned of a lead that is more than what happened? What rests on an event, what was known before, and what a
form says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, select

from kweek.intake import differences
from kweek.intake.differences import Difference
from kweek.leads import bant, tables
from kweek.leads.replaced import FORGOTTEN
from kweek.leads.replaced import of_lead as replaced_of
from kweek.rules.said import ROOT
from kweek.web.past import KNOWN, Happened
from kweek.web.rules import WorkspaceRules
from kweek.web.spoken import field_words, kept_words, label_words, value_words
from kweek.words import Tongue


def facts_of(read: Connection, say: Tongue, lead_id: str) -> Mapping[str, Sequence[str]]:
    """By the id of an event: what it told that makes a lead sales ready, as far as that is the last word. What surveys
    and colleagues found out stands in lines of their own."""
    found = dict[str, list[str]]()
    for fact, row in bant.of_lead(read, lead_id).items():
        if row.how in ("form", "api"):
            told = f"{label_words(say, ROOT + fact)}: {value_words(say, fact, row.value)}"
            found.setdefault(row.source, []).append(f"{told} (“{row.evidence}”)" if row.evidence else told)
    return found


def replaced(read: Connection, say: Tongue, lead_id: str, rules: WorkspaceRules) -> Iterator[Happened]:
    """What was known of it, and what has been said instead; and what was said so late that it did not count."""
    kinds, zone = rules.kinds(), rules.zone()

    def known(name: str, value: object) -> str:
        if name in kinds:
            return kept_words(say, value, kinds[name], zone)
        return value_words(say, name.removeprefix(ROOT), value)

    def words(row: Row[Any]) -> str:
        name, was = field_words(say, row.name), known(row.name, row.was)
        if row.became is None:
            return say("past.uncounted.field", name=name, said=was)
        if row.became == FORGOTTEN:
            return say("past.forgotten", name=name, was=was)
        return say("past.instead", name=name, now=known(row.name, row.became), was=was)

    for (at, _, late), rows in groupby(
        replaced_of(read, lead_id), lambda row: (row.at, row.source, row.became is None)
    ):
        title = say("past.uncounted" if late else "past.replaced")
        yield Happened(at, title, None, tuple(map(words, rows)), place=(KNOWN, 0, 0))


def differing(read: Connection, say: Tongue, lead_id: str) -> Iterator[Happened]:
    """What forms said, and what is known otherwise and stays."""
    p = tables.problems.c
    query = select(p.at, p.words).where(p.lead_id == lead_id, p.code == differences.CODE).order_by(p.id)
    for row in read.execute(query):
        lines = [_difference(say, one) for one in differences.read_back(row.words)]
        yield Happened(row.at, say("past.differs"), None, tuple(lines) or (row.words,), place=(KNOWN, 0, 0))


def _difference(say: Tongue, one: Difference) -> str:
    if one.name == differences.CONSENT_BY_TELEPHONE:
        return say("past.differs.consent", words=one.said)
    name = field_words(say, "company.name" if one.name == "company" else one.name)
    said, known = (
        None if value is None else value_words(say, one.name.removeprefix(ROOT), value)
        for value in (one.said, one.known)
    )
    return (
        say("past.differs.new", name=name, said=said)
        if known is None
        else say("past.differs.field", name=name, said=said, known=known)
    )
