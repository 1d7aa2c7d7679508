"""When is that? Durations on their calendars, and the moments that `wait: until …` means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, TypeVar

from kweek.flow.answers import Answers
from kweek.flow.duration import Duration
from kweek.flow.machine.work import Work
from kweek.flow.moment import Moment
from kweek.flow.plan import Plan, Start, Wait
from kweek.flow.state import Enrolment
from kweek.rules.calendars import Calendar

Day = TypeVar("Day", bound=date)

_YEARS: Final = range(1900, 9000)
"""In which a lead's date may lie. Beyond them it says that somebody had to fill something in: 9999-12-31."""


def after(moment: datetime, duration: Duration, calendar: Callable[[], Calendar]) -> datetime:
    """So long after a moment. Elapsed time needs no calendar, so none is asked for."""
    return calendar().add(moment, duration) if duration.business else moment + duration.elapsed


def end_of_wait(work: Work, enrolment: Enrolment, step: Wait) -> datetime | None:
    """When this wait, begun now, is over. None: it hangs on a date that is not known."""
    until, plan = step.until, work.plan(enrolment)
    if until.within is not None:
        return after(work.now, until.within, lambda: work.answers.calendar(None))
    if until.date_field is not None:
        return date_of(work, enrolment, step)
    clock = next_clock(work.now, until, work.answers.timezone(plan))
    return clock + timedelta(minutes=work.answers.spread_minutes()) * work.answers.spread(step.id)


def date_of(work: Work, enrolment: Enrolment, step: Wait) -> datetime | None:
    """What a wait for a date field waits for, as the field is now. None: it is not known."""
    until = step.until
    if until.date_field is None:
        return None
    value = _as_date(work.answers.facts(enrolment).field(until.date_field))
    return None if value is None else beside(work.answers, work.plan(enrolment), value, until)


def beside(answers: Answers, plan: Plan, value: date, until: Moment) -> datetime:
    """So long before or after a date. A date begins at midnight where the lead is; `90 days before` it is counted on
    the wall calendar, so that it is midnight there too, summer or winter."""
    zone, offset = answers.timezone(plan), until.offset
    if isinstance(value, datetime):
        return _beside_moment(answers, value.astimezone(UTC), until)
    if offset is not None and not offset.business and offset.unit in ("day", "week"):
        days = offset.elapsed if not until.before else -offset.elapsed
        return _midnight(value + days, zone)
    return _beside_moment(answers, _midnight(value, zone), until)


def start_moment(answers: Answers, plan: Plan, start: Start, since: datetime) -> datetime | None:
    """When this way in next opens for the lead by itself, after `since`; None: it hangs on a date that is not known,
    or on an event."""
    if start.every is not None:
        return next_clock(since, start.every, answers.timezone(plan))
    if start.at is None or start.at.date_field is None:
        return None
    value = _as_date(answers.facts(None).field(start.at.date_field))
    return None if value is None else beside(answers, plan, value, start.at)


def next_clock(now: datetime, until: Moment, zone: tzinfo) -> datetime:
    """The first such weekday and time after now, in UTC. A time that the change to summer skips is an hour later
    that day, one that comes twice is its first coming."""
    clock = time(*divmod(until.clock or 0, 60))
    today = now.astimezone(zone).date()
    for ahead in range(9):  # a week, and the day beyond it that a skipped hour may need
        day = today + timedelta(days=ahead)
        moment = datetime.combine(day, clock, zone).astimezone(UTC)
        if moment > now and until.weekday in (None, day.weekday()):
            return moment
    raise AssertionError("a weekday comes within nine days")


def _beside_moment(answers: Answers, moment: datetime, until: Moment) -> datetime:
    if until.offset is None:
        return moment
    if not until.before:
        return after(moment, until.offset, lambda: answers.calendar(None))
    if until.offset.business:
        return answers.calendar(None).subtract(moment, until.offset)
    return moment - until.offset.elapsed


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def as_moment(value: object) -> datetime | None:
    """A datum of an event, which may still be the text that it came as."""
    match value:
        case datetime() if value.year in _YEARS:
            return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        case str():
            return as_moment(_or_none(datetime.fromisoformat, value))
        case _:
            return None


def _as_date(value: object) -> date | None:
    match value:
        case str() if len(value) == len("2026-03-02"):
            return _as_date(_or_none(date.fromisoformat, value))
        case datetime() | str():
            return as_moment(value)
        case date() if value.year in _YEARS:
            return value
        case _:
            return None


def _or_none(read: Callable[[str], Day], text: str) -> Day | None:
    try:
        return read(text)
    except ValueError:
        return None
