"""How is a simulation said in a terminal? A few lines of numbers, with what they were in the other version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kweek.draw.tell import tell
from kweek.flow.model import Flow
from kweek.flow.simulate.result import Days, Desk, Most, Simulation
from kweek.report import told
from kweek.report.missed import missed
from kweek.words import Tongue

_ENGLISH: Final = Tongue("en")


def lines(
    one: Simulation, flow: Flow, before: Simulation | None = None, say: Tongue = _ENGLISH, *, usual_mix: bool
) -> Iterator[str]:
    """flow: as it is drawn. say: English, with the workspace's own words."""
    yield f"{one.title}: {one.leads:,} leads over {len(one.days)} days from {one.days[0].date}, seed {one.seed}"
    yield f"  arrive     {one.arrive}"
    yield f"  mix        {one.mix}{' (what is usual)' if usual_mix else ''}"
    yield ""
    yield from _endings(one, before, say)
    yield f"  mails      {_all(one.mails):,}{_was(before and _all(before.mails))}; {_most(one, before)}"
    yield from _desks(one, before)
    if never := list(missed(one, tell(flow, say))):
        yield ""
        yield "  Nobody came here:"
        yield from (f"    {words}" for words in never)
    yield ""
    yield f"  {one.ways:,} different ways; the commonest:"
    for way in one.stories[:3]:
        yield f"  {way.leads:,} leads, as lead {way.lead + 1}:"
        yield from (f"    day {line.day:<3} {line.clock}  {told.words(line, say)}" for line in way.told)


def _endings(one: Simulation, before: Simulation | None, say: Tongue) -> Iterator[str]:
    for ending in dict.fromkeys((*one.endings, *(before.endings if before else ()))):
        now, then = sum(one.endings.get(ending, ())), before and sum(before.endings.get(ending, ()))
        yield f"  {told.result(ending, say):<20} {now:>8,}{_was(then)}"
    yield f"  {'under way':<20} {one.under_way[-1]:>8,}{_was(before and before.under_way[-1])}"


def _most(one: Simulation, before: Simulation | None) -> str:
    if one.most.mails == 0 and (before is None or before.most.mails == 0):
        return "nobody gets any"
    whole, week = _mails(one.most, before and before.most), _mails(one.most_in_a_week, before and before.most_in_a_week)
    return f"at most {whole} to one lead, {week} within seven days"


def _mails(most: Most, before: Most | None) -> str:
    return f"{most.mails}{_was(before and before.mails)}"


def _desks(one: Simulation, before: Simulation | None) -> Iterator[str]:
    """The queues and teams of both, each once."""
    old = {(desk.kind, desk.name): desk for desk in before.desks} if before else None
    now = {(desk.kind, desk.name): desk for desk in one.desks}
    for kind, name in sorted({*now, *(old or ())}):
        then = None if old is None else old.get((kind, name))
        words = _desk(now.get((kind, name)), then, one, compared=old is not None)
        yield f"  {kind + 's':<9}  {name}: {words}"


def _desk(desk: Desk | None, then: Desk | None, one: Simulation, *, compared: bool) -> str:
    """then: None as well where nothing was opened there before."""
    opened = sum(desk.opened) if desk else 0
    words = f"{opened:,} opened{_was(sum(then.opened) if then else 0) if compared else ''}"
    if desk is None:
        return words
    busiest = max(range(len(desk.opened)), key=lambda day: desk.opened[day])
    before = (max(then.opened) if then else 0) if compared else None
    words += f", {desk.opened[busiest]}{_was(before)} on the busiest day ({one.days[busiest].date})"
    if desk.capacity is None or desk.backlog is None:
        return words
    over = (max(then.backlog or (0,)) if then else 0) if compared else None
    return f"{words}; {max(desk.capacity)} a day can be done, at most {max(desk.backlog)} are left over{_was(over)}"


def _all(mails: Mapping[str, Days]) -> int:
    return sum(map(sum, mails.values()))


def _was(then: int | None) -> str:
    return "" if then is None else f" (before: {then:,})"
