"""Does somebody hear of it when a handover or a task is left lying?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Final, TypeGuard

from msgspec.structs import replace

from kweek.flow.duration import Duration
from kweek.flow.lint.graph import Graph
from kweek.flow.lint.names import Week
from kweek.flow.lint.report import Report
from kweek.flow.model import Call, Flow, Handover, Rung, Task
from kweek.flow.problems import Located

_MINUTES: Final = {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080}


def check_ladders(
    flow: Flow, graph: Graph, report: Report, misread: Collection[int], weeks: Mapping[str, Week]
) -> None:
    """Every handover has a ladder; every ladder can be climbed, and does not end. weeks: when the queues are open."""
    for step in flow.walk():
        if isinstance(step, Handover) and not step.escalate and not _near(graph, step, misread):
            what, why = "Nobody hears of it when this handover is left lying", "a lead that sales does not call is lost"
            promise = "" if step.follow_up else "follow_up: 24 hours, and "
            fix = f"Add {promise}escalate: with “- after: 24 hours”, “every: 24 hours”, “tell: manager”"
            report.warning(step.at, "no-escalation", what, why, fix)
        elif isinstance(step, Handover) and step.escalate and not step.follow_up and not _near(graph, step, misread):
            what, why = "This handover promises no time", "sales sees no clock, and nobody can be late"
            fix = f"Add: follow_up: {step.escalate[0].after.value}"
            report.warning(step.at, "no-promise", what, why, fix)
        if isinstance(step, Handover | Task):
            _rungs(step.escalate, report)
        if isinstance(step, Task) and _read(step.within) and step.within.at != step.at:
            _too_late(step.escalate, step.within, report)
        if (
            isinstance(step, Handover)
            and step.escalate
            and _read(step.follow_up)
            and step.escalate[0].at.line not in misread
        ):
            _too_early(step.escalate[0].after, step.follow_up, report)
        if isinstance(step, Call) and _read(step.apart) and step.attempts:
            week = weeks.get(step.queue.value if step.queue else "default")
            _attempts(step, step.apart, step.attempts.value, week, report)
        if isinstance(step, Handover) and _read(step.remind) and _read(step.follow_up):
            _reminder(step.remind, step.follow_up, "the promise is due", report)
        if isinstance(step, Task) and _read(step.remind) and _read(step.within) and step.within.at != step.at:
            _reminder(step.remind, step.within, "the time is up", report)


def _read(time: Located[Duration] | None) -> TypeGuard[Located[Duration]]:
    """Is it written, and not stood in for?"""
    return time is not None and time.said is None


def _near(graph: Graph, step: Handover, misread: Collection[int]) -> bool:
    return any(node.step is step and node.misread(misread) for node in graph.nodes)


def _rungs(rungs: tuple[Rung, ...], report: Report) -> None:
    if rungs and rungs[-1].every is None:
        why = "a lead that nobody follows up would fall silent after it"
        fix = "Add: every: 24 hours"
        report.error(rungs[-1].at, "rung-every", "The last rung of escalate happens only once", why, fix)
    for above, below in pairwise(rungs):
        one, two = above.after.value, below.after.value
        unread = above.after.at == above.at or below.after.at == below.at  # something stands in for it
        if not unread and _not_before(two, one):
            what = f"This rung ({two}) does not come after the one above it ({one})"
            fix = "Write the rungs from the shortest to the longest"
            report.error(below.after.at, "rungs-out-of-order", what, "a ladder is climbed upwards", fix)


def _too_early(after: Located[Duration], due: Located[Duration], report: Report) -> None:
    if _read(after) and _not_before(after.value, due.value) and not _not_before(due.value, after.value):
        what = f"Somebody is told ({after.value}) before the promise is due ({due.value})"
        fix = f"Write: after: {due.value}; for what comes before, use remind"
        report.warning(after.at, "rung-too-early", what, "nobody is late by then", fix)


def _too_late(rungs: tuple[Rung, ...], within: Located[Duration], report: Report) -> None:
    """Of a task, which is over when its time is up."""
    for rung in rungs:
        one, due = rung.after.value, within.value
        if rung.after.at != rung.at and _read(rung.after) and _not_before(due, one) and one != due:
            what = f"This rung ({one}) is never climbed: by then the time of the task ({due}) is up"
            fix = f"Write a shorter one, or a longer within than {one}"
            report.warning(rung.after.at, "rung-too-late", what, "nobody is told", fix)
            return


def _reminder(remind: Located[Duration], due: Located[Duration], when: str, report: Report) -> None:
    if _not_before(due.value, remind.value):
        what = f"The reminder ({remind.value}) does not come before {when} ({due.value})"
        fix = "Remind earlier; for what comes after, use escalate"
        report.warning(remind.at, "reminder-too-late", what, "whoever is reminded then is late already", fix)


def _attempts(step: Call, apart: Located[Duration], attempts: int, week: Week | None, report: Report) -> None:
    within = step.within.value
    if attempts > 1 and step.within.at != step.at and _fills(within, apart.value, attempts, week):
        what = f"{attempts} attempts, each {apart.value} after the other, do not fit into {within}"
        fits = next(n for n in range(attempts - 1, 0, -1) if n == 1 or _surely_fit(within, apart.value, n, week))
        fix = f"Write a longer within, a shorter apart, or “attempts: {fits}”"
        report.warning(apart.at, "attempts-do-not-fit", what, "time is up before the last one", fix)


def _fills(within: Duration, apart: Duration, attempts: int, week: Week | None) -> bool:
    """Is the time up before the last of the attempts?"""
    if (spans := _spans(within, apart, week)) is not None:
        return _length(apart.amount, apart.unit) * (attempts - 1) >= spans[1]
    return _not_before(within, replace(apart, amount=apart.amount * (attempts - 1)))


def _surely_fit(within: Duration, apart: Duration, attempts: int, week: Week | None) -> bool:
    if (spans := _spans(within, apart, week)) is not None:
        return _length(apart.amount, apart.unit) * (attempts - 1) < spans[0]
    return not _fills(within, apart, attempts, week)


_HOLIDAYS: Final = 4  # days in a row that may fall between two business days, besides those on which it is never open


def _spans(within: Duration, apart: Duration, week: Week | None) -> tuple[int, int] | None:
    """How many minutes some business days last at least, and at most, measured as `apart` is: by the hours that the
    queue is open, or by the clock. None: both are of one measure, or nobody knows when it is open."""
    if week is None or not within.business or within.unit != "day" or apart.unit not in ("minute", "hour"):
        return None
    if apart.business:
        return within.amount * week.shortest, within.amount * week.longest
    return within.amount * _MINUTES["day"], (within.amount * 7 // week.days + 1 + _HOLIDAYS) * _MINUTES["day"]


def _not_before(two: Duration, one: Duration) -> bool:
    """Is `one` surely not shorter than `two`? Elapsed and business time have no common measure; but a business day is
    no shorter than a day, an hour of business no shorter than an hour, and with weekends a day seldom longer than
    two."""
    if two.business and not one.business and "hour" in (one.unit, two.unit):
        return False
    longest = 2 if two.business and not one.business else 1
    return _length(one.amount, one.unit) >= longest * _length(two.amount, two.unit)


def _length(amount: int, unit: str) -> int:
    return amount * _MINUTES[unit]
