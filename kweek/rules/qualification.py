"""Is the lead sales ready? One definition that marketing and sales agree on: needs, and what rules a lead out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from kweek.flow.conditions import Condition
from kweek.flow.facts import Facts

State = Literal["met", "not met", "unknown", "expired"]
ASKED: Final = frozenset({"lead.sales_ready", "lead.disqualified"})
"""What a condition asks of the definition."""


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that must be true, under the name by which people speak of it (`budget`)."""

    fact: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Disqualifier:
    """What rules a lead out, and the word for it (`student`)."""

    because: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a lead comes out. ready: True, False, or None while a need is not known and nothing speaks against it."""

    ready: bool | None
    met: tuple[str, ...] = ()
    not_met: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    disqualified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SalesReady:
    """The definition: rules/sales-ready.yaml. Without needs nobody is ready: nothing has been agreed yet."""

    needs: tuple[Need, ...] = ()
    disqualified: tuple[Disqualifier, ...] = ()

    def __post_init__(self) -> None:
        for line in (*self.needs, *self.disqualified):
            if asks_itself(line.condition):
                raise ValueError(f"“{line.condition.text}” asks what this definition is to say; ask for facts")

    def judge(self, facts: Facts) -> Verdict:
        """Ready is who meets all needs and is ruled out by nothing; a disqualifier that is not known does not rule
        out, for then hardly anyone would ever be ready."""
        answers = [(need.fact, need.condition.test(facts)) for need in self.needs]
        met, not_met, unknown = (
            tuple(fact for fact, answer in answers if answer is wanted) for wanted in (True, False, None)
        )
        out = tuple(self._against(facts))
        no = bool(out or not_met or not self.needs)
        ready = None if unknown and not no else not no
        return Verdict(ready, met, not_met, unknown, out)

    def rules_out(self, facts: Facts) -> bool:
        return any(self._against(facts))

    def _against(self, facts: Facts) -> Iterator[str]:
        return (line.because for line in self.disqualified if line.condition.test(facts) is True)

    def checklist(self, facts: Facts, expired: Collection[str]) -> Iterator[tuple[Need, State]]:
        """How each need stands. expired: paths of facts that were known and hold no longer: to a condition they are
        unknown, to people they are worth asking again."""
        for need in self.needs:
            match need.condition.test(facts):
                case True:
                    yield need, "met"
                case False:
                    yield need, "not met"
                case _:
                    yield need, "unknown" if need.condition.names.isdisjoint(expired) else "expired"


def asks_itself(condition: Condition) -> bool:
    """Would the definition of sales ready go round in circles with it?"""
    return not ASKED.isdisjoint(condition.names)
