"""A lead that waits for a reaction to a mail."""

from __future__ import annotations

from typing import Any

from tests.drafts import ENDS, end, flow, send
from tests.lives import Life


def at_survey(when: Any = None, otherwise: Any = None, **more: Any) -> Life:
    """A lead that was sent the survey and waits 7 days for a reaction."""
    life = Life([flow("f", [send("survey", "7 days", when, otherwise), end("done", "below")], ENDS, **more)])
    return life.hear("brochure.requested")
