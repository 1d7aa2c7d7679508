"""What becomes of a step? One function per verb, from its class in the model to that of the plan."""

from __future__ import annotations

from typing import Final

from kweek.flow import model as m
from kweek.flow import plan as p
from kweek.flow.compile.ways import Place, Ways
from kweek.flow.problems import value_of

_ATTEMPTS: Final = 3


class Verbs(Ways):
    """Makes steps."""

    def step(self, step: m.AnyStep, place: Place) -> p.AnyStep:
        match step:
            case m.Wait():
                return p.Wait(*place, step.until.value, self.when(step, place), self.otherwise(step, place))
            case m.Send():
                return self._send(step, place)
            case m.Call():
                return self._call(step, place)
            case m.Handover():
                return self._handover(step, place)
            case m.Task():
                return self._task(step, place)
            case m.Choose():
                return p.Choose(*place, tuple(self._branch(branch, place) for branch in step.branches))
            case m.Go():
                return self._go(step, place)
            case m.End():
                return p.EndStep(*place._replace(next=None), step.result.value, value_of(step.because))
            case m.Score():
                return p.Score(
                    *place, tuple((axis, number.value) for axis, number in step.points), value_of(step.because)
                )
            case m.Tag():
                return p.Tag(*place, tuple(tag.value for tag in step.tags))
            case m.Untag():
                return p.Untag(*place, tuple(tag.value for tag in step.tags))
            case m.Set():
                fields = tuple((field.value.removeprefix("lead."), value.value) for field, value in step.fields)
                return p.Set(*place, fields)
            case m.Tell():
                return p.Tell(*place, step.to.value, value_of(step.text), value_of(step.mail))
            case m.Webhook():
                return p.Webhook(*place, step.name.value)

    def _send(self, step: m.Send, place: Place) -> p.Send:
        return p.Send(
            *place,
            mails=tuple((share.mail.value, share.per_cent.value) for share in step.mails),
            expires=value_of(step.expires),
            within=value_of(step.within),
            when=self.when(step, place),
            otherwise=self.otherwise(step, place),
        )

    def _call(self, step: m.Call, place: Place) -> p.Call:
        return p.Call(
            *place,
            script=step.script.value,
            within=step.within.value,
            queue=value_of(step.queue),
            priority=value_of(step.priority),
            attempts=value_of(step.attempts) or _ATTEMPTS,
            apart=value_of(step.apart),
            when=self.when(step, place),
            otherwise=self.otherwise(step, place),
        )

    def _handover(self, step: m.Handover, place: Place) -> p.Handover:
        return p.Handover(
            *place,
            team=step.team.value,
            prefer=value_of(step.prefer),
            follow_up=value_of(step.follow_up),
            remind=value_of(step.remind),
            escalate=tuple(map(_rung, step.escalate)),
            when=self.when(step, place),
        )

    def _task(self, step: m.Task, place: Place) -> p.Task:
        return p.Task(
            *place,
            title=step.title.value,
            within=step.within.value,
            to=value_of(step.to),
            outcomes=tuple(outcome.value for outcome in step.outcomes) or ("done",),
            remind=value_of(step.remind),
            escalate=tuple(map(_rung, step.escalate)),
            when=self.when(step, place),
            otherwise=self.otherwise(step, place),
        )

    def _branch(self, branch: m.Branch, place: Place) -> p.Branch:
        target = self.target(branch.target, place.path, place.next)
        return p.Branch(target, branch.condition and self.condition(branch.condition), value_of(branch.share))

    def _go(self, step: m.Go, place: Place) -> p.Go:
        target = self.target(step.target, place.path, place.next)
        then = self.target(step.then, place.path, place.next) if step.then is not None else None
        if isinstance(target, p.ToFlow):
            target = p.ToFlow(target.flow, then)
        return p.Go(*place, target, value_of(step.at_most), then)


def _rung(rung: m.Rung) -> p.Rung:
    return p.Rung(rung.after.value, value_of(rung.every), value_of(rung.tell), value_of(rung.reassign))
