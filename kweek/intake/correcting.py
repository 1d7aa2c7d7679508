"""What does a colleague know better of a lead? He changes what is known of it, or takes it away; saved at once or not.

Only what he changed is written. What another one changed since the page was shown is not written over: he is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import Any, Final

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from kweek.errors import KweekError
from kweek.intake.check import email_key
from kweek.intake.check_lead import LeadChecker, Vocabulary
from kweek.intake.forms import on_clock
from kweek.intake.incoming import OWN_COLUMNS, Fault, Incoming, LeadIn
from kweek.intake.outcomes import Said
from kweek.intake.record import Ears, append
from kweek.leads import events, tables
from kweek.leads.database import Database
from kweek.leads.facts import read_as
from kweek.leads.merged import living, living_tx

CORRECTED: Final = "known_changed"
"""Its data has the names of what was changed (`fields`), and no values: those stand in `replaced`."""
_COLUMNS: Final = ("email", *OWN_COLUMNS, "company")
_TAKEN: Final = "this address is another lead's"
_MERGED: Final = "this address is of a lead that was merged into this one, and finds it as it is"
_LAST: Final = "this lead is known by its address only: without one nobody finds it again"


class NotCorrectedError(KweekError):
    """Nothing was changed. faults: by the name of a field, what is wrong. meanwhile: what another one changed since.
    taken: is the address another lead's?"""

    def __init__(self, faults: Mapping[str, Fault], meanwhile: Collection[str] = (), *, taken: bool = False) -> None:
        super().__init__("; ".join([*(f"{name}: {one.words}" for name, one in faults.items()), *meanwhile]))
        self.faults, self.meanwhile, self.taken = faults, tuple(meanwhile), taken


def names(words: Vocabulary) -> tuple[str, ...]:
    """Whatever a colleague may change."""
    return (*_COLUMNS, *(name for name in words.fields if name not in _COLUMNS))


def correct(
    db: Database,
    lead_id: str,
    was: Mapping[str, str],
    becomes: Mapping[str, str],
    said: Said,
    words: Vocabulary,
    ears: Ears,
    zone: tzinfo,
) -> None:
    """was, becomes: by name, as `written` on the page and as it came back; an empty one is taken away. zone: whose
    clock moments are of. NotCorrectedError; NoSuchLead."""
    touched = [name for name in names(words) if plain(becomes.get(name, "")) != plain(was.get(name, ""))]
    if not touched:
        return
    try:
        with living_tx(db, lead_id) as (tx, its):
            event_id = f"{its}/corrected/{said.id or said.at.isoformat()}"
            if events.find(tx, event_id) is not None:
                return
            known = written(tx, its, words, zone)
            changed = {name: plain(becomes.get(name, "")) for name in touched}
            changed = {name: text for name, text in changed.items() if text != plain(known[name])}
            meanwhile = [name for name in changed if plain(known[name]) != plain(was.get(name, ""))]
            lead, faults = _checked(changed, changed.get("country", known["country"]), words, said.at, zone)
            if (wrong := _wrong_address(tx, its, lead)) is not None:
                faults["email"] = wrong
            if faults or meanwhile:
                raise NotCorrectedError(faults, meanwhile, taken=_is_taken(faults))
            if changed:
                whose, data = replace(lead, id=its, by_hand=True), {"fields": ", ".join(changed)}
                event = Incoming(event_id, CORRECTED, said.at, whose, data, by=said.by, note=said.note)
                append(tx, its, event, said.at, ears)
    except IntegrityError:  # somebody came in with this address at the same moment
        raise NotCorrectedError({"email": Fault("lead.email", _TAKEN)}, taken=True) from None


def _checked(
    changed: Mapping[str, str], country: str, words: Vocabulary, now: datetime, zone: tzinfo
) -> tuple[LeadIn, dict[str, Fault]]:
    """By the checks of whatever is sent. country: of the lead, for a telephone number that is written without."""
    checker = LeadChecker(replace(words, country=country or words.country), now)
    said: dict[str, object] = {}
    for name, text in changed.items():
        said[name] = (on_clock(text, zone) if words.fields.get(name) == "moment" else text) or None
    lead = checker.lead(said, known=True)
    if "email" in said and said["email"] is None:
        lead = replace(lead, forgets=lead.forgets | {"email"})
    return lead, {fault.field.removeprefix("lead."): fault for fault in reversed(checker.faults)}


def _wrong_address(tx: Connection, lead_id: str, lead: LeadIn) -> Fault | None:
    leads = tables.leads.c
    if "email" in lead.forgets:
        external = tx.execute(select(leads.external_id).where(leads.id == lead_id)).scalar_one()
        return Fault("lead.email", _LAST) if external is None else None
    if lead.email is None:
        return None
    holder = tx.execute(select(leads.id).where(leads.email_key == email_key(lead.email))).scalar_one_or_none()
    if holder in (None, lead_id):
        return None
    return Fault("lead.email", _MERGED if living(tx, holder) == lead_id else _TAKEN)


def _is_taken(faults: Mapping[str, Fault]) -> bool:
    return "email" in faults and faults["email"].sentence == _TAKEN


# --- as it stands on a page -------------------------------------------------------------------------------


def written(read: Connection, lead_id: str, words: Vocabulary, zone: tzinfo) -> dict[str, str]:
    """By name, all that is known as a field of a form has it; nothing is ""."""
    row = known_of(read, lead_id)
    return {name: _text(value_of(row, name, words, zone)) for name in names(words)}


def known_of(read: Connection, lead_id: str) -> Row[Any]:
    """The lead's row, with the name of its `company`."""
    leads, companies = tables.leads, tables.companies
    query = select(leads, companies.c.name.label("company"))
    joined = query.join_from(leads, companies, companies.c.id == leads.c.company_id, isouter=True)
    return read.execute(joined.where(leads.c.id == lead_id)).one()


def value_of(row: Row[Any], name: str, words: Vocabulary, zone: tzinfo) -> object:
    """As its type; what cannot be that, as it was written. Moments on the clock of the zone."""
    if name in _COLUMNS:
        return getattr(row, name)
    value = row.fields.get(name)
    if isinstance(value, str):
        value = read_as(value, words.fields[name], zone)
    return value.astimezone(zone) if isinstance(value, datetime) else value


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.replace(tzinfo=None).isoformat(timespec="seconds" if value.second else "minutes")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def plain(text: str) -> str:
    """Browsers send other line ends than they were given."""
    return "\n".join(text.splitlines()).strip()
