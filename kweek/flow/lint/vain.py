"""What stands there and changes nothing? Warnings: nobody is lost by it, but it is not what its author thinks it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kweek.flow.lint.names import Names
from kweek.flow.lint.passages import minutes
from kweek.flow.lint.report import Report
from kweek.flow.lint.targets import in_words
from kweek.flow.model import (
    AnyStep,
    Choose,
    Ending,
    Flow,
    Inline,
    Next,
    Set,
    Wait,
    targets_of,
)
from kweek.flow.moment import Moment


def check_vain(flow: Flow, names: Names, report: Report) -> None:
    """Of a flow without errors."""
    _limit(flow, names, report)
    for name, steps in flow.lists():
        _moments(steps, _since_start(flow) if name == "steps" else {}, report)
    for step in flow.walk():
        if isinstance(step, Choose):
            _choose(step, report)
        for target in targets_of(step):
            if isinstance(target, Inline):
                _moments(target.steps, {}, report)


def _choose(step: Choose, report: Report) -> None:
    """Do all its lines lead to the same place?"""
    places = {in_words(line.target) for line in step.branches}
    if len(step.branches) == 1 or len(places) > 1 or None in places:
        return
    target = step.branches[0].target
    place, verb = in_words(target), "end" if isinstance(target, Ending) else "go"
    what, why = f"Every line of this choose leads to “{place}”", "so whatever it asks decides nothing"
    instead = "take it away" if isinstance(target, Next) else f"write “- {verb}: {place}” instead"
    report.warning(step.at, "one-way", what, why, f"Let a line lead elsewhere, or {instead}")


def _limit(flow: Flow, names: Names, report: Report) -> None:
    """Is the workspace's stricter in any case?"""
    own, all_flows = flow.limit, names.limit
    if own is None or all_flows is None:
        return
    as_many = own.value.mails >= all_flows.mails
    in_less = own.value.per.business == all_flows.per.business and minutes(own.value.per) <= minutes(all_flows.per)
    if as_many and in_less:
        what = f"This limit never counts: the workspace lets {all_flows} through"
        why = "of the two, the stricter one counts"
        report.warning(own.at, "idle-limit", what, why, "Make this one stricter, or take it away")


# --- moments that are past ----------------------------------------------------------------------------

Passed = dict[str, int]
"""Date field → so many minutes after that date (before it: less than 0) are over for sure."""


def _since_start(flow: Flow) -> Passed:
    """What is over when a lead comes in: every way in must be at a moment about the same date."""
    begins = [_of_date(start.moment.value) if start.moment else None for start in flow.start]
    known = [begin for begin in begins if begin is not None]
    if not known or len(known) < len(begins) or len({field for field, _ in known}) > 1:
        return {}
    return {known[0][0]: min(minute for _, minute in known)}


def _of_date(moment: Moment) -> tuple[str, int] | None:
    """The date field, and how long after that date it is. None: no moment of a date, or one by open hours."""
    if moment.date_field is None or (moment.offset and moment.offset.business):
        return None
    lasts = minutes(moment.offset) if moment.offset else 0
    return moment.date_field, -lasts if moment.before else lasts


def _moments(steps: Sequence[AnyStep], passed: Passed, report: Report) -> None:
    """passed: what is over for whoever comes to the first of these steps."""
    over = dict(passed)
    for step in steps:
        if isinstance(step, Set):
            _forget(over, (field.value for field, _ in step.fields))
        until = _of_date(step.until.value) if isinstance(step, Wait) else None
        if not isinstance(step, Wait) or until is None:
            continue
        field, minute = until
        if field in over and minute <= over[field]:
            what, why = "This moment is past whenever a lead comes here", "so nobody ever waits"
            fix = f"Name a later one, such as “until 7 days after {field}”, or wait for a time"
            report.warning(step.until.at, "past-moment", what, why, fix)
        over[field] = max(minute, over.get(field, minute))


def _forget(over: Passed, fields: Iterable[str]) -> None:
    for field in fields:
        over.pop(f"lead.{field.removeprefix('lead.')}", None)
