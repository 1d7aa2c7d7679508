"""How did a case come out? Run, judged, and where it fails told so that its author sees why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from kweek.flow.cases.case import Case, Count
from kweek.flow.cases.crowd import run_crowd
from kweek.flow.cases.judge import Verdict, has, judge
from kweek.flow.cases.parting import HEADS, WIDE, Row, draw, in_words, lay
from kweek.flow.cases.run import Ran, run_case
from kweek.flow.plan import Plan
from kweek.flow.simulate.story import Story
from kweek.flow.world import World


class Result(Struct, frozen=True):
    """How a case came out. story: of the lead that shows it. rows: those of the flow that were walked. says, shows:
    empty where it holds; else what is wrong in sentences, and both stories side by side. seconds: it took.
    engines: on which it was lived."""

    case: Case
    holds: bool
    story: Story
    rows: frozenset[str] = frozenset()
    says: tuple[str, ...] = ()
    shows: tuple[Row, ...] = ()
    heads: tuple[str, str] = HEADS
    seconds: float = 0.0
    engines: tuple[str, ...] = ("machine",)

    @property
    def message(self) -> str:
        """All of it, as plain text."""
        return "\n".join([*self.says, *(text for _, text in self.drawn(WIDE))])

    def drawn(self, width: int) -> Iterator[tuple[str, str]]:
        """The two stories in lines no wider than this, each with its sign (see `parting`)."""
        return draw(self.shows, width, self.heads) if self.shows else iter(())


def try_case(plan: Plan, case: Case, world: World) -> Result:
    """Run a case and lay its story beside what it expects."""
    if case.mix:
        return _try_crowd(plan, case, world)
    return result_of(case, run_case(plan, case, world))


def result_of(case: Case, ran: Ran) -> Result:
    """Of a case with one lead, wherever it was run."""
    verdict = judge(case, ran.story)
    wrong = [(count, int(has(ran.story, count.what, count.day))) for count in case.counts]
    wrong = [(count, number) for count, number in wrong if not count.holds(number, 1)]
    if verdict.holds and not wrong and not ran.trouble:
        return Result(case, True, ran.story, ran.rows)
    return _failed(case, ran, verdict, [*ran.trouble, *_counted(wrong, 1)], ran.rows)


def _failed(case: Case, ran: Ran, verdict: Verdict, says: Iterable[str], rows: frozenset[str]) -> Result:
    told = (*says, *in_words(case, ran.story, verdict))
    return Result(case, False, ran.story, rows, told, lay(ran.story, verdict))


def _try_crowd(plan: Plan, case: Case, world: World) -> Result:
    runs = list(run_crowd(plan, case, world))
    leads = len(runs)
    rows = frozenset[str]().union(*(ran.rows for ran in runs))
    numbers = [(count, sum(has(ran.story, count.what, count.day) for ran in runs)) for count in case.counts]
    wrong = [(count, number) for count, number in numbers if not count.holds(number, leads)]
    verdicts = [(number, ran, judge(case, ran.story)) for number, ran in enumerate(runs, 1)]
    failed = [one for one in verdicts if not one[2].holds]
    if not wrong and not failed:
        return Result(case, True, runs[0].story, rows)
    says = [*_counted(wrong, leads)]
    if failed:
        says.append(f"{len(failed)} of {leads} leads did not do what is expected of each")
    number, ran, verdict = failed[0] if failed else _example(verdicts, wrong[0][0])
    return _failed(case, ran, verdict, [*says, f"for example lead {number}:"], rows)


def _example(verdicts: Sequence[tuple[int, Ran, Verdict]], count: Count) -> tuple[int, Ran, Verdict]:
    """A lead that has done what was counted, for most mistakes are a number that is too high."""
    return next((one for one in verdicts if has(one[1].story, count.what, count.day)), verdicts[0])


def _counted(wrong: Sequence[tuple[Count, int]], leads: int) -> Iterator[str]:
    for count, number in wrong:
        share = f" ({round(100 * number / leads)}%)" if count.share else ""
        yield f"after {count.day} days {count} — there are {number} of {leads}{share}"
