"""What do a thousand make-believe leads do in a flow? No chance is in it: a hash draws, so every run is the same.

- A mail: `mix` says which share does what (`opened: 45%`), the rest does nothing. An address is found dead within a
  minute; people react within two days, most of them soon. Who clicks, clicks a link for which the step waits.
- A call, a handover, a task: what `mix` says of it, the rest is left undone. Where it says nothing of calls (of
  handovers, of tasks), all that can come of one is equally probable, being left undone included — but sales contacts
  everyone and closes every handover within three weeks.
- `unreachable` is as many attempts as the call allows, one a day. An own event (`quote.requested: 5%`) happens once,
  sometime in the days that the case mentions.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from kweek.flow.cases.case import Case
from kweek.flow.cases.read import MAIL_WORDS
from kweek.flow.cases.run import INSTANT, Ran, at_end_of, begin, story_of
from kweek.flow.plan import Call, Plan, Send
from kweek.flow.simulate.life import Life, Opened
from kweek.flow.spread import spread
from kweek.flow.state import Value
from kweek.flow.words import CALL, HANDOVER
from kweek.flow.world import World

_AT_ONCE: Final = ("bounced", "undelivered", "blocked")
_CALL_ENDS: Final = tuple(word for word in CALL if word != "blocked")
_NOTHING: Final = ""


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """What somebody does, and when. n: the order in which it was drawn."""

    at: datetime
    n: int
    kind: str
    ref: str | None = field(compare=False)
    data: Mapping[str, Value] = field(default_factory=dict[str, Value], compare=False)


def run_crowd(plan: Plan, case: Case, world: World) -> Iterator[Ran]:
    """The story of each of the case's leads, up to the last day that it mentions."""
    for number in range(case.leads):
        life = begin(plan, case, world, lead=f"{case.name} {number + 1}")
        live(life, plan, case)
        yield Ran(story_of(life, plan))


def live(life: Life, plan: Plan, case: Case) -> None:
    """Let people do what is drawn for this lead, to the end of the last day that the case mentions."""
    until = at_end_of(case.last_day, life.start)
    deeds = list(_own_events(life, case))
    heapq.heapify(deeds)
    seen = 0
    while True:
        for opened in life.opened[seen:]:
            for deed in _reactions(life, plan, case, opened, len(deeds) + 1_000 * seen):
                heapq.heappush(deeds, deed)
            seen += 1
        due = life.due
        if deeds and deeds[0].at < until and (due is None or deeds[0].at <= due):
            _do(life, heapq.heappop(deeds))
        elif due is not None and due < until:
            life.run(due + INSTANT)
        else:
            return


def _do(life: Life, deed: Deed) -> None:
    if deed.kind == "unclear":
        life.run(deed.at)
        life.memory.unclear.add(deed.ref or "")
    else:
        life.hear(deed.at, deed.kind, deed.ref, deed.data)


def _own_events(life: Life, case: Case) -> Iterator[Deed]:
    for n, (kind, share) in enumerate(case.mix):
        if "." in kind and spread(life.memory.lead, kind) * 100 < share:
            part = spread(life.memory.lead, f"{kind} when")
            yield Deed(life.start + _minutes(part * case.last_day * 1440), n, kind, None)


def _reactions(life: Life, plan: Plan, case: Case, opened: Opened, n: int) -> Iterator[Deed]:
    lead, key, at = life.memory.lead, opened.key, opened.at
    drawn, part = spread(lead, key), spread(lead, f"{key} when")
    match opened.verb:
        case "send":
            kind = _by_shares([line for line in case.mix if line[0] in MAIL_WORDS], drawn)
            soon = _minutes(1) if kind in _AT_ONCE else _minutes(10 + part * part * 2_880)
            if kind:
                yield Deed(at + soon, n, kind, key, _link(plan, opened, part) if kind == "clicked" else {})
        case "call":
            kind = _of_people(case, (*_CALL_ENDS, *_own_outcomes(plan, opened)), drawn, (_NOTHING,))
            yield from _call(plan, opened, kind, at + _minutes(60 + part * 1_440), n)
        case "handover":
            kind = _of_people(case, HANDOVER, drawn)
            close = at + _minutes(1_440 + part * 28_800)
            if kind:
                yield Deed(at + _minutes(60 + part * 1_200), n, "contacted", key)
                later: dict[str, Value] = {"later_on": (close + timedelta(days=30)).date()} if kind == "later" else {}
                yield Deed(close, n + 1, kind, key, later)
        case "task":
            undone = () if opened.effect.args.get("deadline") is None else (_NOTHING,)
            kind = _of_people(case, opened.outcomes, drawn, undone)
            if kind:
                yield Deed(at + _minutes(60 + part * 1_440), n, kind, key)


def _link(plan: Plan, opened: Opened, drawn: float) -> dict[str, Value]:
    step = plan.steps.get(opened.effect.step)
    links = [line.link for line in step.when if line.link] if isinstance(step, Send) else []
    return {"link": links[int(drawn * len(links))]} if links else {}


def _call(plan: Plan, opened: Opened, kind: str, at: datetime, n: int) -> Iterator[Deed]:
    step = plan.steps.get(opened.effect.step)
    if kind == "unreachable":
        attempts = step.attempts if isinstance(step, Call) else 3
        for attempt in range(attempts):
            yield Deed(at + timedelta(days=attempt), n + attempt, "attempted", opened.key)
    elif kind:
        yield Deed(at, n, kind, opened.key)


def _own_outcomes(plan: Plan, opened: Opened) -> tuple[str, ...]:
    """Those of the script that the flow names."""
    step = plan.steps.get(opened.effect.step)
    named = (line.event for line in step.when) if isinstance(step, Call) else ()
    return tuple(event for event in named if event not in (*CALL, "else", "attempted") and "." not in event)


def _of_people(case: Case, ways: tuple[str, ...], drawn: float, undone: tuple[str, ...] = ()) -> str:
    said = [line for line in case.mix if line[0] in ways]
    if said:
        return _by_shares(said, drawn)
    even = (*ways, *undone)
    return even[int(drawn * len(even))]


def _by_shares(lines: list[tuple[str, int]], drawn: float) -> str:
    total = 0
    for kind, share in lines:
        total += share
        if drawn * 100 < total:
            return kind
    return _NOTHING


def _minutes(number: float) -> timedelta:
    return timedelta(minutes=int(number))
