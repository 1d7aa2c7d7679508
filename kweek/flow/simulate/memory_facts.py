"""What do conditions see of a lead that is kept in memory?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kweek.flow.facts import Fact, Facts
from kweek.flow.plan import Plan
from kweek.flow.state import Value
from kweek.rules.personas import persona_of
from kweek.rules.scoring import Rule

if TYPE_CHECKING:  # which in turn asks what they see of it, where rules give points
    from kweek.flow.simulate.memory import Memory


class LeadFacts:
    """`data`: what `event.…` means. plan: what it walks, where it does."""

    def __init__(self, memory: Memory, data: Mapping[str, Value], plan: Plan | None) -> None:
        self._memory = memory
        self._data = data
        self._plan = plan

    @property
    def now(self) -> datetime:
        memory, plan = self._memory, self._plan
        return memory.now.astimezone(memory.own_zone() if plan is None else memory.timezone(plan))

    def field(self, path: str) -> Fact | None:
        memory = self._memory
        if path == "lead.stage":
            return memory.stage
        known, until = memory.fields.get(path), memory.expires.get(path)
        if known is not None and (until is None or memory.now < until):
            return known
        root, _, name = path.partition(".")
        match root:
            case "event":
                return self._data.get(name)
            case "handover":
                return self._of_handover(name)
            case "lead":
                return self._computed(name)
            case _:
                return None

    def count(self, event: str, period: timedelta | None) -> int:
        since = None if period is None else self.now - period
        return sum(one.kind == event and (since is None or one.at >= since) for one in self._memory.events)

    def last(self, event: str) -> datetime | None:
        return max((one.at for one in self._memory.events if one.kind == event), default=None)

    def opened(self, mail: str) -> bool:
        return any("opened" in self._memory.mail_states(key) for key in self._keys(mail))

    def clicked(self, mail: str, link: str | None) -> bool:
        keys = self._keys(mail)
        if link is None:
            return any("clicked" in self._memory.mail_states(key) for key in keys)
        clicks = (one for one in self._memory.events if one.kind == "clicked" and one.ref in keys)
        return any(one.data.get("link") == link for one in clicks)

    def tagged(self, tag: str) -> bool:
        return tag in self._memory.tags

    def _keys(self, mail: str) -> set[str]:
        return {key for key, sent in self._memory.mails.items() if sent == mail}

    def _of_handover(self, name: str) -> Fact | None:
        closed = [one for one in self._memory.events if one.kind in ("rejected", "later", "won", "lost")]
        return closed[-1].data.get(name) if closed else None

    def _computed(self, name: str) -> Fact | None:
        memory, grades = self._memory, self._memory.world.grades
        match name:
            case "profile":
                return grades.profile_of(memory.judged())
            case "engagement":
                return grades.engagement_of(memory.judged())
            case "grade":
                return grades.grade_of(memory.judged())
            case "score.profile":
                return memory.judged().profile
            case "score.intent":
                return memory.judged().intent
            case "score.interest":
                return memory.judged().interest
            case "sales_ready":
                return memory.world.sales_ready.judge(self).ready
            case "disqualified":
                return memory.world.sales_ready.rules_out(self)
            case "topic":
                return next((topic for _, _, topic in memory.reading()), None)
            case "persona":
                fits = persona_of(memory.world.personas, self)
                return fits.name if fits is not None else None
            case _:
                return None


def fits(rule: Rule, facts: Facts) -> bool:
    return rule.condition is None or rule.condition.test(facts) is True
