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

LEGAL_PERSONS: Final = (
    "bv", "nv", "vereniging", "stichting", "coöperatie", "onderlinge", "kerkgenootschap", "overheid",
    "gmbh", "ag", "sa", "sarl", "srl", "ltd", "plc", "inc", "llc", "se",
)  # fmt: skip
NATURAL_PERSONS: Final = ("eenmanszaak", "vof", "cv", "maatschap", "other")
"""`other`: whatever is not listed here counts as a natural person."""
LEGAL_FORMS: Final = (*LEGAL_PERSONS, *NATURAL_PERSONS)

_IN_FULL: Final = {  # as the Dutch trade register writes them
    "besloten vennootschap": "bv",
    "naamloze vennootschap": "nv",
    "vennootschap onder firma": "vof",
    "commanditaire vennootschap": "cv",
    "cooperatie": "coöperatie",
}


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
    return form is not None and legal_form(form) in LEGAL_PERSONS


def legal_form(text: str) -> str | None:
    """One of LEGAL_FORMS, however it is written: `B.V.`, `Besloten vennootschap`. None: it is not listed."""
    said = " ".join(text.replace(".", "").casefold().split())
    short = said.replace(" ", "")  # “b. v.”
    found = _IN_FULL.get(said) or (short if short in LEGAL_FORMS else said)
    return found if found in LEGAL_FORMS else None
