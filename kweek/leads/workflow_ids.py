"""Which workflow is whose? A lead's has its name from the lead."""

from __future__ import annotations

from typing import Final

_LEAD: Final = "lead-"

TURN: Final = "turn"
"""The activity type by which a lead goes on."""


def workflow_of(lead_id: str) -> str:
    return f"{_LEAD}{lead_id}"


def lead_of(workflow_id: str) -> str | None:
    """None: it is no lead's."""
    return workflow_id.removeprefix(_LEAD) if workflow_id.startswith(_LEAD) else None


def failing(workflow_id: str, activity_type: str) -> str:
    """The key in `problems` of what fails for this workflow."""
    return f"{workflow_id}/{activity_type}"
