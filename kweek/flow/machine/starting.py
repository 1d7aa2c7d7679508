"""How does a lead get into a flow? By an event that starts it, by hand, or from another flow; if `reentry` allows."""

from __future__ import annotations

from collections.abc import Mapping

from kweek.flow.answers import Past
from kweek.flow.machine.moments import after
from kweek.flow.machine.work import Work
from kweek.flow.plan import Plan
from kweek.flow.state import NO_LIFE, Enrolment, Event, Token, Value


def starts(work: Work, event: Event) -> list[tuple[Plan, str | None]]:
    """Which flows does this event start, and with which value of `per`? Asked before anyone reacts to it: a start
    event during an enrolment of the same flow changes nothing.

    A lead that was discarded stays out of no flow for that; but where `reentry` would keep it out, a hard conversion
    brings it back all the same: who asks for a quote hears from us.
    """
    found = [(plan, per_of(work, plan, event)) for plan in _called(work, event)]
    back = work.discarded and work.answers.hard(event.kind)
    return [
        (plan, per)
        for plan, per in found
        if not is_open(work, plan, per) and (back or not refuses(work, plan, per))
    ]  # fmt: skip


def _called(work: Work, event: Event) -> list[Plan]:
    if event.kind == "enrol":
        plan = work.answers.published(str(event.data.get("flow")))
        return [] if plan is None else [plan]
    return [plan for plan in work.answers.starting(event.kind) if _wants(work, plan, event)]


def _wants(work: Work, plan: Plan, event: Event) -> bool:
    lines = [start for start in plan.start if start.event == event.kind]
    return any(
        start.condition is None or start.condition.test(work.answers.facts(None, event)) is True for start in lines
    )


def per_of(work: Work, plan: Plan, event: Event) -> str | None:
    field = plan.reentry.per
    value = None if field is None else work.answers.facts(None, event).field(field)
    return None if value is None else str(value)


def is_open(work: Work, plan: Plan, per: str | None) -> bool:
    """Is the lead in this flow now? With `per`, each value has a life of its own: two webinars, two enrolments."""
    return any((e.flow, e.per) == (plan.flow, per) for e, _ in work.open())


def refuses(work: Work, plan: Plan, per: str | None, leaving: Enrolment | None = None) -> bool:
    """Does `reentry` keep this lead out? leaving: an enrolment that ends at this very moment counts as past."""
    past = [*work.answers.past(plan.flow), *_past_here(work, plan.flow)]
    if leaving is not None and leaving.flow == plan.flow:
        past.append(Past(leaving.per, work.now))
    match plan.reentry.rule:
        case "always":
            return False
        case "never":
            return bool(past)
        case "per":
            return any(one.per == per for one in past)
        case "after":
            pause, left = plan.reentry.after, [one.ended_at for one in past if one.ended_at is not None]
            if pause is None or not left:
                return False
            return work.now < after(max(left), pause, lambda: work.answers.calendar(None))


def _past_here(work: Work, flow: str) -> list[Past]:
    """Enrolments that ended in this advance, or that a withdrawn task keeps in mind."""
    ended = [(e, e.ended) for e in work.enrolments.values() if e.flow == flow and e.ended is not None]
    return [Past(e.per, how.at) for e, how in ended if how.result not in NO_LIFE]


def begin(
    work: Work,
    plan: Plan,
    per: str | None,
    by: str,
    data: Mapping[str, Value],
    since: int | None = None,
    deferred: tuple[Event, ...] = (),
) -> str:
    """A new enrolment, on its way to the first step. since: seq of the event that began it. deferred: what the
    enrolment that it comes from had yet to judge."""
    born = work.born + 1
    enrolment = Enrolment(
        id=f"{work.lead}-{born}",
        flow=plan.flow,
        version=plan.version,
        started_at=work.now,
        since=work.seen if since is None else since,
        token=Token(plan.entry, 0, work.now),
        per=per,
        start_data=dict(data),
        deferred=deferred,
    )
    work.born, work.discarded = born, False
    work.put(enrolment)
    work.note(enrolment.id, "started", flow=plan.flow, version=plan.version, by=by)
    return enrolment.id
