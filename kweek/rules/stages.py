"""How far is a lead? Its stage follows from what it does, and from what sales brings about. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

STAGES: Final = (
    "visitor",
    "suspect",
    "marketing qualified",
    "sales qualified",
    "opportunity",
    "customer",
    "returning customer",
)
"""Each further than the one before it."""

_BACK: Final = ("rejected", "lost")  # sales has no use for it now: marketing goes on with it
_SALES_HAD_IT: Final = ("sales qualified", "opportunity")
_CUSTOMERS: Final = ("customer", "returning customer")


class Conversions(Struct, frozen=True):
    """The events that are marked so in rules/events.yaml. hard: it asks for us; soft: it shows interest."""

    hard: frozenset[str] = frozenset()
    soft: frozenset[str] = frozenset()

    def stage_after(self, stage: str, kind: str) -> str:
        """The stage of a lead that was at this one, when this event has happened."""
        match kind:
            case "won":
                return "returning customer" if stage in _CUSTOMERS else "customer"
            case "quoted":
                return _further(stage, "opportunity")
            case _ if kind in _BACK:
                return "marketing qualified" if stage in _SALES_HAD_IT else stage
            case _ if kind in self.hard:
                return _further(stage, "sales qualified")
            case _ if kind in self.soft:
                return _further(stage, "marketing qualified")
            case _:
                return stage


def _further(one: str, other: str) -> str:
    return max(one, other, key=STAGES.index)
