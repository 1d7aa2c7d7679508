"""Does a flow ask for more mail than its limit lets through? The worst case of any window, along any way.

A warning: the limit only delays a mail, and nobody is lost by it. And the workspace's limit stands in another file:
who makes that one stricter must not thereby stop every flow from being published.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from kweek.flow.compile import compile_flow
from kweek.flow.ids import name_steps
from kweek.flow.lint.names import Names
from kweek.flow.lint.passages import minutes, said
from kweek.flow.lint.report import Report
from kweek.flow.lint.worst import Passed, worst_mails
from kweek.flow.model import Flow
from kweek.flow.plan import Call, Limit, Plan, Send, Task
from kweek.flow.problems import BrokenSourceError, Position

_SHOWN = 6  # mails of a way; the ones between are left out


def check_limit(flow: Flow, names: Names, report: Report) -> None:
    """Of a flow without errors. Of both limits the flow's own speaks first, and one message is enough."""
    own = flow.limit and flow.limit.value
    limits = [(own, f"in line {flow.limit.key.line}" if flow.limit else ""), (names.limit, "of rules/workspace.yaml")]
    if not any(limit for limit, _ in limits):
        return
    try:
        plan = compile_flow(flow, "draft")
    except BrokenSourceError:
        return  # it has messages of its own
    service = {name for name, mail in names.mails.items() if mail.service}
    for limit, where in limits:
        if limit is not None and _exceeds(flow, plan, service, limit, where, report):
            return


def _exceeds(flow: Flow, plan: Plan, service: set[str], limit: Limit, where: str, report: Report) -> bool:
    window = _window(limit)
    worst = worst_mails(plan, service, window, enough=limit.mails + 1)
    if worst.mails is not None and worst.mails <= limit.mails:
        return False
    mails = [passed for passed in worst.way if passed.mails]
    last, lines = mails[-1], {id: at for at, id in name_steps(flow)[0].items()}
    number = f"{_ordinal(limit.mails + 1)} mail within {limit.per}"
    what = f"This can be a lead's {number}, and the limit {where} is {limit}"
    why = f"it would wait until there is room. The way: {' → '.join(_told(worst.way, plan, lines))}"
    if last.words == "each time" or last.step not in plan.steps:
        fix = "Make it “kind: service” if the lead asked for it; else send it on a path of its own, behind a wait"
    else:
        more = _length(window - last.after)
        by = "a wait, or a longer within" if any(_has_waited(passed, plan) for passed in worst.way[:-1]) else "a wait"
        fix = f"Let {more} more pass on this way ({by}), or allow {limit.mails + 1} mails"
    report.warning(_place(last, flow, lines), "over-limit", what, why, fix)
    return True


def _has_waited(passed: Passed, plan: Plan) -> bool:
    """Does this way leave its step when the time of its `within` is up? What a line of `when` hears, is acted on at
    once."""
    match plan.steps.get(passed.step):
        case Send(within=within, when=when) | Call(within=within, when=when) | Task(within=within, when=when):
            return within is not None and passed.words not in map(said, when)
        case _:
            return False


def _place(passed: Passed, flow: Flow, lines: dict[str, Position]) -> Position:
    """Of the mail; of the line of `whenever` that sends one."""
    said = (line.event for line in flow.whenever if passed.words.startswith(line.event.value))
    return lines.get(passed.step) or next(said, flow.steps.name).at


def _told(way: tuple[Passed, ...], plan: Plan, lines: dict[str, Position]) -> Iterator[str]:
    """`survey (line 12) → answered → case (line 20)`: mails, and what the author wrote between them."""
    told = list[str]()
    for passed in way:
        step = plan.steps.get(passed.step)
        if step is not None and passed.mails:
            name = next((mail for mail, _ in step.mails if mail), "") if isinstance(step, Send) else passed.words
            told.append(f"{name} (line {lines[passed.step].line})")
        between = step is None or (passed is not way[-1] and passed.words not in ("else", "each time"))
        if passed.words and between:
            told.append(passed.words)
    yield from told if len(told) <= 2 * _SHOWN else (*told[:_SHOWN], "…", *told[-_SHOWN:])


def _window(limit: Limit) -> timedelta:
    """Its length on the clock. A business week is taken for five days of eight hours."""
    if not limit.per.business:
        return timedelta(minutes=minutes(limit.per))
    days = limit.per.amount if limit.per.unit == "day" else ceil(limit.per.amount / 8)
    return timedelta(days=days + 2 * ceil(days / 5))


def _length(time: timedelta) -> str:
    """Rounded up to what one would write."""
    hours = ceil(time / timedelta(hours=1))
    if hours % 24 == 0 or hours > 72:
        days = ceil(hours / 24)
        return f"{days} day{'' if days == 1 else 's'}"
    return f"{hours} hour{'' if hours == 1 else 's'}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"
