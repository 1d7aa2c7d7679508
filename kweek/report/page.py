"""What stands on the page of a simulation? Picture, charts, ends and stories, with all that it needs in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Final

from babel.dates import format_skeleton
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kweek.draw import lay_out, style_sheet, svg
from kweek.draw.tell import tell
from kweek.flow.model import Flow
from kweek.flow.simulate.arrivals import parse_arrivals
from kweek.flow.simulate.result import Day, Days, Desk, Line, Simulation, Way
from kweek.report import told
from kweek.report.charts import Chart, draw
from kweek.report.missed import missed
from kweek.words import Own, Tongue
from kweek.words.catalogue import catalogue

_FOLDER: Final = Path(__file__).parent / "page"
_pages: Final = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A simulation, the flow as it is drawn, and what that version is called."""

    simulation: Simulation
    flow: Flow
    label: str


def page(now: Shown, before: Shown | None, language: str, own: Own = ()) -> str:
    """The HTML. The same input gives the same bytes. own: what the workspace calls its events."""
    one, say = now.simulation, Tongue(language, own)
    dates = [_date(day, say) for day in one.days]
    shown = [now, *([before] if before else [])]
    return _pages.get_template("report.html").render(
        say=say,
        one=one,
        before=before,
        label=_label(before.label, say) if before else "",
        first=say.day(date.fromisoformat(one.days[0].date)),
        dates=dates,
        arrive=_arrive(one, say),
        stories=[(way, _share(way.leads, one.leads, say), _story(way, say)) for way in one.stories],
        never=list(missed(one, tell(now.flow, say))),
        pictures=[(_label(each.label, say), _picture(each, say)) for each in shown],
        data=_script({"days": dates, "counts": [_counts(each.simulation) for each in shown], "said": _said(one, say)}),
        tables=[_mails(one, dates, say), *(_desk(desk, one, dates, say) for desk in one.desks)],
        endings=list(_endings(one, before, say)),
        style=Markup(_text("report.css") + style_sheet()),  # noqa: S704 — our own files
        script=Markup(_text("report.js")),  # noqa: S704 — our own file
    )


