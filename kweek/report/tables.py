"""What was there to do, day by day? Charts of mails, calls and handovers, each with its numbers as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton
from markupsafe import Markup

from kweek.flow.simulate.result import Days, Desk, Simulation
from kweek.report.charts import Chart, draw
from kweek.report.shown import Shown, label_of, summed
from kweek.words import Tongue
from kweek.words.catalogue import catalogue


@dataclass(frozen=True, slots=True)
class Table:
    """heads: of the numbers, behind the date. Only days on which something is not 0."""

    title: str
    chart: Markup
    words: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def tables(one: Simulation, before: Shown | None, dates: Sequence[str], say: Tongue) -> Iterator[Table]:
    """dates: as they are said, by the day. Desks that only the other version has stand there too, empty."""
    made = _Tables(one, before, dates, say)
    yield made.mails()
    then = {(desk.kind, desk.name): desk for desk in before.simulation.desks} if before else {}
    now = {(desk.kind, desk.name): desk for desk in one.desks}
    for key in sorted({*now, *then}):
        yield made.desk(now.get(key) or _empty(then[key]), then.get(key))


def _empty(desk: Desk) -> Desk:
    nothing = (0,) * len(desk.opened)
    return Desk(desk.kind, desk.name, nothing, desk.capacity, desk.backlog and nothing, nothing)


class _Tables:
    def __init__(self, one: Simulation, before: Shown | None, dates: Sequence[str], say: Tongue) -> None:
        self.one, self.before, self.dates, self.say = one, before, dates, say
        locale = catalogue(say.language).locale
        self.weeks = [format_skeleton("MMMd", date.fromisoformat(day.date), locale=locale) for day in one.days]
        self.was = say("simulate.before", label=label_of(before, say)) if before else ""

    def mails(self) -> Table:
        one, say, days = self.one, self.say, len(self.one.days)
        then = summed(self.before.simulation.mails, days) if self.before else None
        chart = self._chart(
            say("simulate.mails.day"), summed(one.mails, days), summed(one.other_mails, days), then, shaded=True
        )
        columns = dict[str, Days]()
        for mail, every in sorted(one.mails.items()):
            others = one.other_mails.get(mail, (0,) * days)
            own = tuple(all_of_them - other for all_of_them, other in zip(every, others, strict=True))
            columns |= {mail: own} if any(own) else {}
            columns |= {say("simulate.of.others.mail", mail=mail): others} if any(others) else {}
        return self._table(chart, [say("simulate.mails.help")], columns)

    def desk(self, desk: Desk, then: Desk | None) -> Table:
        say = self.say
        opened = None if self.before is None else then.opened if then else (0,) * len(desk.opened)
        name = say("simulate.call.desk" if desk.kind == "call" else "simulate.handover.desk", name=desk.name)
        chart = self._chart(name, desk.opened, desk.of_others, opened, desk.capacity, desk.backlog)
        columns = {say("simulate.opened"): desk.opened}
        columns |= {say("simulate.of.others"): desk.of_others} if any(desk.of_others) else {}
        if desk.capacity is None or desk.backlog is None:
            return self._table(chart, [say("simulate.desk.free")], columns)
        columns |= {say("simulate.backlog"): desk.backlog}
        return self._table(chart, [self._over(desk.backlog), say("simulate.desk.help")], columns)

    def _over(self, backlog: Days) -> str:
        if not (most := max(backlog)):
            return self.say("simulate.desk.fits")
        return self.say("simulate.desk.over", most=most, date=self.dates[backlog.index(most)])

    def _chart(
        self,
        label: str,
        bars: Days,
        others: Days,
        before: Days | None,
        line: Days | None = None,
        dots: Days | None = None,
        *,
        shaded: bool = False,
    ) -> Chart:
        say = self.say
        return Chart(
            label, self.one.days, self.dates, self.weeks, bars, line, dots, shaded, others, before,
            say("simulate.of.others"), self.was,
        )  # fmt: skip

    def _table(self, chart: Chart, words: list[str], columns: Mapping[str, Days]) -> Table:
        if self.before is not None and chart.before is not None:
            columns = {**columns, self.was: chart.before}
            words.append(self.say("simulate.outline", label=label_of(self.before, self.say)))
        rows = tuple(
            (chart.dates[day], tuple(self.say.number(days[day]) for days in columns.values()))
            for day in range(len(chart.days))
            if any(days[day] for days in columns.values())
        )
        drawn = Markup(draw(chart))  # noqa: S704 — it escapes itself
        return Table(chart.label, drawn, " ".join(words), tuple(columns), rows)
