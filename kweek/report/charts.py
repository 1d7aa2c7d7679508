"""How do numbers by the day look? Bars on days, closed hours shaded, a limit as a line: a small SVG of our own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil
from typing import Final

from kweek.draw.widths import width as text_width
from kweek.flow.simulate.result import Day, Days

DAY: Final = 12
LEFT: Final = 44
_TOP, _HEIGHT, _BELOW = 14, 140, 30
_GAP: Final = 2
_SCALE: Final = 11  # the size of what stands on the scales, as report.css has it


@dataclass(frozen=True, slots=True)
class Chart:
    """bars: one a day. line: a limit that day. dots: another number a day. dates: as they are said, by the day. weeks:
    as they stand below it. others: so much of each bar is of other flows, `of_others` in words. before: what the bars
    were in another version, `was` in words."""

    label: str
    days: Sequence[Day]
    dates: Sequence[str]
    weeks: Sequence[str]
    bars: Days
    line: Days | None = None
    dots: Days | None = None
    shaded: bool = False
    others: Days | None = None
    before: Days | None = None
    of_others: str = ""
    was: str = ""


def draw(chart: Chart) -> str:
    """The SVG. A script may move `.today` to a day: days are `data-day` wide, the first begins at `data-left`."""
    width, height = _width(chart), _TOP + _HEIGHT + _BELOW
    top = _round_up(max(1, *chart.bars, *(chart.line or ()), *(chart.dots or ()), *(chart.before or ())))
    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(chart.label)}" data-left="{LEFT}" data-day="{DAY}">',
        *(_shades(chart) if chart.shaded else ()),
        *_scale(top, LEFT + DAY * len(chart.days)),
        *_bars(chart, top),
        *_outline(chart, top),
        *(_limits(chart.line, top) if chart.line is not None else ()),
        *(_dots(chart.dots, top) if chart.dots is not None else ()),
        *_weeks(chart),
        f'<line class="today" x1="{_middle(0)}" x2="{_middle(0)}" y1="{_TOP}" y2="{_TOP + _HEIGHT}"/>',
        "</svg>",
    ]
    return "".join(parts)


def _round_up(number: int) -> int:
    """A number of which the half is whole as well."""
    step = 10 ** max(0, len(str(number)) - 2) * 2
    return -(-number // step) * step


def _y(number: float, top: int) -> float:
    return round(_TOP + _HEIGHT * (1 - number / top), 1)


def _middle(day: int) -> float:
    return LEFT + DAY * day + DAY / 2


def _shades(chart: Chart) -> Iterator[str]:
    """Closed hours, each as wide as it is long."""
    for number, day in enumerate(chart.days):
        at = 0
        for opens, closes in (*day.open, (1440, 1440)):
            if opens > at:
                x, width = LEFT + DAY * (number + at / 1440), DAY * (opens - at) / 1440
                yield f'<rect class="closed" x="{x:.1f}" y="{_TOP}" width="{width:.1f}" height="{_HEIGHT}"/>'
            at = closes


def _scale(top: int, right: int) -> Iterator[str]:
    for number in (0, top // 2, top):
        y = _y(number, top)
        yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y}" y2="{y}"/>'
        yield f'<text class="scale" x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{number}</text>'


def _bars(chart: Chart, top: int) -> Iterator[str]:
    for day, number in enumerate(chart.bars):
        if number:
            others, title = chart.others[day] if chart.others else 0, escape(_words(chart, day))
            y, own, floor = _y(number, top), _y(number - others, top), _TOP + _HEIGHT
            for kind, above, below in (("bar", own, floor), ("bar other", y, own)):
                if below > above:
                    yield _bar(kind, day, above, below, title)


def _bar(kind: str, day: int, above: float, below: float, title: str) -> str:
    x, width, height = LEFT + DAY * day + _GAP, DAY - 2 * _GAP, round(below - above, 1)
    return f'<rect class="{kind}" x="{x}" y="{above}" width="{width}" height="{height}"><title>{title}</title></rect>'


def _words(chart: Chart, day: int) -> str:
    more = [f"{chart.of_others}: {chart.others[day]}"] if chart.others and chart.others[day] else []
    more += [f"{chart.was}: {chart.before[day]}"] if chart.before else []
    return f"{chart.dates[day]}: {chart.bars[day]}" + (f" ({'; '.join(more)})" if more else "")


def _outline(chart: Chart, top: int) -> Iterator[str]:
    """What it was, around what it is."""
    for day, number in enumerate(chart.before or ()):
        if number:
            yield _bar("before", day, _y(number, top), _TOP + _HEIGHT, escape(_words(chart, day)))


def _limits(line: Days, top: int) -> Iterator[str]:
    """On the days on which anything can be done at all."""
    for day, number in enumerate(line):
        if number:
            x, y = LEFT + DAY * day, _y(number, top)
            yield f'<line class="limit" x1="{x}" x2="{x + DAY}" y1="{y}" y2="{y}"/>'


def _dots(dots: Days, top: int) -> Iterator[str]:
    for day, number in enumerate(dots):
        if number:
            yield f'<circle class="over" cx="{_middle(day)}" cy="{_y(number, top)}" r="2.5"/>'


def _width(chart: Chart) -> int:
    """Of all the days, and of the last date below them, which may reach further."""
    dates = (LEFT + DAY * day + text_width(chart.weeks[day], _SCALE) for day in _mondays(chart))
    return max(LEFT + DAY * len(chart.days) + 8, ceil(max(dates, default=0)) + 2)


def _mondays(chart: Chart) -> list[int]:
    return [n for n, day in enumerate(chart.days) if date.fromisoformat(day.date).weekday() == 0]


def _weeks(chart: Chart) -> Iterator[str]:
    """The date of every Monday."""
    for day in _mondays(chart):
        x, y = LEFT + DAY * day, _TOP + _HEIGHT
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{y}" y2="{y + 5}"/>'
        words = escape(chart.weeks[day])
        yield f'<text class="scale" x="{x}" y="{y + 18}">{words}</text>'
