"""What does a program hear that asks for a lead? All that is known of it, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from kweek.leads.tables import companies, consents, enrolments, leads, versions
from kweek.rules.grades import Grades, Points
from kweek.web import points

COLUMNS: Final = (
    "email", "external_id", "name", "first_name", "last_name", "phone", "job_title", "language", "country", "timezone",
    "campaign", "last_campaign", "stage", "owner",
)  # fmt: skip
COMPANY: Final = ("name", "country", "legal_form", "sector", "size")
CONSENT: Final = (
    "channel", "purpose", "words", "words_version", "source", "proof", "at", "expires_at", "withdrawn_at",
)  # fmt: skip

FLOW: Final = ("flow", "version", "step", "started_at", "entered_at", "ended_at", "result", "because")

_LEAD: Final = select(leads).where(leads.c.id == bindparam("lead"))
_COMPANY: Final = select(companies).where(companies.c.id == bindparam("company"))
_CONSENTS: Final = select(consents).where(consents.c.lead_id == bindparam("lead")).order_by(consents.c.id)
_FLOWS: Final = (
    select(enrolments, versions.c.number)
    .join(versions, versions.c.hash == enrolments.c.version)
    .where(enrolments.c.lead_id == bindparam("lead"))
    .order_by(enrolments.c.started_at, enrolments.c.id)
)


def known_of(read: Connection, lead_id: str, grades: Grades) -> Mapping[str, object] | None:
    """None: there is no such lead."""
    row = read.execute(_LEAD, {"lead": lead_id}).one_or_none()
    if row is None:
        return None
    fresh = grades.grade_of(Points())
    columns = {name: getattr(row, name) for name in COLUMNS}
    company = read.execute(_COMPANY, {"company": row.company_id}).one_or_none() if row.company_id else None
    return {
        "id": row.id,
        **columns,
        "fields": dict(row.fields),
        "company": None if company is None else {name: getattr(company, name) for name in COMPANY},
        "consents": [_consent(one) for one in read.execute(_CONSENTS, {"lead": lead_id})],
        "grade": f"{row.profile}{row.engagement}" if row.profile else fresh,
        "points": _points(read, lead_id),
        "flows": [_flow(one) for one in read.execute(_FLOWS, {"lead": lead_id})],
        "created_at": row.created_at.isoformat(),
    }


def _points(read: Connection, lead_id: str) -> Mapping[str, object]:
    """By column: the total, and the reasons that add up to it."""
    return {
        column.axis: {
            "total": column.total,
            "reasons": [{"because": one.because, "points": one.points, "times": one.times} for one in column.reasons],
        }
        for column in points.columns(read, lead_id)
    }


def _consent(row: Row[Any]) -> Mapping[str, object]:
    return {name: _as_json(getattr(row, name)) for name in CONSENT}


def _flow(row: Row[Any]) -> Mapping[str, object]:
    """step: where it stands; null once it has ended."""
    return {**{name: _as_json(getattr(row, name)) for name in FLOW}, "version": row.number}


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
