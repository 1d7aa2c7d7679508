"""What did a colleague find out of a lead? A fact that he writes down on the lead's page, with what it rests on."""

from __future__ import annotations

from kweek.intake.check_lead import Vocabulary
from kweek.intake.incoming import Incoming, LeadIn, Recorded
from kweek.intake.outcomes import OutcomeError, Said
from kweek.intake.record import Ears, record
from kweek.leads.bant import Found
from kweek.leads.database import Database

NOTED = "fact_noted"


def note_fact(db: Database, lead_id: str, fact: str, value: str, said: Said, words: Vocabulary, ears: Ears) -> Recorded:
    """said: its note is the evidence, in words. OutcomeError: there is no such fact or value, or nobody could say
    afterwards on what it rests. NoSuchLead."""
    kind = words.facts.types.get(fact)
    if kind is None:
        raise OutcomeError(f"There is no fact “{fact[:60]}”.", tuple(words.facts.types), "fact")
    if not value or (kind.values and value not in kind.values):
        raise OutcomeError(f"“{value[:60]}” is no value of {fact}.", tuple(kind.values), "value")
    if not said.note:
        raise OutcomeError("Say on what it rests.", field="evidence")
    found = Found(fact, value, "person", words.facts.expires(fact, value, said.at), said.note, said.by)
    name = f"{lead_id}/noted/{fact}/{said.id or said.at.isoformat()}"
    event = Incoming(
        name, NOTED, said.at, LeadIn(id=lead_id, facts=(found,)), {fact: value}, by=said.by, note=said.note
    )
    return record(db, event, said.at, ears)
