"""What was expected, and what happened? Two stories side by side, for whoever wrote the test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kweek.flow.cases.case import Case, Count, Ends, Expected
from kweek.flow.cases.crowd import run_crowd
from kweek.flow.cases.judge import Verdict, has, judge
from kweek.flow.cases.run import Ran, run_case
from kweek.flow.plan import Plan
from kweek.flow.simulate.story import Story, Told
from kweek.flow.world import World

_RUN: Final = 3  # of lines that say the same, so many are shown
_HIT, _MISS = "=", "✗"


@dataclass(frozen=True, slots=True)
class Result:
    """How a case came out. message: empty where it holds; else several lines. story: of the lead that shows it."""

    case: Case
    holds: bool
    story: Story
    message: str = ""


def try_case(plan: Plan, case: Case, world: World) -> Result:
    """Run a case and lay its story beside what it expects."""
    if case.mix:
        return _try_crowd(plan, case, world)
    ran = run_case(plan, case, world)
    verdict = judge(case, ran.story)
    wrong = [(count, int(has(ran.story, count.what, count.day))) for count in case.counts]
    wrong = [(count, number) for count, number in wrong if not count.holds(number, 1)]
    if verdict.holds and not wrong and not ran.trouble:
        return Result(case, True, ran.story)
    lines = [*ran.trouble, *_counted(wrong, 1), *side_by_side(case, ran.story, verdict)]
    return Result(case, False, ran.story, "\n".join(lines))


def _try_crowd(plan: Plan, case: Case, world: World) -> Result:
    runs = list(run_crowd(plan, case, world))
    leads = len(runs)
    numbers = [(count, sum(has(ran.story, count.what, count.day) for ran in runs)) for count in case.counts]
    wrong = [(count, number) for count, number in numbers if not count.holds(number, leads)]
    verdicts = [(number, ran, judge(case, ran.story)) for number, ran in enumerate(runs, 1)]
    failed = [one for one in verdicts if not one[2].holds]
    if not wrong and not failed:
        return Result(case, True, runs[0].story)
    lines = [*_counted(wrong, leads)]
    if failed:
        lines.append(f"{len(failed)} of {leads} leads did not do what is expected of each")
    number, ran, verdict = failed[0] if failed else _example(verdicts, wrong[0][0])
    lines.append(f"for example lead {number}:")
    return Result(case, False, ran.story, "\n".join([*lines, *side_by_side(case, ran.story, verdict)]))


def _example(verdicts: Sequence[tuple[int, Ran, Verdict]], count: Count) -> tuple[int, Ran, Verdict]:
    """A lead that has done what was counted, for most mistakes are a number that is too high."""
    return next((one for one in verdicts if has(one[1].story, count.what, count.day)), verdicts[0])


def _counted(wrong: Sequence[tuple[Count, int]], leads: int) -> Iterator[str]:
    for count, number in wrong:
        share = f" ({round(100 * number / leads)}%)" if count.share else ""
        yield f"after {count.day} days {count} — there are {number} of {leads}{share}"


# --- side by side ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    left: str
    mark: str
    right: str


def side_by_side(case: Case, story: Story, verdict: Verdict) -> Iterator[str]:
    """Expected on the left, the story on the right; `=` they agree, `✗` they do not."""
    rows = [_Row("expected", " ", "what happened"), *_short(list(_rows(story, verdict)))]
    width = max(len(row.left) for row in rows)
    for row in rows:
        yield f"  {row.left:<{width}}  {row.mark} {row.right}".rstrip()
    if case.ends is not None and case.ends in verdict.missing:
        end = story.end
        yield f"  it {f'ended on day {end.day}: {end.what}' if end else 'has not ended'}"


def _rows(story: Story, verdict: Verdict) -> Iterator[_Row]:
    missing = sorted(verdict.missing, key=_day)
    for place, told in enumerate(story.told):
        while missing and _day(missing[0]) < told.day:
            yield _missed(missing.pop(0))
        if place in verdict.forbidden:
            yield _Row(str(verdict.forbidden[place]), _MISS, _told(told))
        elif place in verdict.matched:
            yield _Row(_expected(verdict.matched[place]), _HIT, _told(told))
        else:
            yield _Row("", " ", _told(told))
    yield from map(_missed, missing)


def _missed(expected: Expected | Ends) -> _Row:
    return _Row(_expected(expected), _MISS, "")


def _day(expected: Expected | Ends) -> int:
    return 1_000_000 if expected.day is None else expected.day


def _expected(expected: Expected | Ends) -> str:
    day = "" if expected.day is None else f"day {expected.day}"
    words = expected.words if isinstance(expected, Expected) else f"ends {expected.result or ''}".rstrip()
    return f"{day:<7} {words}"


def _told(told: Told) -> str:
    return f"day {told.day:<3} {told.clock}  {told}"


def _short(rows: list[_Row]) -> Iterator[_Row]:
    """Where the same thing happens again and again, the rest is left out."""
    same, before = 0, ""
    for row in rows:
        words = _words(row)
        same = same + 1 if words == before and not row.left else 0
        before = words
        if same < _RUN:
            yield row
        elif same == _RUN:
            yield _Row("", " ", "…")


def _words(row: _Row) -> str:
    """Without its moment: `day 12  09:00  escalate rung 2`."""
    return row.right.partition("  ")[2].partition("  ")[2]
