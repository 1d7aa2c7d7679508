"""How did it end, and what was there to do? The lines of the tables that say so, beside those of another version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kweek.flow.simulate.result import Simulation
from kweek.report import told
from kweek.report.shown import KINDS, Shown, opened, share
from kweek.words import Tongue


@dataclass(frozen=True, slots=True)
class Number:
    """now, before: how many; difference: with its sign, where there are both."""

    name: str
    now: str
    share: str
    before: str = ""
    difference: str = ""


def endings(one: Simulation, before: Shown | None, say: Tongue) -> Iterator[Number]:
    """How many leads ended so, and how many have not ended."""
    other = before.simulation if before else None
    for result in sorted({*one.endings, *(other.endings if other else ())}):
        then = sum(other.endings.get(result, ())) if other else None
        yield _number(told.result(result, say), sum(one.endings.get(result, ())), one.leads, then, say)
    yield _number(say("simulate.under.way"), one.under_way[-1], one.leads, other and other.under_way[-1], say)


def to_do(one: Simulation, before: Shown | None, say: Tongue) -> Iterator[Number]:
    """How many mails, calls and handovers there were in all."""
    other = before.simulation if before else None
    yield _number(say("simulate.mails.all"), _mails(one), 0, other and _mails(other), say)
    yield from _of_others(say("simulate.of.others.mails"), _other_mails(one), other and _other_mails(other), say)
    for kind, word, of_others in KINDS:
        then = None if other is None else sum(opened(other, kind))
        yield _number(say(word), sum(opened(one, kind)), 0, then, say)
        then = None if other is None else sum(opened(other, kind, of_others=True))
        yield from _of_others(say(of_others), sum(opened(one, kind, of_others=True)), then, say)


def _mails(one: Simulation) -> int:
    return sum(map(sum, one.mails.values()))


def _other_mails(one: Simulation) -> int:
    return sum(map(sum, one.other_mails.values()))


def _of_others(name: str, now: int, then: int | None, say: Tongue) -> Iterator[Number]:
    if now or then:
        yield _number(name, now, 0, then, say)


def _number(name: str, now: int, leads: int, then: int | None, say: Tongue) -> Number:
    part = share(now, leads, say) if leads else ""
    if then is None:
        return Number(name, say.number(now), part)
    sign = "+" if now > then else "−" if now < then else "±"
    return Number(name, say.number(now), part, say.number(then), f"{sign}{say.number(abs(now - then))}")
