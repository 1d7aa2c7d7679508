"""What stands on the page of a simulation? Picture, charts, ends and stories, with all that it needs in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Final

from babel.dates import format_skeleton
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kweek.draw import style_sheet, svg
from kweek.draw.compare import compare
from kweek.draw.layout import lay_out_told
from kweek.draw.tell import tell
from kweek.draw.told import Told
from kweek.flow.simulate.arrivals import parse_arrivals
from kweek.flow.simulate.result import Day, Days, Line, Simulation, Way
from kweek.report import told
from kweek.report.ends import endings, to_do
from kweek.report.missed import missed
from kweek.report.shown import KINDS, Shown, label_of, opened, share, summed
from kweek.report.tables import tables
from kweek.words import Own, Tongue
from kweek.words.catalogue import catalogue

_FOLDER: Final = Path(__file__).parent / "page"
_pages: Final = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(now: Shown, before: Shown | None, language: str, own: Own = ()) -> str:
    """The HTML. The same input gives the same bytes. own: what the workspace calls its events."""
    one, say = now.simulation, Tongue(language, own)
    dates = [_date(day, say) for day in one.days]
    shown = [now, *([before] if before else [])]
    return _pages.get_template("report.html").render(
        say=say,
        one=one,
        before=before,
        label=label_of(before, say) if before else "",
        first=say.day(date.fromisoformat(one.days[0].date)),
        dates=dates,
        arrive=_arrive(one, say),
        stories=[(way, share(way.leads, one.leads, say), _story(way, one, say)) for way in one.stories],
        others=", ".join({**one.others, **(before.simulation.others if before else {})}.values()),
        never=missed(one, tell(now.flow, say)),
        pictures=list(_pictures(now, before, say)),
        data=_script({"days": dates, "counts": [_counts(each.simulation) for each in shown], "said": _said(one, say)}),
        tables=list(tables(one, before, dates, say)),
        endings=list(endings(one, before, say)),
        to_do=list(to_do(one, before, say)),
        style=Markup(_text("report.css") + style_sheet()),  # noqa: S704 — our own files
        script=Markup(_text("report.js")),  # noqa: S704 — our own file
    )


def _text(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


# --- in words -------------------------------------------------------------------------------------------


def _date(day: Day, say: Tongue) -> str:
    """`Mon 2 Mar`, as the language writes it."""
    return format_skeleton("MMMEd", date.fromisoformat(day.date), locale=catalogue(say.language).locale)


def _arrive(one: Simulation, say: Tongue) -> str:
    how = parse_arrivals(one.arrive)
    when = say("simulate.arrive.days", count=how.days) if how.days else say("simulate.arrive.once")
    return when + (say("simulate.arrive.work") if how.working else "")


def _story(way: Way, one: Simulation, say: Tongue) -> list[tuple[Line, str, str]]:
    """Each line, when it was, and what it says."""
    return [(line, _begun(told.moment(line, say)), told.whole(line, one.others, say)) for line in way.told]


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


# --- pictures ---------------------------------------------------------------------------------------------


def _pictures(now: Shown, before: Shown | None, say: Tongue) -> Iterator[tuple[str, Markup]]:
    """This version, with what differs from the other marked in it; then that one."""
    drawn = tell(now.flow, say)
    if before is None:
        yield label_of(now, say), _picture(now, drawn, say)
        return
    was = tell(before.flow, say)
    yield label_of(now, say), _picture(now, compare(was, drawn, say), say)
    yield label_of(before, say), _picture(before, was, say)


def _picture(shown: Shown, drawn: Told, say: Tongue) -> Markup:
    counts = {key: days[-1] for key, days in _counts(shown.simulation).items()}
    return Markup(svg(lay_out_told(drawn, say), counts, theme="page"))  # noqa: S704 — it escapes itself


def _counts(one: Simulation) -> dict[str, Days]:
    """By the places of the picture: who stands there when the day is over; where nobody waits, who has passed."""
    found: dict[str, Days] = {}
    for step, counts in one.steps.items():
        found[step] = _up_to(counts.entered) if counts.standing is None else counts.standing
    found |= {row: _up_to(days) for row, days in one.rows.items()}
    return {key: days for key, days in found.items() if any(days)}


def _up_to(days: Days) -> Days:
    return tuple(accumulate(days))


def _said(one: Simulation, say: Tongue) -> dict[str, object]:
    """What is told of the day, beside the picture."""
    days = len(one.days)
    told = [
        (say("simulate.under.way"), one.under_way, ()),
        (say("simulate.mails"), summed(one.mails, days), summed(one.other_mails, days)),
    ]
    for kind, word, _ in KINDS:
        if any(desk.kind == kind for desk in one.desks):
            told.append((say(word), opened(one, kind), opened(one, kind, of_others=True)))
    buttons = {"play": say("simulate.play"), "pause": say("simulate.pause")}
    return {
        "numbers": told,
        "others": say("simulate.some.of.others", count="{count}"),
        "day": say("simulate.day", day="{day}", date="{date}"),
        **buttons,
    }


def _script(answer: Mapping[str, object]) -> Markup:
    """JSON inside a page: nothing in it may end the element."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 — the only sign that could end it is written otherwise
