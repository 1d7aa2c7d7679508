"""How is a step told in words? One method per verb, and the rows in which each says what may come of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from kweek.draw.conditions import condition_words
from kweek.draw.fact_words import Facts
from kweek.draw.say import Say, event_words, field_words, located_words, moment_words, time_words, title_words, wrong
from kweek.draw.told import Group, Line, Step, Way
from kweek.flow import model as m
from kweek.flow.duration import Duration
from kweek.flow.moment import Moment
from kweek.flow.problems import Located, Position


class Verbs:
    """Tells the steps of one flow, in one tongue; `ids` are the names of its steps."""

    def __init__(self, flow: m.Flow, say: Say, ids: Mapping[Position, str]) -> None:
        self.flow, self.say, self.ids = flow, say, ids
        paths = (flow.steps.name.value, *(path.name.value for path in flow.paths))
        self.columns = {name: at for at, name in reversed([*enumerate(paths)])}

    # --- ways and rows ----------------------------------------------------------------------------

    def way(self, target: m.Target) -> Way | None:
        say = self.say
        match target:
            case m.ToPath(name):
                column = self.columns.get(name)
                words = say("picture.start") if name == "steps" else name
                return Way("missing", name, name) if column is None else Way("path", name, words, column)
            case m.ToFlow(flow):
                return Way("flow", flow, flow)
            case m.Ending(result):
                return Way("end", result, say(f"picture.end.{result}"))
            case m.Next():
                return Way("next", "next", say("picture.next"))
            case m.Ignore():
                return Way("stay", "ignore", say("picture.ignore"))
            case m.Inline():
                return None

    def line(self, key: str, label: str, target: m.Target, written: str = "") -> Line:
        steps = tuple(map(self._step, target.steps)) if isinstance(target, m.Inline) else ()
        return Line(key, label, self.way(target), steps, written="" if written == label else written)

    def _when(self, id: str, lines: Iterable[m.Reaction], own: Collection[str] = ()) -> Group:
        """own: outcomes that its author named, though an event of ours may be called so."""
        words = ((w.event.value if w.event.value in own else reaction_words(self.say, w), w.target) for w in lines)
        return Group("", tuple(self.line(f"{id} when:{n}", *one) for n, one in enumerate(words, 1)))

    def _otherwise(self, id: str, lines: tuple[m.Otherwise, ...], heading: str) -> Group:
        say = self.say
        named = [(say.maybe(f"picture.when.{line.state.value}", line.state.value), line.target) for line in lines]
        if len(lines) == 1 and lines[0].state.value == "else":  # no other line: the heading says it all
            heading, named = "", [(heading, lines[0].target)]
        return Group(heading, tuple(self.line(f"{id} otherwise:{n}", *one) for n, one in enumerate(named, 1)))

    # --- one method per verb ----------------------------------------------------------------------

    def steps(self, path: m.Path) -> tuple[Step, ...]:
        return tuple(map(self._step, path.steps))

    def _step(self, step: m.AnyStep) -> Step:
        return replace(self._told(self.ids[step.at], step), falls=_falls(step), untold=_untold(step))

    def _told(self, id: str, step: m.AnyStep) -> Step:
        match step:
            case m.Wait():
                return self._wait(id, step)
            case m.Send():
                return self._send(id, step)
            case m.Call():
                return self._call(id, step)
            case m.Handover():
                return self._handover(id, step)
            case m.Task():
                return self._task(id, step)
            case m.Choose():
                return self._choose(id, step)
            case m.Go():
                return self._go(id, step)
            case m.End():
                said = step.result.said
                way = self.way(m.Ending(step.result.value, step.at))
                if said is not None:
                    way = Way("missing", said, wrong(self.say, said))
                title = self.say("picture.end")
                return Step(id, "end", title, _some(step.because), way)
            case _:
                return self._at_once(id, step)

    def _wait(self, id: str, step: m.Wait) -> Step:
        say = self.say
        match step.until.value:
            case Moment() if step.until.said is not None:
                title, heading = say("step.wait", time=wrong(say, step.until.said)), say("picture.then")
            case Moment(within=Duration() as within):
                title, heading = say("step.wait", time=time_words(say, within)), say("picture.then")
            case Moment(date_field=str()) as moment:
                title = say("step.wait.until", moment=moment_words(say, moment))
                heading = say("picture.no-date")
            case moment:
                title = say("step.wait.until", moment=moment_words(say, moment))
                heading = say("picture.then")
        groups = (self._when(id, step.when), self._otherwise(id, step.otherwise, heading))
        return Step(id, "wait", title, (), None, _filled(groups))

    def _send(self, id: str, step: m.Send) -> Step:
        say = self.say
        notes = [say("picture.within", time=located_words(say, step.within))] if step.within else []
        if step.expires:
            notes.append(say("picture.expires", time=located_words(say, step.expires)))
        after = say("picture.after", time=located_words(say, step.within)) if step.within else say("picture.then")
        groups = _filled(
            (self._shares(id, step), self._when(id, step.when), self._otherwise(id, step.otherwise, after))
        )
        if len(step.mails) == 1:
            title = say("step.send", mails=step.mails[0].mail.value or say("step.nothing"))
        else:
            title = say("picture.send.one-of")
        return Step(id, "send", title, tuple(notes), None, groups)

    def _shares(self, id: str, step: m.Send) -> Group:
        if len(step.mails) == 1:
            return Group("", ())
        named = ((share.mail.value or self.say("step.nothing"), share.per_cent) for share in step.mails)
        words = (
            self.say("picture.share", share=share.value, what=mail)
            if share.said is None
            else f"{mail}: {wrong(self.say, share.said)}"
            for mail, share in named
        )
        return Group("", tuple(Line(f"{id} share:{n}", label) for n, label in enumerate(words, 1)))

    def _call(self, id: str, step: m.Call) -> Step:
        say = self.say
        time = located_words(say, step.within)
        notes = [say("picture.within", time=time)]
        if step.attempts:
            tries = say("picture.attempts", count=step.attempts.value)
            apart = step.apart and say("picture.apart", tries=tries, time=located_words(say, step.apart))
            notes.append(apart or tries)
        elif step.apart:
            notes.append(say("picture.apart", tries=say("picture.tries"), time=located_words(say, step.apart)))
        if step.queue:
            notes.append(say("picture.queue", queue=step.queue.value))
        if step.priority:
            notes.append(say("picture.priority", priority=step.priority.value))
        groups = (self._when(id, step.when), self._otherwise(id, step.otherwise, say("picture.after", time=time)))
        title = say("picture.call", script=step.script.value)
        return Step(id, "call", title, tuple(notes), None, _filled(groups))

    def _handover(self, id: str, step: m.Handover) -> Step:
        say = self.say
        notes = [say(f"picture.prefer.{step.prefer.value}")] if step.prefer else []
        if step.follow_up:
            notes.append(say("picture.follow-up", time=located_words(say, step.follow_up)))
        notes += self._clock(step)
        groups = _filled((self._when(id, step.when),))
        return Step(id, "handover", say("step.handover", team=step.team.value), tuple(notes), None, groups)

    def _task(self, id: str, step: m.Task) -> Step:
        say = self.say
        time = located_words(say, step.within)
        notes = [say("picture.to", who=step.to.value)] if step.to else []
        notes += [say("picture.within", time=time), *self._clock(step)]
        own = {outcome.value for outcome in step.outcomes} - {"done"}
        groups = (self._when(id, step.when, own), self._otherwise(id, step.otherwise, say("picture.after", time=time)))
        return Step(id, "task", title_words(say, step.title.value), tuple(notes), None, _filled(groups))

    def _clock(self, step: m.Handover | m.Task) -> Iterator[str]:
        say = self.say
        if step.remind:
            yield say("picture.remind", time=located_words(say, step.remind))
        for rung in step.escalate:
            deeds = [say("picture.rung.tell", who=rung.tell.value)] if rung.tell else []
            if rung.reassign:
                deeds.append(say("picture.rung.reassign", team=rung.reassign.value))
            after = located_words(say, rung.after)
            if rung.every:
                after = say("picture.rung.every", after=after, every=located_words(say, rung.every))
            yield say("picture.rung", after=after, deeds=", ".join(deeds))

    def _choose(self, id: str, step: m.Choose) -> Step:
        say = self.say
        lines: list[Line] = []
        for n, branch in enumerate(step.branches, 1):
            written = branch.condition.value if branch.condition else ""
            if written:
                label = condition_words(say, written)
            elif branch.share and branch.share.said is not None:
                label = wrong(say, branch.share.said)
            elif branch.share:
                label = say("picture.part", share=branch.share.value)
            else:
                label = say("picture.when.else")
            lines.append(self.line(f"{id} choose:{n}", label, branch.target, written))
        return Step(id, "choose", say("step.choose"), (), None, _filled((Group("", tuple(lines)),)))

    def _go(self, id: str, step: m.Go) -> Step:
        say = self.say
        way = self.way(step.target)
        notes: tuple[str, ...] = ()
        if step.at_most:
            said = step.at_most.said
            notes = (say("picture.times", count=step.at_most.value) if said is None else wrong(say, said),)
        heading = say("picture.go.then")
        then = () if step.then is None else (self.line(f"{id} then", heading, step.then),)
        return Step(id, "go", say("picture.go"), notes, way, _filled((Group("", then),)))

    def _at_once(self, id: str, step: m.Score | m.Tag | m.Untag | m.Set | m.Tell | m.Webhook) -> Step:
        say = self.say
        match step:
            case m.Score(points=points, because=because):
                sums = ", ".join(
                    f"{say(f'picture.axis.{axis}')} {_signed(n.value) if n.said is None else wrong(say, n.said)}"
                    for axis, n in points
                )
                return Step(id, "score", say("picture.score", points=sums), _some(because))
            case m.Tag(tags=tags):
                return Step(id, "tag", say("picture.tag", tags=", ".join(tag.value for tag in tags)))
            case m.Untag(tags=tags):
                return Step(id, "untag", say("picture.untag", tags=", ".join(tag.value for tag in tags)))
            case m.Set(fields=fields):
                lines = tuple(
                    f"{field_words(say, f'lead.{field.value}')} = {_set_words(say, value.value)}"
                    for field, value in fields
                )
                return Step(id, "set", say("picture.set"), lines)
            case m.Tell(to=to, text=text, mail=mail):
                said = [title_words(say, text.value)] if text else []
                notes = (*said, *([say("picture.tell.mail", mail=mail.value)] if mail else []))
                return Step(id, "tell", say("picture.tell", who=to.value), notes)
            case m.Webhook(name=name):
                return Step(id, "webhook", say("picture.webhook", name=name.value))


def _set_words(say: Say, value: str) -> str:
    """What is looked up by what it is called; a constant as it is."""
    return Facts(say).field(value) if value == "today" or value.startswith("event.") else value


def reaction_words(say: Say, line: m.Reaction) -> str:
    """`clicked book-a-demo` names its link."""
    if line.link is not None:
        return say("picture.when.link", link=line.link)
    return event_words(say, line.event.value)


def _falls(step: m.AnyStep) -> bool:
    """Do some leads carry on below it? As far as it says itself: a list that runs out does, too."""
    return _untold(step) or any(isinstance(target, m.Next | m.Inline) for target in m.targets_of(step))


def _untold(step: m.AnyStep) -> bool:
    """Do some leads carry on below it of whom it says nothing?"""
    match step:
        case m.Go() | m.End():
            return False
        case m.Choose():
            return step.leaves_open
        case m.Handover():
            return not step.when
        case m.Send() if step.within is None:
            return True
        case m.Send() | m.Call() | m.Task():
            return not any(line.state.value == "else" for line in step.otherwise)
        case _:
            return True


def _filled(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(group for group in groups if group.lines)


def _some(text: Located[str] | None) -> tuple[str, ...]:
    return (text.value,) if text else ()


def _signed(points: int) -> str:
    return f"+{points}" if points >= 0 else f"−{-points}"
