"""May this lead be called? The law's answer, from rows; every doubt is a no.

Netherlands, Telecommunicatiewet 11.7: natural persons are called only with their consent, and sole traders,
partnerships (vof, cv) and maatschappen count as such. A legal form that nobody knows counts as a natural person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from kweek.leads.enrolments import lead_row
from kweek.leads.permission import allowed, suppressed
from kweek.leads.tables import companies

LEGAL_PERSONS: Final = frozenset(
    {"bv", "nv", "vereniging", "stichting", "coöperatie", "onderlinge", "kerkgenootschap", "overheid"}
    | {"gmbh", "ag", "sa", "sarl", "srl", "ltd", "plc", "inc", "llc", "se"}
)
"""Legal forms, in small letters without dots, that are no natural persons."""


def may_not_be_called(tx: Connection, lead_id: str, at: datetime, number_key: str | None) -> str | None:
    """Why not: `no number`, `suppressed: <reason>`, `no consent`; None: it may. number_key: keyed hash of the number,
    None where there is no number."""
    if number_key is None:
        return "no number"
    if (why := suppressed(tx, "telephone", number_key)) is not None:
        return f"suppressed: {why}"
    if allowed(tx, lead_id, "telephone", at) or _is_a_legal_person(tx, lead_id):
        return None
    return "no consent"


def _is_a_legal_person(tx: Connection, lead_id: str) -> bool:
    company = lead_row(tx, lead_id).company_id
    if company is None:
        return False
    form = tx.execute(select(companies.c.legal_form).where(companies.c.id == company)).scalar()
    return form is not None and form.replace(".", "").strip().casefold() in LEGAL_PERSONS
