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
        _say(reader, deep, "is no day; it belongs beside “hours”", hours.key.at.column)
    if out and hours:
        _say(reader, out, "belongs below “hours”", days[0].key.at.column if days else hours.key.at.column + 2)
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


def _say(reader: Reader, lines: Sequence[Pair], what: str, column: int) -> None:
    """Once, of all of them."""
    first, *more = lines
    fix = f"Begin it in column {column} ({column - 1} spaces)"
    if more:
        fix = f"Begin {lines_in_words(line.key.at.line for line in lines)} in column {column} ({column - 1} spaces)"
    reader.note(first.key.at, "indentation", f"“{first.key.value}” {what}.", "", f"{fix}.")


def _without_hours(reader: Reader, lines: Sequence[Pair]) -> None:
    first, at = lines[0], lines[0].key.at
    what = f"“{first.key.value}” is not a key of a calendar.", "Its days stand below “hours”."
    shown = f"{first.key.value}: {said(first)}"
    fix = f"Write above it, in column {at.column}: hours: — and begin {'these lines' if lines[1:] else 'this line'}"
    fix += f" in column {at.column + 2}: {shown}" if not lines[1:] else f" in column {at.column + 2}"
    reader.note(at, "key-misplaced", *what, fix)
