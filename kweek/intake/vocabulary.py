"""Which words may a sender use? The events and fields of the workspace's rules, with their types."""

from __future__ import annotations

from collections.abc import Callable, Collection

from kweek.flow.catalogue import Rules
from kweek.intake.check_lead import Vocabulary
from kweek.rules.said import FactTypes

Names = Callable[[], Collection[str]]


def vocabulary_of(
    rules: Rules, facts: FactTypes, flows: Names = tuple[str, ...], purposes: Names = tuple[str, ...]
) -> Vocabulary:
    """facts: what can be found out of a lead. flows: those that are published. purposes: what mails ask consent for."""
    events = {
        name: {field: own.kind.value for field, own in event.data.items()} for name, event in rules.events.items()
    }
    fields = {name: own.kind.value for name, own in rules.settings.fields.items()}
    titles = {name: tuple(own.title.values()) for name, own in rules.settings.fields.items()}
    return Vocabulary(events, fields, flows, purposes, country_of(rules), facts, titles)


def country_of(rules: Rules) -> str | None:
    """Where telephone numbers are from that do not say so: where the office keeps its holidays."""
    office = rules.calendars.get(rules.settings.calendar.value) if rules.settings.calendar else None
    return office.calendar.holidays[0][:2] if office and office.calendar.holidays else None
