"""Which names may a mail use? The one list: the linter's sample and the real lead have the same names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from kweek.mails.marks import Open

LEAD: Final[Mapping[str, Any]] = {
    "name": "Sanne de Vries", "first_name": "Sanne", "last_name": "de Vries", "email": "sanne@example.com",
    "phone": "+31201234567", "job_title": "Facility manager", "language": "nl", "country": "NL", "stage": "suspect",
    "profile": "B", "engagement": 2, "grade": "B2", "campaign": "spring-fair",
}  # fmt: skip
COMPANY: Final[Mapping[str, Any]] = {
    "name": "Voorbeeld & Zonen", "country": "NL", "legal_form": "bv", "sector": "logistics", "size": 120,
}  # fmt: skip
_SAMPLES: Final[Mapping[str, Any]] = {
    "text": "text", "number": 12, "date": date(2026, 3, 2), "moment": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    "yes/no": True,
}  # fmt: skip
MAILS_ONLY: Final = ("colleague", "survey_url", "unsubscribe_url", "lead_url")
"""What the words of a flow itself (the title of a task, the text of a `tell`) cannot show: it is about a mail."""


def context(
    *,
    lead: Mapping[str, Any],
    company: Mapping[str, Any],
    today: date,
    sender: Mapping[str, Any],
    owner: Mapping[str, Any] | None = None,
    colleague: Mapping[str, Any] | None = None,
    event: Mapping[str, Any] | None = None,
    survey: Mapping[str, Mapping[str, Any]] | None = None,
    bant: Mapping[str, Any] | None = None,
    survey_url: str = "",
    unsubscribe_url: str = "",
    lead_url: str = "",
) -> dict[str, Any]:
    """Everything that a mail may show. `event`, `survey` and `bant` hold what is known of this lead, and no more.

    colleague and lead_url are for mails to colleagues (`tell`).
    """
    return {
        "lead": dict.fromkeys(LEAD) | dict(lead),
        "company": dict.fromkeys(COMPANY) | dict(company),
        "owner": {"name": None, "email": None} | dict(owner or {}),
        "colleague": {"name": None, "email": None} | dict(colleague or {}),
        "sender": {"name": None, "address": None, "reply_to": None, "postal_address": None} | dict(sender),
        "event": Open(event or {}),
        "survey": Open({name: Open(given) for name, given in (survey or {}).items()}),
        "bant": Open(bant or {}),
        "today": today,
        "survey_url": survey_url,
        "unsubscribe_url": unsubscribe_url,
        "lead_url": lead_url,
    }


def dated(data: Mapping[str, Any], clock: tzinfo) -> dict[str, Any]:
    """What an event said, with its days and moments as such, by the clock of whoever reads it. JSON has none: they are
    what is written like one, or what `kweek.flow.stored` made of them."""
    return {name: _dated(value, clock) for name, value in data.items()}


def _dated(value: Any, clock: tzinfo) -> Any:
    match value:
        case {"moment": str(text)} | {"date": str(text)} | str(text):
            try:
                day = date.fromisoformat(text) if len(text) == len("2026-03-02") else datetime.fromisoformat(text)
            except ValueError:
                return value
            return day.astimezone(clock) if isinstance(day, datetime) and day.tzinfo else day
        case _:
            return value


def sample(own_fields: Mapping[str, str], language: str, *, bare: bool = False) -> dict[str, Any]:
    """A lead that never was, with every field filled; `bare`: one of whom nothing but the address is known.

    own_fields: the workspace's profile fields, name → type.
    """
    own = {name: _SAMPLES.get(kind, "text") for name, kind in own_fields.items()}
    lead: dict[str, Any] = {**LEAD, **own, "language": language}
    if bare:
        lead = dict.fromkeys(lead) | {"email": LEAD["email"], "language": language}
    return context(
        lead=lead,
        company={} if bare else COMPANY,
        today=date(2026, 3, 2),
        sender={"name": "Example", "address": "hello@example.com", "postal_address": "Street 1, 1234 AB Town"},
        owner={} if bare else {"name": "Anna", "email": "anna@example.com"},
        colleague={"name": "Anna", "email": "anna@example.com"},
        survey_url="https://example.com/s/sample",
        unsubscribe_url="https://example.com/u/sample",
        lead_url="https://example.com/leads/sample",
    )
