"""Did a lead do what its case expects? Its story, held against what the author wrote."""

from __future__ import annotations

from msgspec import Struct

from kweek.flow.cases.case import Case, Ends, Expected
from kweek.flow.simulate.story import Story, Told


class Verdict(Struct, frozen=True):
    """matched: what met an expectation, by its place in the story. missing: what never came. forbidden: what should
    not have come, by its place."""

    matched: dict[int, Expected | Ends]
    missing: tuple[Expected | Ends, ...]
    forbidden: dict[int, Expected]

    @property
    def holds(self) -> bool:
        return not (self.missing or self.forbidden)


def judge(case: Case, story: Story) -> Verdict:
    """Lay a story beside what its case expects."""
    matched = dict[int, Expected | Ends]()
    missing = list[Expected | Ends]()
    forbidden = dict[int, Expected]()
    for one in case.expected:
        fits = [n for n, told in enumerate(story.told) if does(told, one.words)]
        if one.day is None:
            forbidden |= dict.fromkeys(fits, one)
            continue
        place = next((n for n in fits if story.told[n].day == one.day and n not in matched), None)
        if place is None:
            missing.append(one)
        else:
            matched[place] = one
    if case.ends is not None:
        end = story.end
        if end is not None and case.ends.day in (None, end.day) and case.ends.result in (None, end.what):
            matched[story.told.index(end)] = case.ends
        else:
            missing.append(case.ends)
    return Verdict(matched, tuple(missing), forbidden)


def does(told: Told, words: str) -> bool:
    """`call brochure` is met by itself and by `call`."""
    return words in (told.kind, str(told))


def has(story: Story, what: str, day: int) -> bool:
    """Has the lead done so by the end of that day? what: `under way`, a result, or words of the story."""
    told = story.until(day)
    if what == "under way":
        return bool(told.told) and told.end is None
    end = told.end
    return (end is not None and end.what == what) or any(does(one, what) for one in told.told)
