"""What is known of a make-believe lead? The dates that its flow asks for, and the data of the event that starts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from kweek.flow.facts import Fact
from kweek.flow.moment import Moment
from kweek.flow.plan import Plan, Wait
from kweek.flow.state import Value

_AHEAD: Final = timedelta(days=28)
"""A date that nobody knows lies so far ahead of the lead's start."""


def start_of(plan: Plan) -> str | None:
    """The event that starts it; None: leads are enrolled."""
    return next((start.event for start in plan.start if start.event), None)


def start_data(kinds: Mapping[str, str], at: datetime) -> dict[str, Value]:
    """kinds: the types of the start event's data, by field."""
    made: dict[str, Value] = {"number": 1, "yes/no": True, "moment": at + _AHEAD, "date": (at + _AHEAD).date()}
    return {field: made.get(kind, field) for field, kind in kinds.items()}


def dates_of(plan: Plan, at: datetime) -> dict[str, Fact | None]:
    """The date fields that its waits and its start hang on, so that whoever starts `90 days before` a date has that
    date 90 days ahead."""
    found: dict[str, Fact | None] = {}
    for start in plan.start:
        if start.at is not None and start.at.date_field is not None:
            found[start.at.date_field] = _date_for(start.at, at)
    for step in plan.steps.values():
        if isinstance(step, Wait) and step.until.date_field is not None:
            field = step.until.date_field
            if not field.startswith(("event.", "handover.")):
                found.setdefault(field, (at + _AHEAD).date())
    return found


def _date_for(moment: Moment, at: datetime) -> date:
    """The date whose `90 days before` is now."""
    offset = moment.offset
    if offset is None or offset.business:
        return at.date()
    return (at + offset.elapsed if moment.before else at - offset.elapsed).date()
