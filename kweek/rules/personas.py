"""Whose portrait does a lead fit? The personas of rules/personas.yaml, the first that fits. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from kweek.flow.conditions import Condition
from kweek.flow.facts import Facts


class Persona(Struct, frozen=True):
    """condition: who is one; what is not known of a lead does not fit. max_cost: of winning one as a customer;
    lifetime_value: what one brings in all; both in whole units of the workspace's money."""

    name: str
    condition: Condition
    max_cost: int | None = None
    lifetime_value: int | None = None


def persona_of(personas: Iterable[Persona], facts: Facts) -> Persona | None:
    """The first whose condition is true."""
    return next((one for one in personas if one.condition.test(facts) is True), None)
