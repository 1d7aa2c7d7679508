"""What stands on the page of a simulation? Picture, charts, ends and stories, with all that it needs in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kweek.draw import Picture, lay_out, style_sheet, svg
from kweek.flow.model import Flow
from kweek.flow.simulate.result import Days, Desk, Simulation
from kweek.report.charts import Chart, draw
from kweek.report.words import Spoken
from kweek.web.words import Tongue

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


def page(now: Shown, before: Shown | None, language: str) -> str:
    """The HTML. The same input gives the same bytes."""
    one, say = now.simulation, Spoken(language)
    dates = [say.date(date.fromisoformat(day.date)) for day in one.days]
    shown = [now, *([before] if before else [])]
    return _pages.get_template("report.html").render(
        say=say,
        one=one,
        before=before,
        first=say.date(date.fromisoformat(one.days[0].date), short=False),
        dates=dates,
        arrive=say.arrive(one.arrive),
        never=list(_never(now, language)),
        pictures=[(each.label, _picture(each, language)) for each in shown],
        data=_script({"days": dates, "counts": [_counts(each.simulation) for each in shown], "said": _said(one, say)}),
        tables=[_mails(one, dates, say), *(_desk(desk, one, dates, say) for desk in one.desks)],
        endings=list(_endings(one, before, say)),
        style=Markup(_text("report.css") + style_sheet()),  # noqa: S704 — our own files
        script=Markup(_text("report.js")),  # noqa: S704 — our own file
    )


def _text(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


def _picture(shown: Shown, language: str) -> Markup:
    counts = {key: days[-1] for key, days in _counts(shown.simulation).items()}
    return Markup(svg(lay_out(shown.flow, Tongue(language)), counts, theme="page"))  # noqa: S704 — it escapes itself


def _never(shown: Shown, language: str) -> Iterator[str]:
    """Cards and rows where nobody came, as the picture calls them."""
    one, picture = shown.simulation, lay_out(shown.flow, Tongue(language))
    missed = {*one.never_steps, *one.never_rows}
    for card in picture.cards():
        if card.id in missed:
            yield card.label
    for key, words in _rows(picture):
        if key in missed:
            yield words


def _rows(picture: Picture) -> Iterator[tuple[str, str]]:
    """Each with its card."""
    cards = {card.id: card.label for card in picture.cards()}
    for row in picture.rows():
        step, _, _ = row.key.rpartition(" ")
        said = " ".join(row.words.lines)
        yield row.key, f"{cards[step]}: {said}" if step in cards else said


def _counts(one: Simulation) -> dict[str, Days]:
    """By the places of the picture: who stands there when the day is over; where nobody stands, who has passed."""
    found: dict[str, Days] = {}
    for step, counts in one.steps.items():
        found[step] = counts.standing if any(counts.standing) else _up_to(counts.entered)
    found |= {row: _up_to(days) for row, days in one.rows.items()}
    return {key: days for key, days in found.items() if any(days)}


def _up_to(days: Days) -> Days:
    return tuple(accumulate(days))


def _said(one: Simulation, say: Spoken) -> dict[str, object]:
    """What is told of the day, beside the picture."""
    mails = tuple(map(sum, zip(*one.mails.values(), strict=True))) if one.mails else (0,) * len(one.days)
    by_kind = {
        kind: tuple(map(sum, zip(*(desk.opened for desk in one.desks if desk.kind == kind), strict=True)))
        for kind in ("call", "handover")
        if any(desk.kind == kind for desk in one.desks)
    }
    told = [(say("under.way"), one.under_way), (say("mails").lower(), mails)]
    told += [(say(f"{kind}s"), days) for kind, days in by_kind.items()]
    return {"numbers": told, "day": say("day", day="{day}", date="{date}"), "play": say("play"), "pause": say("pause")}


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


def _table(chart: Chart, words: str, columns: Mapping[str, Days], say: Spoken) -> Table:
    rows = tuple(
        (chart.dates[day], tuple(say.number(days[day]) for days in columns.values()))
        for day in range(len(chart.days))
        if any(days[day] for days in columns.values())
    )
    return Table(chart.label, Markup(draw(chart)), words, tuple(columns), rows)  # noqa: S704 — it escapes itself


def _mails(one: Simulation, dates: Sequence[str], say: Spoken) -> Table:
    whole = tuple(map(sum, zip(*one.mails.values(), strict=True))) if one.mails else (0,) * len(one.days)
    chart = Chart(say("mails.day"), one.days, dates, whole, shaded=True)
    return _table(chart, say("mails.help"), dict(sorted(one.mails.items())), say)


def _desk(desk: Desk, one: Simulation, dates: Sequence[str], say: Spoken) -> Table:
    chart = Chart(say(desk.kind, name=desk.name), one.days, dates, desk.opened, desk.capacity, desk.backlog)
    columns = {say("opened"): desk.opened}
    if desk.capacity is None or desk.backlog is None:
        return _table(chart, say("desk.free"), columns, say)
    most = max(desk.backlog)
    over = say("desk.over", most=say.number(most), date=dates[desk.backlog.index(most)]) if most else say("desk.fits")
    columns |= {say("backlog"): desk.backlog}
    return _table(chart, f"{over} {say('desk.help')}", columns, say)


# --- ends -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ending:
    """now, before: how many; difference: with its sign, where there are both."""

    name: str
    now: str
    share: str
    before: str = ""
    difference: str = ""


def _endings(one: Simulation, before: Shown | None, say: Spoken) -> Iterator[Ending]:
    other = before.simulation if before else None
    for result in sorted({*one.endings, *(other.endings if other else ())}):
        then = sum(other.endings.get(result, ())) if other else None
        yield _ending(say.ending(result), sum(one.endings.get(result, ())), one.leads, then, say)
    yield _ending(say("under.way"), one.under_way[-1], one.leads, other and other.under_way[-1], say)
    mails = sum(map(sum, one.mails.values()))
    yield _ending(say("in.all"), mails, 0, sum(map(sum, other.mails.values())) if other else None, say)
    for kind in ("call", "handover"):
        opened, then = _opened(one, kind), _opened(other, kind) if other else None
        yield _ending(say(f"{kind}s"), opened, 0, then, say)


def _opened(one: Simulation, kind: str) -> int:
    return sum(sum(desk.opened) for desk in one.desks if desk.kind == kind)


def _ending(name: str, now: int, leads: int, then: int | None, say: Spoken) -> Ending:
    share = say.per_cent(now, leads) if leads else ""
    if then is None:
        return Ending(name, say.number(now), share)
    sign = "+" if now > then else "−" if now < then else "±"
    return Ending(name, say.number(now), share, say.number(then), f"{sign}{say.number(abs(now - then))}")
