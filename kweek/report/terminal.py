"""How is a simulation said in a terminal? A number a line, with what it was in the other version beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from kweek.draw.tell import tell
from kweek.flow.model import Flow
from kweek.flow.simulate.result import Days, Desk, Simulation
from kweek.report import told
from kweek.report.missed import missed
from kweek.words import Tongue

_ENGLISH: Final = Tongue("en")
_NO_DESK: Final = Desk("", "", (), None, None, ())  # in the version that opened nothing there


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
    numbers = [*_endings(one, before, say), *_mails(one, before), *_desks(one, before)]
    wide = max(len(number.label) for number in numbers)
    for number in numbers:
        remark = f"  {number.remark}" if number.remark else ""
        yield f"  {number.label:<{wide}} {number.now:>8,}{_was(number.then)}{remark}"
    if never := missed(one, tell(flow, say)):
        yield ""
        yield "  Nobody came here:"
        yield from (f"    {each.words} ({each.step})" if each.step else f"    {each.words}" for each in never)
    yield ""
    yield f"  {_count(one.ways, 'different way')}; the commonest:"
    for way in one.stories[:3]:
        yield f"  {_count(way.leads, 'lead')}, as lead {way.lead + 1}:"
        for line in way.told:
            yield f"    day {line.day:<3} {told.weekday(line, say)} {line.clock}  {told.whole(line, one.others, say)}"


class _Number(Struct, frozen=True):
    """then: what it was in the other version, if there is one."""

    label: str
    now: int
    then: int | None
    remark: str = ""


def _endings(one: Simulation, before: Simulation | None, say: Tongue) -> Iterator[_Number]:
    for ending in dict.fromkeys((*one.endings, *(before.endings if before else ()))):
        now, then = sum(one.endings.get(ending, ())), before and sum(before.endings.get(ending, ()))
        yield _Number(told.result(ending, say), now, then)
    yield _Number("under way", one.under_way[-1], before and before.under_way[-1])


def _mails(one: Simulation, before: Simulation | None) -> Iterator[_Number]:
    yield _Number("mails", _all(one.mails), before and _all(before.mails))
    mixed = bool(one.other_mails or (before and before.other_mails))
    others, then = _all(one.other_mails), before and _all(before.other_mails)
    if mixed:
        own_then = None if before is None or then is None else _all(before.mails) - then
        yield from _parts(_all(one.mails) - others, own_then, others, then)
    most = [
        _Number("  at most to one lead", one.most.mails, before and before.most.mails),
        _Number("  … within seven days", one.most_in_a_week.mails, before and before.most_in_a_week.mails),
    ]
    if mixed:
        week = one.most_own_in_a_week.mails
        most += [
            _Number("  at most, of this flow", one.most_own.mails, before and before.most_own.mails),
            _Number("  … within seven days", week, before and before.most_own_in_a_week.mails),
        ]
    yield from _some(*most)


def _desks(one: Simulation, before: Simulation | None) -> Iterator[_Number]:
    """The queues and teams of both, each once."""
    old = {(desk.kind, desk.name): desk for desk in before.desks} if before else None
    now = {(desk.kind, desk.name): desk for desk in one.desks}
    for kind, name in sorted({*now, *(old or ())}):
        desk = now.get((kind, name))
        then = None if old is None else old.get((kind, name), _NO_DESK)
        opened = sum(desk.opened) if desk else 0
        yield _Number(f"{kind}s ({name})", opened, then and sum(then.opened))
        if desk is not None:
            yield from _desk(desk, then, one)


def _desk(desk: Desk, then: Desk | None, one: Simulation) -> Iterator[_Number]:
    others, others_then = sum(desk.of_others), then and sum(then.of_others)
    if others or others_then:
        own_then = None if then is None else sum(then.opened) - sum(then.of_others)
        yield from _parts(sum(desk.opened) - others, own_then, others, others_then)
    most = max(desk.opened)
    date = one.days[desk.opened.index(most)].date
    can = "" if desk.capacity is None else f"; {max(desk.capacity)} a day can be done"
    yield from _some(_Number("  on the busiest day", most, then and max(then.opened, default=0), date + can))
    if desk.backlog is not None:
        over = then and max(then.backlog or (0,))
        yield from _some(_Number("  left over at most", max(desk.backlog), over))


def _parts(own: int, own_then: int | None, others: int, others_then: int | None) -> Iterator[_Number]:
    yield from _some(_Number("  of this flow", own, own_then), _Number("  of other flows", others, others_then))


def _some(*numbers: _Number) -> Iterator[_Number]:
    """Those that are something in one version at least."""
    yield from (number for number in numbers if number.now or number.then)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _all(mails: Mapping[str, Days]) -> int:
    return sum(map(sum, mails.values()))


def _was(then: int | None) -> str:
    return "" if then is None else f" (before: {then:,})"
