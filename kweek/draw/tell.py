"""How is a flow told in words? Its ways in, its rules, what holds anywhere in it, and its steps."""

from __future__ import annotations

from collections.abc import Iterator

from kweek.draw.conditions import condition_words
from kweek.draw.say import Say, event_words, field_words, moment_words, time_words
from kweek.draw.told import Band, Column, Told
from kweek.draw.verbs import Verbs, reaction_words
from kweek.flow import model as m
from kweek.flow.duration import Duration
from kweek.flow.ids import name_steps
from kweek.flow.plan import Limit, Reentry
from kweek.flow.problems import Located, Position
from kweek.flow.words import LEAD_WIDE


def tell(flow: m.Flow, say: Say) -> Told:
    """The draft as it is written; names that lead nowhere are told as they stand."""
    ids, _ = name_steps(flow)
    return _Teller(flow, say, ids).told()


class _Teller(Verbs):
    def told(self) -> Told:
        flow = self.flow
        way_in = Column(
            "steps", self.say("picture.start"), tuple(self._starts()), tuple(self._rules()), self.steps(flow.steps)
        )
        others = (Column(one.name.value, one.name.value, (), (), self.steps(one)) for one in flow.paths)
        return Told(flow.name.value, flow.title.value, tuple(self._bands()), (way_in, *others))

    def _starts(self) -> Iterator[str]:
        say = self.say
        for start in self.flow.start:
            if start.event is not None:
                words = event_words(say, start.event.value)
            elif start.moment is not None:
                words = moment_words(say, start.moment.value)
            elif start.every is not None:
                day = "" if start.every.value.weekday is not None else say("picture.day") + " "
                words = say("picture.every", moment=day + moment_words(say, start.every.value))
            else:
                words = say("picture.by-hand")
            if start.condition:
                words = say("picture.start.if", start=words, condition=condition_words(say, start.condition.value))
            yield words

    def _rules(self) -> Iterator[str]:
        say, flow = self.say, self.flow
        match flow.reentry:
            case Located(Reentry("always")):
                yield say("picture.again")
            case Located(Reentry("after", after=Duration() as after)):
                yield say("picture.again.after", time=time_words(say, after))
            case Located(Reentry("per", per=str(field))):
                yield say("picture.again.per", field=field_words(say, field))
            case _:
                pass
        match flow.limit:
            case Located(Limit(mails, per)):
                yield say("picture.limit", count=mails, time=time_words(say, per))
            case _:
                pass
        if flow.send_hours:
            yield say("picture.hours", calendar=flow.send_hours.value)
        if flow.timezone and flow.timezone.value != "lead":
            yield say("picture.zone", zone=flow.timezone.value)
        if flow.pace:
            yield say("picture.pace", queue=flow.pace.value)

    def _bands(self) -> Iterator[Band]:
        flow = self.flow
        written = {line.event.value for line in flow.whenever}
        defaults = (event for event in LEAD_WIDE if event not in written)
        lines = [
            *((reaction_words(self.say, line), line.target) for line in flow.whenever),
            *((event_words(self.say, event), m.Ending("discard", Position(0, 0))) for event in defaults),
        ]
        numbered = (self.line(f"whenever:{n}", *line) for n, line in enumerate(lines, 1))
        yield Band("whenever", self.say("picture.whenever"), tuple(numbered))
        if flow.goal:
            written = flow.goal.condition.value
            label = self.say("picture.goal.if", condition=condition_words(self.say, written))
            yield Band("goal", self.say("picture.goal"), (self.line("goal", label, flow.goal.target, written),))
