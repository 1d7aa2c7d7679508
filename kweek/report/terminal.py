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
    leads, days = _count(one.leads, "lead"), _count(len(one.days), "day")
    yield f"{one.title}: {leads} over {days} from {one.days[0].date}, seed {one.seed}"
    yield f"  arrive     {one.arrive}"
    yield f"  mix        {one.mix}{' (what is usual)' if usual_mix else ''}"
    if others := {**one.others, **(before.others if before else {})}:
        yield f"  others     its leads walk in other flows too: {', '.join(others.values())}"
    yield ""
    yield from _endings(one, before, say)
    mails, own = (
        _all(one.mails),
        _of(one.other_mails, before and before.other_mails, one.mails, before and before.mails),
    )
    yield f"  mails      {mails:,}{_was(before and _all(before.mails))}{own}; {_most(one, before)}"
    yield from _desks(one, before)
    if never := list(missed(one, tell(flow, say))):
        yield ""
        yield "  Nobody came here:"
        yield from (f"    {words}" for words in never)
    yield ""
    yield f"  {_count(one.ways, 'different way')}; the commonest:"
    for way in one.stories[:3]:
        yield f"  {_count(way.leads, 'lead')}, as lead {way.lead + 1}:"
        for line in way.told:
            yield f"    day {line.day:<3} {told.weekday(line, say)} {line.clock}  {told.whole(line, one.others, say)}"


def _endings(one: Simulation, before: Simulation | None, say: Tongue) -> Iterator[str]:
    for ending in dict.fromkeys((*one.endings, *(before.endings if before else ()))):
        now, then = sum(one.endings.get(ending, ())), before and sum(before.endings.get(ending, ()))
        yield f"  {told.result(ending, say):<20} {now:>8,}{_was(then)}"
    yield f"  {'under way':<20} {one.under_way[-1]:>8,}{_was(before and before.under_way[-1])}"


def _most(one: Simulation, before: Simulation | None) -> str:
    if one.most.mails == 0 and (before is None or before.most.mails == 0):
        return "nobody gets any"
    whole, week = _mails(one.most, before and before.most), _mails(one.most_in_a_week, before and before.most_in_a_week)
    own = ""
    if one.other_mails or (before and before.other_mails):
        mails = _mails(one.most_own, before and before.most_own)
        own = f"; of this flow alone at most {mails}"
        own += f", {_mails(one.most_own_in_a_week, before and before.most_own_in_a_week)} within seven days"
    return f"at most {whole} to one lead, {week} within seven days{own}"


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
    words = f"{opened:,} opened{_was(sum(then.opened) if then else 0) if compared else ''}{_of_desks(desk, then)}"
    if desk is None:
        return words
    busiest = max(range(len(desk.opened)), key=lambda day: desk.opened[day])
    before = (max(then.opened) if then else 0) if compared else None
    words += f", {desk.opened[busiest]}{_was(before)} on the busiest day ({one.days[busiest].date})"
    if desk.capacity is None or desk.backlog is None:
        return words
    over = (max(then.backlog or (0,)) if then else 0) if compared else None
    return f"{words}; {max(desk.capacity)} a day can be done, at most {max(desk.backlog)} are left over{_was(over)}"


def _of_desks(desk: Desk | None, then: Desk | None) -> str:
    others, opened = desk.of_others if desk else (), desk.opened if desk else ()
    was = ({"": then.of_others}, {"": then.opened}) if then else (None, None)
    return _of({"": others}, was[0], {"": opened}, was[1])


def _of(
    others: Mapping[str, Days],
    then: Mapping[str, Days] | None,
    every: Mapping[str, Days],
    all_then: Mapping[str, Days] | None,
) -> str:
    """How many are of this flow, and how many of others: where there are any of those."""
    now, before = _all(others), None if then is None else _all(then)
    if not now and not before:
        return ""
    own, own_before = _all(every) - now, None if all_then is None or before is None else _all(all_then) - before
    return f", of this flow {own:,}{_was(own_before)}, of other flows {now:,}{_was(before)}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _all(mails: Mapping[str, Days]) -> int:
    return sum(map(sum, mails.values()))


def _was(then: int | None) -> str:
    return "" if then is None else f" (before: {then:,})"
