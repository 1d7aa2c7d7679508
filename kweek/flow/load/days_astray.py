"""Which lines of a calendar stand a step too deep, or too far out? Its keys among the days, and days among its keys."""

from __future__ import annotations

from collections.abc import Sequence

from kweek.flow.load.reader import Reader, said
from kweek.flow.problems import lines_in_words
from kweek.flow.yaml import Pair, Pairs
from kweek.rules.opening import KEYS, days_in


def in_place(reader: Reader, calendar: Pairs) -> Pairs:
    """The calendar with each of its lines where it belongs."""
    hours = next((pair for pair in calendar.pairs if pair.key.value == "hours"), None)
    out = [pair for pair in calendar.pairs if pair.key.value not in KEYS and _names_days(pair)]
    deep: list[Pair] = []
    days: list[Pair] = []
    if hours and isinstance(hours.value, Pairs):
        deep = [pair for pair in hours.value.pairs if pair.key.value in KEYS]
        days = [pair for pair in hours.value.pairs if pair not in deep]
    if not deep and not out:
        return calendar
    if deep and hours:
        alone = f"Write below “hours”, in a line of its own in column {hours.key.at.column}:"
        _say(reader, deep, "is no day; it belongs beside “hours”", hours, hours.key.at.column, alone)
    if out and hours:
        column = days[0].key.at.column if days else hours.key.at.column + 2
        _say(reader, out, "belongs below “hours”", hours, column, "Write between the braces of “hours”:")
    if out and not hours:
        _without_hours(reader, out)
    key = hours.key if hours else out[0].key._replace(value="hours")
    others = [pair for pair in calendar.pairs if pair is not hours and pair not in out]
    return Pairs((*others, Pair(key, Pairs((*days, *out), key.at)), *deep), calendar.at)


def _names_days(pair: Pair) -> bool:
    try:
        return bool(days_in(pair.key.value))
    except ValueError:
        return False


def _say(reader: Reader, lines: Sequence[Pair], what: str, hours: Pair, column: int, in_braces: str) -> None:
    """Once, of all of them. in_braces: the remedy, where they stand in one line with `hours`."""
    first, *more = lines
    subject = lines_in_words(line.key.at.line for line in lines) if more else "it"
    fix = f"Begin {subject} in column {column} ({column - 1} spaces)."
    if first.key.at.line == hours.key.at.line:
        fix = f"{in_braces} {', '.join(f'{line.key.value}: {said(line)}' for line in lines)}"
    reader.note(first.key.at, "indentation", f"“{first.key.value}” {what}.", "", fix)


def _without_hours(reader: Reader, lines: Sequence[Pair]) -> None:
    first, at = lines[0], lines[0].key.at
    what = f"“{first.key.value}” is not a key of a calendar.", "Its days stand below “hours”."
    shown = f"{first.key.value}: {said(first)}"
    fix = f"Write above it, in column {at.column}: hours: — and begin {'these lines' if lines[1:] else 'this line'}"
    fix += f" in column {at.column + 2}: {shown}" if not lines[1:] else f" in column {at.column + 2}"
    reader.note(at, "key-misplaced", *what, fix)
