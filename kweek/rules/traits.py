"""How many points does it bring what a lead is? Asked of thousands who are alike, and reckoned once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kweek.flow.conditions import Condition
from kweek.rules.grades import Points
from kweek.rules.scoring import Rule

_COMPUTED: Final = (
    "lead.profile", "lead.engagement", "lead.grade", "lead.score.profile", "lead.score.intent", "lead.score.interest",
    "lead.sales_ready", "lead.disqualified", "lead.topic", "lead.persona", "lead.stage",
)  # fmt: skip
_OF_FIELDS: Final = frozenset(("known", "matches"))  # functions that ask nothing but the field that they name


@dataclass(frozen=True, slots=True)
class Traits:
    """rules: about what is known, of which the answer follows from nothing but the fields at paths. others: those that
    ask for more: what it did, what holds for a time."""

    rules: tuple[Rule, ...]
    others: tuple[Rule, ...]
    paths: tuple[str, ...]
    _found: dict[Hashable, Points] = field(default_factory=dict[Hashable, Points])

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> Traits:
        plain = tuple(rule for rule in rules if rule.condition is not None and _by_fields(rule.condition))
        paths = {name for rule in plain if rule.condition is not None for name in rule.condition.names}
        return cls(plain, tuple(rule for rule in rules if rule not in plain), tuple(sorted(paths)))

    def points(self, known: Mapping[str, Any], fits: Callable[[Rule], bool]) -> Points:
        """known: the lead's fields. fits: is the rule's condition true of it?"""
        key = tuple([known.get(path) for path in self.paths])
        try:
            found = self._found.get(key)
        except TypeError:  # several choices: a list has no place in a table
            return self._given(fits)
        if found is None:
            found = self._found[key] = self._given(fits)
        return found

    def _given(self, fits: Callable[[Rule], bool]) -> Points:
        points = Points()
        for rule in filter(fits, self.rules):
            points = points.plus(rule.axis, rule.points)
        return points


def _by_fields(condition: Condition) -> bool:
    return condition.functions <= _OF_FIELDS and all(
        name.startswith(("company.", "survey.")) or (name.startswith("lead.") and name not in _COMPUTED)
        for name in condition.names
    )
