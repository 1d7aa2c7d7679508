"""What follows when a lead comes to a grade? It enters a flow, or it rests. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kweek.rules.grades import ENGAGEMENTS, PROFILES

Matrix = Mapping[str, str]
"""Grade → the flow that a lead enters when it comes to it. At any other grade it rests."""

REST: Final = "rest"
GRADES: Final = tuple(f"{profile}{engagement}" for profile in PROFILES for engagement in ENGAGEMENTS)
"""“A1” to “D4”: the best first."""
