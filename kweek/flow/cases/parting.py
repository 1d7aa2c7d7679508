"""Where do two stories part? What was expected and what happened, laid side by side, and what is wrong in words.

Signs: `=` they agree, `✗` expected and not so (or so, and never wanted), `≈` this is the nearest that did happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kweek.flow.cases.case import Case, Ends, Expected
from kweek.flow.cases.judge import Verdict
from kweek.flow.simulate.story import Story, Told

AGREE, WRONG, NEAR, NONE, PART = "=", "✗", "≈", " ", "│"
WIDE: Final = 100
HEADS: Final = ("expected", "what happened")
_RUN: Final = 3  # of lines that say the same, so many are shown
_LATER: Final = 1_000_000


class Row(Struct, frozen=True):
    """One line of both stories. day: None where the line above says it, or where it is of no day."""

    mark: str
    day: int | None = None
    expected: str = ""
    clock: str = ""
    happened: str = ""


def lay(story: Story, verdict: Verdict) -> tuple[Row, ...]:
    """Both stories in the order of their days, what repeats itself left out."""
    near = {found[0] for one in verdict.missing if (found := nearest(one, story, verdict))}
    return tuple(_each_day_once(_with_parting(list(_short(_rows(story, verdict, near))))))


def _rows(story: Story, verdict: Verdict, near: set[int]) -> Iterator[Row]:
    missing = sorted(verdict.missing, key=_day)
    for place, told in enumerate(story.told):
        while missing and _day(missing[0]) < told.day:
            yield _missed(missing.pop(0))
        row = Row(NEAR if place in near else NONE, told.day, "", told.clock, str(told))
        if place in verdict.forbidden:
            row = replace(row, mark=WRONG, expected=str(verdict.forbidden[place]))
        elif place in verdict.matched:
            row = replace(row, mark=AGREE, expected=_expected(verdict.matched[place]))
        yield row
    yield from map(_missed, missing)


def _missed(expected: Expected | Ends) -> Row:
    return Row(WRONG, expected.day, _expected(expected))


def _day(expected: Expected | Ends) -> int:
    return _LATER if expected.day is None else expected.day


def _expected(expected: Expected | Ends) -> str:
    return expected.words if isinstance(expected, Expected) else f"ends {expected.result or ''}".rstrip()


def _short(rows: Iterator[Row]) -> Iterator[Row]:
    """Where the same thing happens again and again, the rest is left out."""
    same, before = 0, ""
    for row in rows:
        same = same + 1 if row.happened == before and row.mark == NONE else 0
        before = row.happened
        if same < _RUN:
            yield row
        elif same == _RUN:
            yield Row(NONE, happened="…")


def _with_parting(rows: Sequence[Row]) -> Iterator[Row]:
    first = next((n for n, row in enumerate(rows) if row.mark in (WRONG, NEAR)), len(rows))
    yield from rows[:first]
    if 0 < first < len(rows):
        yield Row(PART)
    yield from rows[first:]


def _each_day_once(rows: Iterator[Row]) -> Iterator[Row]:
    before: int | None = None
    for row in rows:
        yield replace(row, day=None) if row.day == before else row
        before = row.day if row.day is not None else before


def beside(one: Story, other: Story) -> tuple[Row, ...]:
    """Two stories of the same case, neither of which is an expectation; `✗` is what only one of them tells."""
    left, right = list(one.told), list(other.told)
    rows = list[Row]()
    for day in sorted({told.day for told in (*left, *right)}):
        those = [told for told in right if told.day == day]
        for told in (told for told in left if told.day == day):
            twin = next((that for that in those if str(that) == str(told)), None)
            if twin is not None:
                those.remove(twin)
            words = f"{told.clock}  {told}"
            rows.append(Row(AGREE if twin else WRONG, day, words, twin.clock if twin else "", str(twin or "")))
        rows += [Row(WRONG, day, "", told.clock, str(told)) for told in those]
    return tuple(_each_day_once(_with_parting(list(_short(iter(rows))))))


# --- in words ---------------------------------------------------------------------------------------


def in_words(case: Case, story: Story, verdict: Verdict) -> Iterator[str]:
    """What is wrong, one sentence each: `call brochure came on day 15, not on day 14.`"""
    for one in verdict.missing:
        yield _ended_otherwise(one, story) if isinstance(one, Ends) else _missing(one, story, verdict)
    for place, one in verdict.forbidden.items():
        told = story.told[place]
        yield f"{told} came on day {told.day}, and {one.words} should never come."


def nearest(expected: Expected | Ends, story: Story, verdict: Verdict) -> tuple[int, Told] | None:
    """The place of what comes nearest to it: the same on another day, else the same kind of thing."""
    if isinstance(expected, Ends):
        return (story.told.index(story.end), story.end) if story.end else None
    free = [(n, told) for n, told in enumerate(story.told) if n not in verdict.matched and n not in verdict.forbidden]
    kind = expected.words.partition(" ")[0]
    same = [one for one in free if expected.words in (one[1].kind, str(one[1]))]
    alike = [one for one in free if one[1].kind == kind and one[1].day == expected.day]
    day = _day(expected)
    return min(same or alike, key=lambda one: abs(one[1].day - day), default=None)


def _missing(expected: Expected, story: Story, verdict: Verdict) -> str:
    found, words, day = nearest(expected, story, verdict), expected.words, expected.day
    if found is None:
        again = any(one.words == words for one in verdict.matched.values() if isinstance(one, Expected))
        end = story.end
        left = f": the lead had left on day {end.day}, {end.what}" if end and end.day <= _day(expected) else ""
        return f"{words} did not come {'once more ' if again else ''}on day {day}{left}."
    _, told = found
    if told.day == day:
        return f"{told} came on day {day}, not {words}."
    away = abs(told.day - _day(expected))
    late = f"{away} day{'' if away == 1 else 's'} {'late' if told.day > _day(expected) else 'early'}"
    return f"{told} came on day {told.day}, not on day {day}: {late}."


def _ended_otherwise(expected: Ends, story: Story) -> str:
    wanted = [*([f"day {expected.day}"] if expected.day is not None else []), *filter(None, [expected.result])]
    if story.end is None:
        last = next((told for told in reversed(story.told) if told.kind != "·"), None)
        stands = f": the last that happened was {last}, on day {last.day}" if last else ""
        return f"It has not ended{stands}."
    return f"It ended on day {story.end.day}, {story.end.what}; expected was {', '.join(wanted)}."


# --- on a page --------------------------------------------------------------------------------------


def draw(rows: Sequence[Row], width: int = WIDE, heads: tuple[str, str] = HEADS) -> Iterator[tuple[str, str]]:
    """Lines of text, each with its sign; two columns, or one below the other where that is too wide."""
    left = max((len(row.expected) for row in rows), default=0)
    left = max(left, len(heads[0]))
    right = max((len(_happened(row)) for row in rows), default=0)
    if 2 + 8 + left + 3 + right <= width:
        yield from _in_columns(rows, left, heads)
    else:
        yield from _stacked(rows, width, heads)


def _in_columns(rows: Sequence[Row], left: int, heads: tuple[str, str]) -> Iterator[tuple[str, str]]:
    yield NONE, f"{'':10}{heads[0]:<{left}}   {heads[1]}"
    for row in rows:
        if row.mark == PART:
            yield PART, f"{'':10}{'─' * left} here the two part"
        else:
            yield row.mark, f"  {_of(row):<8}{row.expected:<{left}} {row.mark} {_happened(row)}".rstrip()


def _stacked(rows: Sequence[Row], width: int, heads: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """`-` expected and missing, `+` the nearest that came; on a telephone too."""
    for row in rows:
        if row.mark == PART:
            yield PART, "  ── here the two part"
            continue
        words = _happened(row) or f"{row.expected} ({heads[0]})"
        if row.happened and row.mark == WRONG and row.expected:
            words = f"{words} ({row.expected})"
        sign = row.mark if row.happened or row.mark == NONE else WRONG
        head = f"  {_of(row):<8}{sign} "
        parts = wrap(words, max(12, width - len(head))) or [""]
        yield row.mark, f"{head}{parts[0]}".rstrip()
        yield from ((row.mark, f"{'':{len(head)}}{part}") for part in parts[1:])


def _of(row: Row) -> str:
    return "" if row.day is None else f"day {row.day}"


def _happened(row: Row) -> str:
    return f"{row.clock:<5}  {row.happened}" if row.clock else row.happened
