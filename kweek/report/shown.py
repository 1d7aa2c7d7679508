"""What does the report of a simulation show? One version, and perhaps another beside it; and how numbers are said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kweek.flow.model import Flow
from kweek.flow.simulate.result import Days, Simulation
from kweek.words import Tongue

KINDS: Final = (
    ("call", "simulate.calls", "simulate.of.others.calls"),
    ("handover", "simulate.handovers", "simulate.of.others.handovers"),
)
"""What lies on desks, with its words, and those for the part that other flows put there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A simulation, the flow as it is drawn, and what that version is called."""

    simulation: Simulation
    flow: Flow
    label: str


def label_of(shown: Shown, say: Tongue) -> str:
    """A version by its number; a file by its name."""
    word, _, number = shown.label.partition(" ")
    return say("home.flow.version", number=int(number)) if word == "version" and number.isdecimal() else shown.label


def summed(by: Mapping[str, Days], days: int) -> Days:
    """All of them together, by the day."""
    return tuple(map(sum, zip(*by.values(), strict=True))) if by else (0,) * days


def opened(one: Simulation, kind: str, *, of_others: bool = False) -> Days:
    """Calls or handovers, of all flows or of the others alone, by the day."""
    desks = {desk.name: desk.of_others if of_others else desk.opened for desk in one.desks if desk.kind == kind}
    return summed(desks, len(one.days))


def share(leads: int, whole: int, say: Tongue) -> str:
    return f"< {say.percent(0.01)}" if 0 < 100 * leads < whole else say.percent(leads / whole)
