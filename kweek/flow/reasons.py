"""For which reasons does sales give a lead back, as far as its flow knows what to do then?"""

from __future__ import annotations

from kweek.flow.conditions.tree import Compare, Constant, Field, Items, walk
from kweek.flow.plan import Choose, Plan


def reasons_of(plan: Plan) -> list[str]:
    """Every text that some line of a `choose` compares `handover.reason` with."""
    found: list[str] = []
    for step in plan.steps.values():
        for branch in step.branches if isinstance(step, Choose) else ():
            if branch.condition is not None and "handover.reason" in branch.condition.names:
                found += [text for node in walk(branch.condition.tree) for text in _compared(node)]
    return list(dict.fromkeys(found))


def _compared(node: object) -> list[str]:
    match node:
        case Compare(operands=operands) if any(
            isinstance(one, Field) and one.path == "handover.reason" for one in operands
        ):
            parts = [part for one in operands for part in (one.items if isinstance(one, Items) else (one,))]
            return [part.value for part in parts if isinstance(part, Constant) and isinstance(part.value, str)]
        case _:
            return []
