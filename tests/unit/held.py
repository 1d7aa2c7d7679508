"""Leads that a person holds: a telemarketer, or sales."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.drafts import ENDS, call, end, flow, handover, rung
from tests.lives import MONDAY, Life

CLOSE = {"rejected": "b", "later": "c", "won": "won", "lost": "lost"}
SALES = {"sales": [handover("sales", CLOSE)]}
LADDER = [rung("24 hours", tell="manager"), rung("48 hours", every="24 hours", tell="manager", reassign="sales")]


def on_the_desk(when: Any = None, otherwise: Any = None, world: Any = None, **more: Any) -> Life:
    """A lead that is to be called, three times at most, within five days."""
    plan = flow(
        "f", [call("x", "5 days", when or {"else": "a"}, otherwise), end("done", "below")], {**ENDS, **SALES}, **more
    )
    return Life([plan], world=world or {}).hear("brochure.requested")


def with_sales(other: Any = None, **options: Any) -> Life:
    """A lead that sales holds, and that another flow nurtures."""
    plans = [flow("f", [handover("sales", CLOSE, **options)], ENDS), *([other] if other else [])]
    return Life(plans).hear("brochure.requested")


def escalations(life: Life) -> list[tuple[timedelta, Any]]:
    return [(at - MONDAY, effect.args["rung"]) for at, effect in life.effects if effect.kind == "escalate"]
