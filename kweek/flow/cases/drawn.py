"""Which case walks a line that a draw decides? A hundred leads, and what only those do whom the draw sent there.

`share: 20%` sends some leads one way and the others on. Which of the two one lead goes, its case cannot choose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from kweek.flow.cases.case import Case, Count
from kweek.flow.cases.crowd import run_crowd
from kweek.flow.cases.judge import has
from kweek.flow.cases.read_expect import nouns_of
from kweek.flow.cases.run import Ran
from kweek.flow.cases.ways import NOWHERE
from kweek.flow.cases.written import NOTICED, noticed, text
from kweek.flow.plan import Choose, Plan
from kweek.flow.world import World

_LEADS: Final = 100
_MIX: Final = (("opened", 50),)
_DAYS: Final = 60


class Crowd(Struct, frozen=True):
    """The row that it is for, and the item of the list of tests."""

    row: str
    text: str


def drawn(plan: Plan, world: World, left: Mapping[str, str], taken: set[str], indent: int = 2) -> Iterator[Crowd]:
    """Of the rows that no case of one lead walks, those that a draw decides. taken: names that are there already."""
    for row, words in left.items():
        name = "the draw sends the others on" if words == "else" else f"the draw sends {words} another way"
        while name in taken:
            name += " too"
        if draws(plan, row) and (one := _crowd(plan, world, row, name)):
            taken.add(name)
            yield Crowd(row, "".join(f"{' ' * indent}{line}\n" for line in one))


def draws(plan: Plan, row: str) -> bool:
    """Does a draw decide who walks this row?"""
    step = plan.steps.get(row.rpartition(" ")[0])
    return isinstance(step, Choose) and any(branch.share is not None for branch in step.branches)


def _crowd(plan: Plan, world: World, row: str, name: str) -> list[str] | None:
    """What sets those who were drawn apart, with half of their number for the least: another draw differs a little."""
    count = Count(_DAYS, "under way", 0, None, True, NOWHERE)
    case = Case(plan.flow, "", name, NOWHERE, counts=(count,), leads=_LEADS, mix=_MIX)
    runs = list(run_crowd(plan, case, world))
    mine, others = [ran for ran in runs if row in ran.rows], [ran for ran in runs if row not in ran.rows]
    if not mine:
        return None
    found = [(_number(mine, *one) - _number(others, *one), one) for one in _seen(mine, plan)]
    best, (day, what) = max(found, key=lambda one: (one[0], -one[1][0]), default=(0, (0, "")))
    if best <= 0:
        return None
    return [
        f"- name: {text(name)}",
        f"  leads: {_LEADS}",
        "  mix: { " + ", ".join(f"{word}: {share}%" for word, share in _MIX) + " }",
        "  expect:",
        f"    after {day} days: {{ {text(what, inside=True)}: at least {max(1, _number(mine, day, what) // 2)}% }}",
    ]


def _seen(runs: list[Ran], plan: Plan) -> dict[tuple[int, str], None]:
    """Everything that these leads were seen to do, and by which day."""
    nouns, seen = nouns_of(plan), dict[tuple[int, str], None]()
    for ran in runs:
        told = ran.story.until(_DAYS).told
        seen |= {(one.day, noticed(one, nouns)): None for one in told if one.kind in NOTICED}
        if ran.story.end is not None and ran.story.end.day <= _DAYS:
            seen[ran.story.end.day, ran.story.end.what] = None
    return seen


def _number(runs: list[Ran], day: int, what: str) -> int:
    return sum(has(ran.story, what, day) for ran in runs)
