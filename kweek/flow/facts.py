"""What may a condition ask about a lead? The protocol that engine, simulator and tests answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol

Fact = str | int | float | bool | date | datetime | tuple[str, ...]
"""What is known; several answers to one question are a tuple."""


class Facts(Protocol):
    """What a condition may ask about one lead, at one moment."""

    @property
    def now(self) -> datetime:
        """Aware, in the time zone of the enrolment, so that its date is the lead's `today`."""
        ...

    def field(self, path: str) -> Fact | None:
        """`lead.profile`, `event.webinar`, `survey.brochure.budget`; None where it is not known."""
        ...

    def count(self, event: str, period: timedelta | None) -> int:
        """How many times it happened, ever or within the period before now."""
        ...

    def last(self, event: str) -> datetime | None:
        """When it happened last; None: never."""
        ...

    def opened(self, mail: str) -> bool: ...

    def clicked(self, mail: str, link: str | None) -> bool: ...

    def tagged(self, tag: str) -> bool: ...