def _text(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


# --- in words -------------------------------------------------------------------------------------------


def _date(day: Day, say: Tongue) -> str:
    """`Mon 2 Mar`, as the language writes it."""
    return format_skeleton("MMMEd", date.fromisoformat(day.date), locale=catalogue(say.language).locale)


def _weeks(one: Simulation, say: Tongue) -> Sequence[str]:
    locale = catalogue(say.language).locale
    return [format_skeleton("MMMd", date.fromisoformat(day.date), locale=locale) for day in one.days]


def _arrive(one: Simulation, say: Tongue) -> str:
    how = parse_arrivals(one.arrive)
    when = say("simulate.arrive.days", days=how.days) if how.days else say("simulate.arrive.once")
    return when + (say("simulate.arrive.work") if how.working else "")


def _share(leads: int, whole: int, say: Tongue) -> str:
    return f"< {say.percent(0.01)}" if 0 < 100 * leads < whole else say.percent(leads / whole)


def _name(desk: Desk, say: Tongue) -> str:
    if desk.kind == "call":
        return say("simulate.call.desk", name=desk.name)
    return say("simulate.handover.desk", name=desk.name)


def _story(way: Way, say: Tongue) -> list[tuple[Line, str]]:
    return [(line, told.words(line, say)) for line in way.told]


def _label(label: str, say: Tongue) -> str:
    """A version by its number; a file by its name."""
    word, _, number = label.partition(" ")
    return say("home.flow.version", number=int(number)) if word == "version" and number.isdecimal() else label


# --- pictures ---------------------------------------------------------------------------------------------


def _picture(shown: Shown, say: Tongue) -> Markup:
    counts = {key: days[-1] for key, days in _counts(shown.simulation).items()}
    return Markup(svg(lay_out(shown.flow, say), counts, theme="page"))  # noqa: S704 — it escapes itself


def _counts(one: Simulation) -> dict[str, Days]:
    """By the places of the picture: who stands there when the day is over; where nobody stands, who has passed."""
    found: dict[str, Days] = {}
    for step, counts in one.steps.items():
        found[step] = counts.standing if any(counts.standing) else _up_to(counts.entered)
    found |= {row: _up_to(days) for row, days in one.rows.items()}
    return {key: days for key, days in found.items() if any(days)}


def _up_to(days: Days) -> Days:
    return tuple(accumulate(days))


def _said(one: Simulation, say: Tongue) -> dict[str, object]:
    """What is told of the day, beside the picture."""
    mails = tuple(map(sum, zip(*one.mails.values(), strict=True))) if one.mails else (0,) * len(one.days)
    by_kind = {
        kind: tuple(map(sum, zip(*(desk.opened for desk in one.desks if desk.kind == kind), strict=True)))
        for kind in ("call", "handover")
        if any(desk.kind == kind for desk in one.desks)
    }
    words = {"call": say("simulate.calls"), "handover": say("simulate.handovers")}
    told = [(say("simulate.under.way"), one.under_way), (say("simulate.mails"), mails)]
    told += [(words[kind], days) for kind, days in by_kind.items()]
    buttons = {"play": say("simulate.play"), "pause": say("simulate.pause")}
    return {"numbers": told, "day": say("simulate.day", day="{day}", date="{date}"), **buttons}


def _script(answer: Mapping[str, object]) -> Markup:
    """JSON inside a page: nothing in it may end the element."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 — the only sign that could end it is written otherwise


# --- charts with their tables -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """heads: of the numbers, behind the date. Only days on which something is not 0."""

    title: str
    chart: Markup
    words: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def _table(chart: Chart, words: str, columns: Mapping[str, Days], say: Tongue) -> Table:
    rows = tuple(
        (chart.dates[day], tuple(say.number(days[day]) for days in columns.values()))
        for day in range(len(chart.days))
        if any(days[day] for days in columns.values())
    )
    return Table(chart.label, Markup(draw(chart)), words, tuple(columns), rows)  # noqa: S704 — it escapes itself


def _mails(one: Simulation, dates: Sequence[str], say: Tongue) -> Table:
    whole = tuple(map(sum, zip(*one.mails.values(), strict=True))) if one.mails else (0,) * len(one.days)
    chart = Chart(say("simulate.mails.day"), one.days, dates, _weeks(one, say), whole, shaded=True)
    return _table(chart, say("simulate.mails.help"), dict(sorted(one.mails.items())), say)


def _desk(desk: Desk, one: Simulation, dates: Sequence[str], say: Tongue) -> Table:
    chart = Chart(_name(desk, say), one.days, dates, _weeks(one, say), desk.opened, desk.capacity, desk.backlog)
    columns = {say("simulate.opened"): desk.opened}
    if desk.capacity is None or desk.backlog is None:
        return _table(chart, say("simulate.desk.free"), columns, say)
    most = max(desk.backlog)
    over = (
        say("simulate.desk.over", most=most, date=dates[desk.backlog.index(most)])
        if most
        else say("simulate.desk.fits")
    )
    columns |= {say("simulate.backlog"): desk.backlog}
    return _table(chart, " ".join((over, say("simulate.desk.help"))), columns, say)


# --- ends -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ending:
    """now, before: how many; difference: with its sign, where there are both."""

    name: str
    now: str
    share: str
    before: str = ""
    difference: str = ""


def _endings(one: Simulation, before: Shown | None, say: Tongue) -> Iterator[Ending]:
    other = before.simulation if before else None
    for result in sorted({*one.endings, *(other.endings if other else ())}):
        then = sum(other.endings.get(result, ())) if other else None
        yield _ending(told.result(result, say), sum(one.endings.get(result, ())), one.leads, then, say)
    yield _ending(say("simulate.under.way"), one.under_way[-1], one.leads, other and other.under_way[-1], say)
    mails = sum(map(sum, one.mails.values()))
    yield _ending(say("simulate.mails.all"), mails, 0, sum(map(sum, other.mails.values())) if other else None, say)
    for kind, name in (("call", say("simulate.calls")), ("handover", say("simulate.handovers"))):
        yield _ending(name, _opened(one, kind), 0, _opened(other, kind) if other else None, say)


def _opened(one: Simulation, kind: str) -> int:
    return sum(sum(desk.opened) for desk in one.desks if desk.kind == kind)


def _ending(name: str, now: int, leads: int, then: int | None, say: Tongue) -> Ending:
    share = _share(now, leads, say) if leads else ""
    if then is None:
        return Ending(name, say.number(now), share)
    sign = "+" if now > then else "−" if now < then else "±"
    return Ending(name, say.number(now), share, say.number(then), f"{sign}{say.number(abs(now - then))}")
